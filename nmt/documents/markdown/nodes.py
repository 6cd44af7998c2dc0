"""The inline content of Markdown as nodes, and nodes as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from nmt.documents.inline_marks import Marks
from nmt.documents.inline_tags import DEEPEST, Atom, Node, Span, merged
from nmt.documents.markdown.block_rules import add_block_rules
from nmt.documents.markdown.html_elements import is_line_break, paired
from nmt.documents.markdown.inline_rules import add_inline_rules

KEPT_SPACE = "\0"
"""Stands for a space where no line may be broken: no Markdown has it."""
_SPECIAL = re.compile(r"[\\`*_\[\]<~|]|&(?=#?\w+;)")

Environment = dict[str, Any]
"""What markdown-it found in a file: its link references."""


@cache
def parser() -> MarkdownIt:
    """Return a parser for CommonMark and its dialects."""
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    add_block_rules(found)
    add_inline_rules(found)
    return found


def inline_nodes(source: str, environment: Environment) -> list[Node[Marks]]:
    """Return the nodes of inline content in Markdown."""
    return nodes_of(parser().parseInline(source, environment)[0].children or [])


def nodes_of(tokens: Sequence[Token]) -> list[Node[Marks]]:
    """Return the nodes of the `tokens` of inline content."""
    opened: list[list[Node[Marks]]] = [[]]
    marks: list[str] = []
    for token in tokens:
        if token.nesting > 0 and len(opened) < DEEPEST:
            opened.append([])
            marks.append(token.meta.get("mark", token.markup))
        elif token.nesting < 0 and len(opened) == token.level + 2:
            inside = paired(opened.pop())
            opened[-1].append(Span((marks.pop(), token.meta.get("mark", token.markup)), tuple(inside)))
        elif token.nesting or token.type == "verbatim":
            source = token.meta.get("mark", token.markup) if token.nesting else on_one_line(token.content)
            opened[-1].append(Atom((source, ""), token.meta.get("shown", ""), is_line_break(source)))
        elif token.type == "hardbreak":
            opened[-1].append(Atom(("\n", ""), is_break=True))
        else:
            opened[-1].append(" " if token.type == "softbreak" else token.content)
    return paired(opened[0])


def on_one_line(source: str) -> str:
    """Return the source of what is not translated without line breaks, after which a quotation needs its marks."""
    return source.replace("\n", " ")


def markdown_of(nodes: Sequence[Node[Marks]], environment: Environment) -> str:
    """Return `nodes` in Markdown. Characters are escaped only if they would otherwise be read as markup.

    `KEPT_SPACE` stands for the spaces inside what is not translated.
    """
    plain = _written(nodes, escaped=False)
    is_read_alike = inline_nodes(plain.replace(KEPT_SPACE, " "), environment) == merged(nodes)
    return plain if is_read_alike else _written(nodes, escaped=True)


def _written(nodes: Sequence[Node[Marks]], escaped: bool) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            text = re.sub(r"\s*\n\s*", " ", node)
            parts.append(_SPECIAL.sub(r"\\\g<0>", text) if escaped else text)
        elif isinstance(node, Span):
            inside = _written(node.nodes, escaped)
            # Emphasis cannot begin before white space or end after it.
            bare = inside.strip()
            before, after = inside.split(bare, 1) if bare else (inside, "")
            parts += [before, node.kept[0] + bare + node.kept[1] if bare else "", after]
        elif node.kept[0] == "\n":
            parts.append("\n")
        else:
            parts.append(node.kept[0].replace(" ", KEPT_SPACE))
    return "".join(parts)
