"""Parts a paragraph at its tabs: what stands between two of them is a column, and translated by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias

from nmt.documents.inline_tags import Atom, Inline, K, Node, Span


@dataclass(frozen=True, slots=True)
class _Column(Generic[K]):
    """Nodes without a tab."""

    nodes: list[Node[K]]
    inline: Inline[K]


@dataclass(frozen=True, slots=True)
class _Group(Generic[K]):
    """A span with tabs inside, such as the link that is a line of a table of contents."""

    kept: K
    parts: list[_Part[K]]


_Part: TypeAlias = "_Column[K] | _Group[K] | Atom[K]"


class TabColumns(Generic[K]):
    """The nodes of a paragraph and the fragments in which its columns are translated. Most paragraphs have one."""

    def __init__(self, nodes: Iterable[Node[K]], is_tab: Callable[[K], bool]) -> None:
        """Read `nodes`; `is_tab` tells whether what an atom keeps is a tab."""
        self._is_tab = is_tab
        self._parts = self._parted([*nodes])
        self.fragments = [
            column.inline.fragment for column in _columns(self._parts) if column.inline.fragment is not None
        ]
        """The fragments to translate: those of columns with letters."""

    def with_texts(self, texts: Sequence[str]) -> list[Node[K]]:
        """Return the nodes with `texts`, translations of the fragments. Tabs stay where they are."""
        return _nodes(self._parts, iter(texts))

    def _parted(self, nodes: Sequence[Node[K]]) -> list[_Part[K]]:
        parts: list[_Part[K]] = []
        column: list[Node[K]] = []
        for node in nodes:
            if not self._has_tab(node):
                column.append(node)
                continue
            if column:
                parts.append(_Column(column, Inline(column)))
                column = []
            if isinstance(node, Span):
                parts.append(_Group(node.kept, self._parted(node.nodes)))
            elif isinstance(node, Atom):
                parts.append(node)
        return [*parts, _Column(column, Inline(column))] if column else parts

    def _has_tab(self, node: Node[K]) -> bool:
        if isinstance(node, Span):
            return any(map(self._has_tab, node.nodes))
        return isinstance(node, Atom) and self._is_tab(node.kept)


def _columns(parts: Iterable[_Part[K]]) -> Iterator[_Column[K]]:
    for part in parts:
        if isinstance(part, _Column):
            yield part
        elif isinstance(part, _Group):
            yield from _columns(part.parts)


def _nodes(parts: Iterable[_Part[K]], texts: Iterator[str]) -> list[Node[K]]:
    nodes: list[Node[K]] = []
    for part in parts:
        if isinstance(part, _Column):
            nodes += part.nodes if part.inline.fragment is None else part.inline.with_text(next(texts))
        elif isinstance(part, _Group):
            nodes.append(Span(part.kept, tuple(_nodes(part.parts, texts))))
        else:
            nodes.append(part)
    return nodes
