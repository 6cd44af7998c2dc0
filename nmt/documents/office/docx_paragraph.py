"""Paragraphs of WordprocessingML (ECMA-376, part 1, chapter 17): converts runs to nodes, and nodes to runs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.inline_tags import DEEPEST, Anchor, Atom, Node, Span
from nmt.documents.office.runs import Run, local_name, merged_runs
from nmt.documents.tab_columns import TabColumns

_Elements = tuple[etree._Element, ...]

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_STARTS = {"bookmarkStart", "commentRangeStart", "permStart", "moveFromRangeStart", "moveToRangeStart"}
_ENDS = {"bookmarkEnd", "commentRangeEnd", "permEnd", "moveFromRangeEnd", "moveToRangeEnd"}
_AROUND_RUNS = {"hyperlink", "ins", "moveTo", "smartTag", "customXml", "sdt", "dir", "bdo"}
_DROPPED = {"proofErr", "lastRenderedPageBreak"}
"""Elements that Word recomputes."""
_NO_FORMATTING = {"lang", "noProof"}
"""Run properties that only the spelling checker uses. Word splits runs by them."""
_CHARACTERS = {"noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}


@dataclass(frozen=True, slots=True)
class _Kept:
    """Data needed to write a node again."""

    elements: _Elements = ()
    """Elements that make up an atom or an anchor."""
    properties: etree._Element | None = None
    """Formatting of the text in a span, or of the run that contains an atom's elements."""
    in_run: bool = False
    """Whether the elements of an atom stand in a run."""
    around: etree._Element | None = None
    """The element that contains a span's runs, such as a link."""
    before: _Elements = ()
    """Runs before those of a span, which begin the field whose result the span is."""
    after: _Elements = ()


_Node: TypeAlias = "Node[_Kept]"


def paragraphs(root: etree._Element) -> Iterator[_Paragraph]:
    """Yield the paragraphs of a part that have text. Those of a text box follow the paragraph that anchors it."""
    namespace = etree.QName(root).namespace or ""
    for element in root.iter(f"{{{namespace}}}p"):
        properties, nodes = _read(element, 0)
        columns = TabColumns(nodes, _is_tab)
        if columns.fragments:
            yield _Paragraph(element, columns, properties)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    element: etree._Element
    columns: TabColumns[_Kept]
    properties: etree._Element | None
    """Formatting of the text outside spans."""

    @property
    def fragments(self) -> Sequence[Fragment]:
        return self.columns.fragments

    def replace(self, texts: Sequence[str]) -> None:
        nodes = self.columns.with_texts(texts)
        for child in list(self.element):
            if local_name(child) != "pPr":
                self.element.remove(child)
        _write(self.element, nodes, self.properties, etree.QName(self.element).namespace or "")


def _read(parent: etree._Element, depth: int) -> tuple[etree._Element | None, list[_Node]]:
    """Return the nodes in `parent`, and the formatting of most of its text, which is in no span."""
    return merged_runs(_parts(list(parent), depth), _NO_FORMATTING, _formatted)


def _formatted(properties: etree._Element | None) -> _Kept:
    return _Kept(properties=properties)


def _parts(children: Sequence[etree._Element], depth: int) -> Iterator[Run | _Node]:
    """Yield the runs and nodes for the `children` of a paragraph, or of an element in it."""
    field_ends = _field_ends(children)
    after_field = 0
    for index, child in enumerate(children):
        name = local_name(child)
        if index < after_field:
            continue
        if index in field_ends:
            after_field = field_ends[index]
            yield from _field(children[index:after_field], depth)
        elif name == "r":
            yield from _run(child)
        elif name in _STARTS or name in _ENDS:
            yield Anchor(_Kept((child,)), at_end=name in _ENDS)
        elif (name in _AROUND_RUNS or _is_link(_attribute(child, "instr"))) and depth < DEEPEST:
            properties, nodes = _read(_runs_of(child), depth + 1)
            yield Span(_Kept(properties=properties, around=child), tuple(nodes))
        elif name == "fldSimple":
            yield Atom(_Kept((child,)), "".join(text.text or "" for text in child.iter() if local_name(text) == "t"))
        elif name and name not in _DROPPED and not name.endswith("Pr"):
            yield Atom(_Kept((child,)))


def _field_marks(run: etree._Element) -> list[str]:
    """Return which of `begin`, `separate` and `end` of a field are in `run`."""
    return [_attribute(mark, "fldCharType") for mark in run if local_name(mark) == "fldChar"]


def _field_ends(children: Sequence[etree._Element]) -> dict[int, int]:
    """Map the index of each field's start to the index after it, or after its instruction if the field ends
    elsewhere."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for index, child in enumerate(children):
        for mark in _field_marks(child):
            if mark == "begin":
                opened.append(index)
                ends[index] = index + 1
            elif mark == "separate" and opened:
                ends[opened[-1]] = index + 1
            elif mark == "end" and opened:
                ends[opened.pop()] = index + 1
    return ends


def _field(runs: Sequence[etree._Element], depth: int) -> Iterator[_Node]:
    """Yield the nodes of a field. The text of a link is translated. The result of any other field stays unchanged."""
    separators = [index for index, run in enumerate(runs) if "separate" in _field_marks(run)]
    first = separators[0] + 1 if separators else len(runs)
    instruction = "".join(text for run in runs[:first] for text in run.itertext())
    if _is_link(instruction) and first < len(runs) and depth < DEEPEST:
        properties, nodes = merged_runs(_parts(runs[first:-1], depth + 1), _NO_FORMATTING, _formatted)
        yield Span(_Kept(properties=properties, before=tuple(runs[:first]), after=(runs[-1],)), tuple(nodes))
        return
    shown = "".join(text.text or "" for run in runs[first:] for text in run if local_name(text) == "t")
    yield Atom(_Kept(tuple(runs)), shown)


def _is_link(instruction: str) -> bool:
    return instruction.split()[:1] == ["HYPERLINK"]


def _is_tab(kept: _Kept) -> bool:
    return kept.in_run and local_name(kept.elements[0]) in {"tab", "ptab"}


def _run(run: etree._Element) -> Iterator[Run | _Node]:
    properties = next((child for child in run if local_name(child) == "rPr"), None)
    for child in run:
        name = local_name(child)
        if name == "t":
            text = child.text or ""
            yield Run(text if child.get(_SPACE) == "preserve" else text.strip(" \t\r\n"), properties)
        elif name in _CHARACTERS:
            yield Run(_CHARACTERS[name], properties)
        elif name in {"commentReference", "annotationRef"}:
            yield Anchor(_Kept((child,), properties, in_run=True), at_end=True)
        elif name and name != "rPr" and name not in _DROPPED:
            is_line_break = name == "cr" or (name == "br" and _attribute(child, "type") in {"", "textWrapping"})
            yield Atom(_Kept((child,), properties, in_run=True), is_break=is_line_break)


def _write(parent: etree._Element, nodes: Sequence[_Node], properties: etree._Element | None, namespace: str) -> None:
    """Append `nodes` to `parent`. Texts get the formatting `properties`."""
    for node in nodes:
        if isinstance(node, str):
            text = etree.SubElement(_new_run(parent, properties, namespace), f"{{{namespace}}}t", {_SPACE: "preserve"})
            text.text = node
        elif not isinstance(node, Span):
            run = _new_run(parent, node.kept.properties, namespace) if node.kept.in_run else parent
            for element in node.kept.elements:
                element.tail = None
                run.append(element)
        else:
            # Copy it, because a translation may contain the span twice.
            parent.extend(copy.deepcopy(node.kept.before))
            inside = parent if node.kept.around is None else _copied_around(parent, node.kept.around)
            _write(inside, node.nodes, node.kept.properties, namespace)
            parent.extend(copy.deepcopy(node.kept.after))


def _new_run(parent: etree._Element, properties: etree._Element | None, namespace: str) -> etree._Element:
    run = etree.SubElement(parent, f"{{{namespace}}}r")
    if properties is not None:
        run.append(copy.deepcopy(properties))
    return run


def _copied_around(parent: etree._Element, around: etree._Element) -> etree._Element:
    """Append a copy of an element such as a link to `parent`, without its content. Return the element that takes the
    runs."""
    new = etree.SubElement(parent, around.tag, dict(around.attrib), around.nsmap)
    new.extend(copy.deepcopy(child) for child in around if local_name(child).endswith("Pr"))
    inner = _runs_of(around)
    return new if inner is around else etree.SubElement(new, inner.tag)


def _runs_of(around: etree._Element) -> etree._Element:
    """Return the element that contains the runs of `around`: itself, except for a content control."""
    return next((child for child in around if local_name(child) == "sdtContent"), around)


def _attribute(element: etree._Element, name: str) -> str:
    return element.get(f"{{{etree.QName(element).namespace}}}{name}", "")
