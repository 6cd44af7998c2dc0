"""Runs of Office Open XML: merges adjacent runs that look the same, and makes spans of those that look different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

from lxml import etree

from nmt.documents.inline_tags import Anchor, K, Node, Span


@dataclass(frozen=True, slots=True)
class Run:
    """A text and its formatting, before adjacent runs with the same formatting are merged."""

    text: str
    properties: etree._Element | None


def merged_runs(
    parts: Iterable[Run | Node[K]], ignored: Container[str], kept: Callable[[etree._Element | None], K]
) -> tuple[etree._Element | None, list[Node[K]]]:
    """Merge adjacent runs of `parts` that have the same formatting.

    Return the formatting of most of the text, which is in no span, and the nodes. `ignored` names the run properties
    that do not change the look. `kept` makes what the span of a formatting keeps. Anchors come first.
    """
    parts = list(parts)
    formats: dict[bytes, etree._Element | None] = {}
    lengths = Counter[bytes]()
    for part in parts:
        if isinstance(part, Run):
            look = _look(part.properties, ignored)
            formats.setdefault(look, part.properties)
            lengths[look] += len(part.text.strip())
    usual = max(formats, key=lambda key: lengths[key], default=b"")
    anchors: list[Node[K]] = []
    nodes: list[Node[K]] = []
    current = usual
    open_span: bytes | None = None
    for part in parts:
        if isinstance(part, Anchor):
            anchors.append(part)
        elif not isinstance(part, Run):
            nodes.append(part)
            open_span = None
        else:
            # Spaces alone take the formatting of what precedes them, and form no span of their own.
            current = _look(part.properties, ignored) if part.text.strip() else current
            last = nodes[-1] if nodes else None
            if current == usual:
                nodes.append(part.text)
                open_span = None
            elif isinstance(last, Span) and open_span == current:
                nodes[-1] = Span(last.kept, (*last.nodes, part.text))
            else:
                nodes.append(Span(kept(formats[current]), (part.text,)))
                open_span = current
    return formats.get(usual), [*anchors, *nodes]


def _look(properties: etree._Element | None, ignored: Container[str]) -> bytes:
    """Return a key that is equal for all formatting that looks the same."""
    if properties is None:
        return b""
    attributes = [f"{name}={value}".encode() for name, value in properties.items() if name not in ignored]
    children = [child for child in properties if local_name(child) not in ignored]
    return b"\0".join([*sorted(attributes), *(etree.tostring(child, with_tail=False) for child in children)])


def local_name(element: etree._Element) -> str:
    """Return the name without its namespace. Empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def tag_beside(element: etree._Element, name: str) -> str:
    """Return the tag of an element `name` in the namespace of `element`."""
    return f"{{{etree.QName(element).namespace or ''}}}{name}"
