"""HTML inside Markdown: elements whose text stays, and tags that belong together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from nmt.documents.inline_marks import Marks
from nmt.documents.inline_tags import DEEPEST, Atom, Node, Span, merged

_ATTRIBUTES = r"(?:\s(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}|[^<>\"'{}])*|/)?"
TAG = re.compile(rf"<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*){_ATTRIBUTES}>")
LEFT_ALONE = re.compile(
    rf"<(?P<left>(?:code|kbd|math|pre|samp|script|style|svg|template|textarea|var)\b|[a-z]\w*(?=[^<>]*\stranslate=[\"']?no\b))"
    rf"{_ATTRIBUTES}>.{{0,2000}}?</(?P=left)\s*>",
    re.IGNORECASE | re.DOTALL,
)
"""An element whose text is not translated, by its purpose or by HTML's `translate` attribute."""
_VOID = frozenset({"area", "br", "hr", "img", "input", "wbr"})
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def text_of(source: str) -> str:
    """Return the text in the HTML `source`."""
    return unescape(TAG.sub("", source))


def is_line_break(source: str) -> bool:
    """Whether the HTML `source` is a line break."""
    return _LINE_BREAK.fullmatch(source) is not None


def paired(nodes: Sequence[Node[Marks]]) -> list[Node[Marks]]:
    """Return `nodes` with the tags that belong together, which are atoms, as spans. An empty element stays an atom."""
    opened: list[tuple[Atom[Marks] | None, str, list[Node[Marks]]]] = [(None, "", [])]
    for node in nodes:
        tag = TAG.fullmatch(node.kept[0]) if isinstance(node, Atom) else None
        begin, name, inside = opened[-1]
        if not isinstance(node, Atom) or tag is None or tag[0].endswith("/>") or tag["name"].lower() in _VOID:
            inside.append(node)
        elif not tag["close"] and len(opened) < DEEPEST:
            opened.append((node, tag["name"].lower(), []))
        elif begin is not None and tag["close"] and tag["name"].lower() == name:
            opened.pop()
            opened[-1][2].append(_element(begin, inside, node))
        else:
            inside.append(node)
    found = opened[0][2]
    for begin, _, inside in opened[1:]:
        found += [begin, *inside] if begin else inside
    return merged(found)


def _element(begin: Atom[Marks], inside: Sequence[Node[Marks]], end: Atom[Marks]) -> Node[Marks]:
    if not inside:
        return Atom((begin.kept[0] + end.kept[0], ""))
    return Span((begin.kept[0], end.kept[0]), tuple(merged(inside)))
