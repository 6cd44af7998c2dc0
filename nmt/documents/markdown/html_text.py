"""The texts of an HTML block in Markdown. Its tags stay as they are, whether or not they have their partners in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from html import escape, unescape

from nmt.documents.inline_marks import Marks, written
from nmt.documents.inline_tags import Atom, Inline, Node, Span
from nmt.documents.markdown.html_elements import LEFT_ALONE, TAG, is_line_break, paired, text_of
from nmt.documents.markdown.layout import Place, laid_out_html
from nmt.documents.markdown.nodes import KEPT_SPACE, on_one_line
from nmt.documents.patches import Patch

_INSIDE_SENTENCES = re.compile(
    r"a|abbr|b|bd[io]|big|br|cite|code|data|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span|strike|strong|su[bp]"
    r"|time|tt|u|var|wbr",
    re.IGNORECASE,
)
"""Elements that may stand among the words of a sentence."""
_PIECE = re.compile(
    rf"(?P<hidden><!--.*?(?:-->|\Z)|<[?!].*?(?:>|\Z))|(?P<whole>{LEFT_ALONE.pattern})|{TAG.pattern}",
    re.IGNORECASE | re.DOTALL,
)

_Line = tuple[int, int]


def html_patches(text: str, content: str, lines: Sequence[_Line]) -> list[Patch]:
    """Return the places to translate in the HTML block `content`, whose lines stand in `text` at `lines`.

    There are none where the lines do not end like those of the file, as after a tab.
    """
    starts: list[int] = []
    parts = content.rstrip("\n").split("\n")
    for part, (start, end) in zip(parts, lines, strict=False):
        line = text[start:end].rstrip("\r\n")
        if not line.endswith(part):
            return []
        starts.append(start + len(line) - len(part))
    return [patch for run in _runs(content) if (patch := _patch(text, content, run, starts)) is not None]


def _runs(content: str) -> Iterator[_Line]:
    """Yield the start and the end of each stretch that no element parts into sentences."""
    start = 0
    for piece in _PIECE.finditer(content):
        name = piece["left"] or piece["name"]
        if name and not _INSIDE_SENTENCES.fullmatch(name):
            yield start, piece.start()
            start = piece.end()
    yield start, len(content)


def _patch(text: str, content: str, run: _Line, starts: Sequence[int]) -> Patch | None:
    source = content[slice(*run)]
    bare = source.strip()
    inline = Inline(paired(list(_nodes(bare))))
    if inline.fragment is None:
        return None
    begin = run[0] + source.index(bare)
    first = content.count("\n", 0, begin)
    column = begin - (content.rfind("\n", 0, begin) + 1)
    found: list[_Line] = []
    for number, line in enumerate(bare.split("\n"), first):
        indent = len(line) - len(line.lstrip())
        at = starts[number] + column + indent
        found.append((at, at + len(line.strip())))
        column = 0
    place = Place(text, found)
    return Patch(*place.span, inline.fragment, lambda translation: _html(place, inline.with_text(translation)))


def _html(place: Place, nodes: Sequence[Node[Marks]]) -> str:
    return laid_out_html(place, written(_with_kept_spaces(nodes), partial(escape, quote=False)))


def _with_kept_spaces(nodes: Sequence[Node[Marks]]) -> list[Node[Marks]]:
    """Return `nodes` with spaces in marks where no line may be broken, as `laid_out_html` takes them."""
    found: list[Node[Marks]] = []
    for node in nodes:
        if isinstance(node, Span):
            begin, end = (mark.replace(" ", KEPT_SPACE) for mark in node.kept)
            found.append(Span((begin, end), tuple(_with_kept_spaces(node.nodes))))
        elif isinstance(node, Atom):
            found.append(Atom((node.kept[0].replace(" ", KEPT_SPACE), "")))
        else:
            found.append(node)
    return found


def _nodes(run: str) -> Iterator[Node[Marks]]:
    start = 0
    for piece in _PIECE.finditer(run):
        yield _as_text(run[start : piece.start()])
        shown = text_of(piece["whole"]) if piece["whole"] else ""
        source = on_one_line(piece[0])
        yield Atom((source, ""), shown, is_line_break(source))
        start = piece.end()
    yield _as_text(run[start:])


def _as_text(source: str) -> str:
    return re.sub(r"[ \t\n]+", " ", unescape(source))
