"""Markdown: one fragment for each paragraph, heading, list item, cell and image. Every other byte stays unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from nmt.documents.encoding import decoded
from nmt.documents.inline_marks import Marks
from nmt.documents.inline_tags import Atom, Inline, Node, Span, merged
from nmt.documents.line_breaks import lines_of
from nmt.documents.markdown.block_rules import TITLE_OPEN
from nmt.documents.markdown.html_text import html_patches
from nmt.documents.markdown.layout import Place, laid_out_markdown
from nmt.documents.markdown.nodes import (
    KEPT_SPACE,
    Environment,
    inline_nodes,
    markdown_of,
    nodes_of,
    on_one_line,
    parser,
)
from nmt.documents.patches import Passage, Patch, PatchedText
from nmt.errors import DocumentError

_LARGEST = 500_000
"""Maximum size in bytes. A list of one-letter items takes seconds to parse for each 100 kB."""
_FRONT_MATTER = re.compile(r"\A(-{3}|\+{3})[ \t]*\r?\n(?:[^\n]*\n)*?(?:\1|\.{3})[ \t]*(?:\r?\n|\Z)")


def read_md(name: str, content: bytes) -> PatchedText:
    """Read the Markdown file `name`: CommonMark with tables, strikethrough, front matter, and what dialects add.

    Raises DocumentError.
    """
    if len(content) > _LARGEST:
        raise DocumentError(
            f"{name} has {len(content)} bytes, of Markdown at most {_LARGEST} are taken: send it in parts"
        )
    source = decoded(name, content)
    matter = _FRONT_MATTER.match(source.text)
    return PatchedText(source, list(_patches(source.text, matter.end() if matter else 0)))


def _patches(text: str, position: int) -> Iterator[Patch | Passage]:
    """Yield the places to translate in `text` from `position` on."""
    lines = lines_of(text, position)
    environment: Environment = {}
    for before, token in pairwise([Token("", "", 0), *parser().parse(text[position:], environment)]):
        if token.map and token.type == "html_block":
            yield from html_patches(text, token.content, lines[slice(*token.map)])
        if not token.map or token.type != "inline":
            continue
        found = _places(text, token.content, lines[slice(*token.map)], position, before.type)
        if found:
            is_cell = before.type in {"th_open", "td_open"}
            paragraph = _Paragraph(Place(text, found), token.content, is_cell, environment)
            yield from paragraph.passages(token.children or [])
        position = found[-1][1] if found else position


def _places(
    text: str, content: str, lines: Sequence[tuple[int, int]], position: int, opened: str
) -> list[tuple[int, int]]:
    """Return where each line of `content` stands in `text`, not before `position`. Empty if it cannot be determined."""
    found: list[tuple[int, int]] = []
    for part, (start, end) in zip(content.split("\n"), lines, strict=False):
        bare = part.strip()
        source = bare.replace("|", "\\|") if opened in {"th_open", "td_open"} else bare
        find = text.rfind if opened == TITLE_OPEN else text.find  # a title may be the same as what stands before it
        at = find(source, max(start, position), end)
        if at < 0:
            return []
        found.append((at, at + len(source)))
    return found


@dataclass(frozen=True, slots=True)
class _Image:
    """An image, whose alternative text is translated by itself."""

    source: str
    mark: str
    """What follows the alternative text: its address and title, or a reference."""
    alternative: Inline[Marks]

    def with_text(self, translation: str, environment: Environment) -> str:
        """Return the image with the `translation` of its alternative text."""
        inside = markdown_of(self.alternative.with_text(translation), environment).replace(KEPT_SPACE, " ")
        written = f"![{inside}{self.mark}"
        read = inline_nodes(written, environment)
        return written if read == [Atom((written, ""))] else self.source


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, a heading, a title or a cell."""

    place: Place
    content: str
    """Its content as markdown-it reads it: lines without indentation and without list and quotation marks."""
    is_cell: bool
    environment: Environment

    def passages(self, tokens: Sequence[Token]) -> Iterator[Passage]:
        """Yield the passage to translate, if there is anything."""
        nodes = nodes_of(tokens)
        inline = Inline(nodes)
        images = list(_images(tokens))
        alternatives = [image.alternative.fragment for image in images]
        fragments = tuple(each for each in (inline.fragment, *alternatives) if each is not None)
        if not fragments:
            return

        def written(translations: Sequence[str]) -> str:
            remaining = iter(translations)
            translated = nodes if inline.fragment is None else inline.with_text(next(remaining))
            sources = {image.source: image.with_text(next(remaining), self.environment) for image in images}
            return self._written(_with_sources(translated, sources))

        yield Passage(*self.place.span, fragments, written)

    def _written(self, nodes: Sequence[Node[Marks]]) -> str:
        """Return translated `nodes` in Markdown, broken into the same number of lines as their source."""
        source = markdown_of(nodes, self.environment)
        if self.is_cell:
            return re.sub(r"\s+", " ", source.replace(KEPT_SPACE, " ")).replace("|", "\\|")
        return laid_out_markdown(self.place, self.content, source)


def _images(tokens: Sequence[Token]) -> Iterator[_Image]:
    """Yield the images that have an alternative text to translate, each once."""
    seen: set[str] = set()
    for token in tokens:
        source = on_one_line(token.content)
        if "mark" not in token.meta or token.type != "verbatim" or source in seen:
            continue
        seen.add(source)
        alternative = Inline(nodes_of(token.children or []))
        if alternative.fragment is not None:
            yield _Image(source, on_one_line(token.meta["mark"]), alternative)


def _with_sources(nodes: Sequence[Node[Marks]], sources: Mapping[str, str]) -> list[Node[Marks]]:
    """Return `nodes` with the sources of atoms replaced as `sources` says."""
    found: list[Node[Marks]] = []
    for node in nodes:
        if isinstance(node, Span):
            found.append(Span(node.kept, tuple(_with_sources(node.nodes, sources))))
        elif isinstance(node, Atom):
            found.append(Atom((sources.get(node.kept[0], node.kept[0]), ""), node.shown, node.is_break))
        else:
            found.append(node)
    return merged(found)
