"""Markdown: one fragment for each paragraph, heading, list item and cell. Every other byte stays unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.rules_inline.backticks import backtick
from markdown_it.rules_inline.html_inline import html_inline
from markdown_it.rules_inline.image import image
from markdown_it.rules_inline.link import link
from markdown_it.token import Token

from nmt.documents.encoding import decoded
from nmt.documents.inline_tags import DEEPEST, Atom, Inline, Node, Span, merged
from nmt.documents.line_breaks import broken, lines_of
from nmt.documents.patches import Patch, PatchedText
from nmt.errors import DocumentError

_LARGEST = 500_000
"""Maximum size in bytes. A list of one-letter items takes seconds to parse for each 100 kB."""
_FRONT_MATTER = re.compile(r"\A(-{3}|\+{3})[ \t]*\r?\n(?:[^\n]*\n)*?(?:\1|\.{3})[ \t]*(?:\r?\n|\Z)")
_EXTENSION = re.compile(
    r"\[\^[^\]\s]+\]:?|\{[#.:][^{}\n]*\}|\$\$[^$\n]{1,999}\$\$|(?<![\w$])\$(?=[^\s$])[^$\n]{0,299}(?<=\S)\$(?![\w$])"
)
"""A footnote mark, an attribute list such as `{#install}`, or a formula: `$a+b$`, `$$x = y$$`. None is CommonMark, and
none needs translation."""
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_SPECIAL = re.compile(r"[\\`*_\[\]<~|]|&(?=#?\w+;)")
_BLOCK_START = re.compile(r"\A(\d{0,9})([.)](?=\s|$)|(?<!\d)(?:#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|[-=]+\s*$|~{3}|`{3}))")
"""Text that begins another block at the start of a line. The second group starts with the character to escape."""

_WORD = re.compile(r"[^ \t\n]+")

_Marks = tuple[str, str]
"""Markup before and after a span. For an atom, the first is the atom."""
_Environment = dict[str, Any]
"""What markdown-it found in a file: its link references."""
_Rule = Callable[[StateInline, bool], bool]


def read_md(name: str, content: bytes) -> PatchedText:
    """Read the Markdown file `name`: CommonMark with tables, strikethrough, front matter and footnotes.

    Raises DocumentError.
    """
    if len(content) > _LARGEST:
        raise DocumentError(
            f"{name} has {len(content)} bytes, of Markdown at most {_LARGEST} are taken: send it in parts"
        )
    source = decoded(name, content)
    matter = _FRONT_MATTER.match(source.text)
    return PatchedText(source, list(_patches(source.text, matter.end() if matter else 0)))


def _patches(text: str, position: int) -> Iterator[Patch]:
    """Yield the places to translate in `text` from `position` on."""
    lines = lines_of(text, position)
    environment: _Environment = {}
    for before, token in pairwise(_parser().parse(text[position:], environment)):
        if token.type != "inline" or not token.map:
            continue
        in_cell = before.type in {"th_open", "td_open"}
        places = _places(text, token.content, lines[slice(*token.map)], position, in_cell)
        inline = Inline(_nodes(token.children or []))
        if places and inline.fragment is not None:
            place = _Place(text, token.content, places, in_cell, environment)
            yield Patch(places[0][0], places[-1][1], inline.fragment, partial(place.written, inline))
        position = places[-1][1] if places else position


def _places(
    text: str, content: str, lines: Sequence[tuple[int, int]], position: int, in_cell: bool
) -> list[tuple[int, int]]:
    """Return where each line of `content` stands in `text`, not before `position`. Empty if it cannot be determined."""
    found: list[tuple[int, int]] = []
    for part, (start, end) in zip(content.split("\n"), lines, strict=False):
        bare = part.strip()
        source = bare.replace("|", "\\|") if in_cell else bare
        at = text.find(source, max(start, position), end)
        if at < 0:
            return []
        found.append((at, at + len(source)))
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a paragraph, a heading or a cell."""

    text: str
    """Text of the whole file."""
    content: str
    """The place's content as markdown-it reads it: lines without indentation and without list and quotation marks."""
    lines: list[tuple[int, int]]
    """Position in `text` of each line of `content`."""
    in_cell: bool
    environment: _Environment

    def written(self, inline: Inline[_Marks], translation: str) -> str:
        """Return `translation` in Markdown, broken into the same number of lines as its source."""
        source = self._source(inline.with_text(translation))
        if self.in_cell:
            return re.sub(r"\s+", " ", source).replace("|", "\\|")
        counts, mark = self._breaks()
        paragraphs = source.split("\n")
        if len(paragraphs) != len(counts):
            counts = [1] * len(paragraphs)
        lines: list[str] = []
        for paragraph, count in zip(paragraphs, counts, strict=True):
            lines += broken(_WORD.findall(paragraph), count, may_begin=lambda word: not _BLOCK_START.match(word)) or [
                ""
            ]
            lines[-1] += mark
        lines[-1] = lines[-1].removesuffix(mark)
        lines[0] = _BLOCK_START.sub(r"\1\\\2", lines[0], count=1)
        return lines[0] + "".join(self._line_end(index) + line for index, line in enumerate(lines[1:]))

    def _source(self, nodes: Sequence[Node[_Marks]]) -> str:
        """Return `nodes` in Markdown. Characters are escaped only if they would otherwise be read as markup."""
        plain = _written(nodes, escaped=False)
        token = _parser().parseInline(plain, self.environment)[0]
        return plain if _nodes(token.children or []) == merged(nodes) else _written(nodes, escaped=True)

    def _breaks(self) -> tuple[list[int], str]:
        """Return the number of lines before each hard line break and after the last, and how such a break is marked."""
        counts = [1]
        mark = "  "
        for line in self.content.split("\n")[:-1]:
            if line.endswith(("  ", "\\")):
                counts.append(1)
                mark = line[-1] if line[-1] == "\\" else mark
            else:
                counts[-1] += 1
        return counts, mark

    def _line_end(self, index: int) -> str:
        """Return the line break after a line, with the prefix of the next line."""
        if len(self.lines) == 1:
            return "\n"
        last = min(index, len(self.lines) - 2)
        return self.text[self.lines[last][1] : self.lines[last + 1][0]].lstrip(" \t")


def _nodes(tokens: Sequence[Token]) -> list[Node[_Marks]]:
    opened: list[list[Node[_Marks]]] = [[]]
    marks: list[str] = []
    for token in tokens:
        if token.nesting > 0 and len(opened) < DEEPEST:
            opened.append([])
            marks.append(token.meta.get("mark", token.markup))
        elif token.nesting < 0 and len(opened) == token.level + 2:
            inside = opened.pop()
            opened[-1].append(Span((marks.pop(), token.meta.get("mark", token.markup)), tuple(inside)))
        elif token.nesting or token.type == "verbatim":
            source = token.meta.get("mark", token.markup) if token.nesting else token.content
            is_break = _LINE_BREAK.fullmatch(source) is not None
            opened[-1].append(Atom((source, ""), token.meta.get("shown", ""), is_break))
        elif token.type == "hardbreak":
            opened[-1].append(Atom(("\n", ""), is_break=True))
        else:
            opened[-1].append(" " if token.type == "softbreak" else token.content)
    return merged(opened[0])


def _written(nodes: Sequence[Node[_Marks]], escaped: bool) -> str:
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
        else:
            parts.append(node.kept[0])
    return "".join(parts)


@cache
def _parser() -> MarkdownIt:
    """Return a parser for CommonMark and extensions. A token of type `verbatim` marks inline content not translated."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    rules = parser.inline.ruler
    for name, rule in (("backticks", backtick), ("image", image), ("autolink", autolink), ("html_inline", html_inline)):
        rules.at(name, _verbatim(rule))
    rules.at("link", _link)
    rules.before("link", "extension", _verbatim(_extension))
    return parser


def _verbatim(rule: _Rule) -> _Rule:
    """Wrap `rule` so that its source becomes its only token."""

    def kept(state: StateInline, silent: bool) -> bool:
        start = state.pos
        before = len(state.tokens) + bool(state.pending)
        if not rule(state, silent):
            return False
        if len(state.tokens) > before:
            shown = state.tokens[-1].content if rule is backtick else state.src[start + 1 : state.pos - 1]
            del state.tokens[before:]
            token = state.push("verbatim", "", 0)
            token.content = state.src[start : state.pos]
            token.meta["shown"] = shown if rule in {backtick, autolink} else ""
        return True

    return kept


def _extension(state: StateInline, silent: bool) -> bool:
    match = _EXTENSION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("extension", "", 0)
    state.pos = match.end()
    return True


def _link(state: StateInline, silent: bool) -> bool:
    """Apply markdown-it's link rule, and keep the source of both ends."""
    start = state.pos
    before = len(state.tokens) + bool(state.pending)
    if not link(state, silent):
        return False
    if not silent:
        label_end = state.md.helpers.parseLinkLabel(state, start, True)
        mark = state.src[label_end : state.pos]
        # The text of such a link is also its reference, which must not be translated.
        is_reference = mark in {"]", "][]"}
        state.tokens[before].meta["mark"] = "["
        state.tokens[-1].meta["mark"] = f"][{state.src[start + 1 : label_end]}]" if is_reference else mark
    return True
