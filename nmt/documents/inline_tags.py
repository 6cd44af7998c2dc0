"""Converts a paragraph with inline formatting to one fragment, and restores the formatting in its translation.

A format reads a paragraph into nodes: texts, spans of formatting, and atoms that are not translated. Each node keeps
what the format needs to write it again. The fragment shows spans and atoms as HTML elements with ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Generic, TypeAlias, TypeVar

from lxml import etree, html

from nmt.documents.document import Fragment, has_letters

K = TypeVar("K")
"""Data that a format keeps to write a node again."""

DEEPEST = 50
"""Maximum nesting of spans that a format reads. Deeper content must become an atom, so that the stack does not
overflow."""


@dataclass(frozen=True, slots=True)
class Atom(Generic[K]):
    """Content that stays unchanged, such as an image, code or a line break."""

    kept: K
    shown: str = ""
    """The text of the atom that a reader sees."""
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class Anchor(Generic[K]):
    """An invisible mark that is not part of the text. It moves to the start or the end of the paragraph."""

    kept: K
    at_end: bool


@dataclass(frozen=True, slots=True)
class Span(Generic[K]):
    """Nodes that share their own formatting."""

    kept: K
    nodes: tuple[Node[K], ...]


Node: TypeAlias = "str | Atom[K] | Anchor[K] | Span[K]"


@dataclass(frozen=True, slots=True)
class _Layer(Generic[K]):
    """Nodes around all the text of a paragraph."""

    before: list[Node[K]]
    span: Span[K] | None
    after: list[Node[K]]


class Inline(Generic[K]):
    """The nodes of a paragraph and the fragment in which they are translated."""

    def __init__(self, nodes: Iterable[Node[K]]) -> None:
        """Read `nodes`, setting aside what surrounds all the text, such as a link that is the whole paragraph."""
        starts: list[Anchor[K]] = []
        ends: list[Anchor[K]] = []
        self._core = _without_anchors(nodes, starts, ends)
        self._layers: list[_Layer[K]] = [_Layer([*starts], None, [*ends])]
        self._peel()
        self._numbered: list[Span[K] | Atom[K]] = []
        self.fragment = self._fragment() if _has_text(self._core) else None
        """The fragment to translate, or None if it has no letters."""

    def with_text(self, text: str) -> list[Node[K]]:
        """Return the nodes with `text`, a translation of the fragment.

        The text of a lost span stays. A span that occurs twice formats both texts. Each atom occurs once: a lost one is
        placed at the end.
        """
        nodes: list[Node[K]] = [text]
        if self.fragment is not None and self.fragment.form == "html":
            nodes = self._parsed(text)
        for layer in reversed(self._layers):
            inside: list[Node[K]] = [Span(layer.span.kept, tuple(nodes))] if layer.span else nodes
            nodes = [*layer.before, *inside, *layer.after]
        return nodes

    def _peel(self) -> None:
        """Repeatedly set aside nodes without text at both ends, and a span around all the rest."""
        while True:
            visible = [index for index, node in enumerate(self._core) if not _is_blank(node)]
            if not visible:
                return
            first, last = visible[0], visible[-1]
            only = self._core[first]
            span = only if first == last and isinstance(only, Span) else None
            if len(self._core) == last - first + 1 and span is None:
                return
            self._layers.append(_Layer(self._core[:first], span, self._core[last + 1 :]))
            self._core = [*span.nodes] if span else self._core[first : last + 1]

    def _fragment(self) -> Fragment:
        first = self._core[0]
        if isinstance(first, str) and len(self._core) == 1:
            return Fragment(first)
        return Fragment(self._markup(self._core), "html")

    def _markup(self, nodes: Sequence[Node[K]]) -> str:
        parts: list[str] = []
        for node in nodes:
            if isinstance(node, str):
                parts.append(escape(node, quote=False))
            elif isinstance(node, Span):
                self._numbered.append(node)
                parts.append(f'<span id="{len(self._numbered)}">{self._markup(node.nodes)}</span>')
            elif isinstance(node, Atom):
                self._numbered.append(node)
                number = len(self._numbered)
                shown = f'<span translate="no" id="{number}">{escape(node.shown, quote=False)}</span>'
                parts.append(f'<br id="{number}">' if node.is_break else shown)
        return "".join(parts)

    def _parsed(self, text: str) -> list[Node[K]]:
        """Return the nodes of a translated fragment."""
        numbered = {str(number): node for number, node in enumerate(self._numbered, 1)}
        lost = {number: node for number, node in numbered.items() if isinstance(node, Atom)}
        opened: list[list[Node[K]]] = [[]]
        for event, element in etree.iterwalk(_tree(text), events=("start", "end")):
            number = element.get("id", "")
            node = numbered.get(number)
            if event == "start":
                opened.append([element.text or ""])
                continue
            inside = opened.pop()
            if isinstance(node, Span):
                opened[-1].append(Span(node.kept, tuple(merged(inside))))
            elif isinstance(node, Atom):
                opened[-1] += [lost.pop(number)] if number in lost else []
            else:
                opened[-1] += inside
            opened[-1].append(element.tail or "")
        return merged([*opened[0], *lost.values()])


def _tree(text: str) -> etree._Element:
    content = text.replace("\0", "").encode(errors="replace")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return html.document_fromstring(b"<html><body>" + content + b"</body></html>", parser=parser)


def _without_anchors(nodes: Iterable[Node[K]], starts: list[Anchor[K]], ends: list[Anchor[K]]) -> list[Node[K]]:
    """Return `nodes` with adjacent texts merged. Move their anchors to `starts` and `ends`."""
    found: list[Node[K]] = []
    for node in nodes:
        if isinstance(node, Anchor):
            (ends if node.at_end else starts).append(node)
        elif isinstance(node, Span):
            found.append(Span(node.kept, tuple(_without_anchors(node.nodes, starts, ends))))
        else:
            found.append(node)
    return merged(found)


def merged(nodes: Sequence[Node[K]]) -> list[Node[K]]:
    """Return `nodes` without empty texts and with adjacent texts merged."""
    found: list[Node[K]] = []
    for node in nodes:
        last = found[-1] if found else None
        if isinstance(node, str) and isinstance(last, str):
            found[-1] = last + node
        elif node != "":
            found.append(node)
    return found


def _is_blank(node: Node[K]) -> bool:
    if isinstance(node, Span):
        return all(_is_blank(each) for each in node.nodes)
    return not (node if isinstance(node, str) else node.shown if isinstance(node, Atom) else "").strip()


def _has_text(nodes: Sequence[Node[K]]) -> bool:
    """Whether there is anything to translate outside the atoms."""
    return any(
        has_letters(node) if isinstance(node, str) else isinstance(node, Span) and _has_text(node.nodes)
        for node in nodes
    )
