"""SubRip subtitles: one fragment for each cue, or for each speaker in a cue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nmt.documents.encoding import decoded
from nmt.documents.inline_tags import DEEPEST, Atom, Inline, Node, Span
from nmt.documents.line_breaks import broken, lines_of
from nmt.documents.patches import Patch, PatchedText
from nmt.errors import DocumentError

_TIME = r"\d{1,3}:\d{1,2}:\d{1,2}[,.:]\d{1,3}"
_LINE_START = r"(?<![^\r\n])"
"""A carriage return alone ends a line too, which `^` does not know."""
_CUE = re.compile(rf"{_LINE_START}[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\r\n]*(?:\r\n|\r|\n)")
"""The line of a cue with its times and an optional position. The cue's text follows it."""
_NUMBER = re.compile(rf"{_LINE_START}[ \t]*\d+[ \t]*(?:\r\n|\r|\n)+\Z")
"""The number of the next cue, which ends the text after a cue's times."""
_SPEAKER = re.compile(r"(?:<[^<>]*>|\{[^{}]*\})*[-\u2013\u2014]")
"""Start of a line at which another person begins to speak."""
_MARK = re.compile(
    r"<(/?)(i|b|u|s|font)\b([^<>]*)>|\{\\[^{}]*\}|(?P<break>[ \t]*(?:<br[ \t]*/?>|(?<!:)\\(?-i:N))[ \t]*)"
    r"|(?:^|(?<=[>}]))[-\u2013\u2014][ \t]*",
    re.IGNORECASE,
)
"""A tag, a code such as `{\\an8}`, a line break written as one, or the dash before a speech."""
_NEWLINE = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"(?:<[^<>]*>|[^ \t\r\n])+")

_Marks = tuple[str, str]
"""Markup before and after a span. For an atom, the first is the atom."""


def read_srt(name: str, content: bytes) -> PatchedText:
    """Read the subtitles `name`. Numbers, times and positions stay. The lines of a speech are translated as one
    text."""
    source = decoded(name, content)
    cues = list(_CUE.finditer(source.text))
    if not cues and source.text.strip():
        raise DocumentError(f"{name} has no line such as 00:00:01,000 --> 00:00:02,500: send SubRip subtitles")
    patches: list[Patch] = []
    for index, cue in enumerate(cues):
        following = cues[index + 1] if index + 1 < len(cues) else None
        text = source.text[cue.end() : following.start() if following else len(source.text)]
        number = _NUMBER.search(text) if following else None
        patches += _patches(text[: number.start()] if number else text, cue.end())
    return PatchedText(source, patches)


def _patches(text: str, start: int) -> Iterator[Patch]:
    """Yield the places to translate in a cue's `text`, which stands at `start`."""
    for speech in _speeches(text):
        lines = text[speech].splitlines()
        inline = Inline(_nodes(" ".join(line.strip() for line in lines)))
        if inline.fragment is not None:
            found = _NEWLINE.search(text)
            newline = found[0] if found else "\n"

            def written(
                translated: str, inline: Inline[_Marks] = inline, count: int = len(lines), newline: str = newline
            ) -> str:
                words = _WORD.findall(_written(inline.with_text(translated)))
                return newline.join(broken(words, count, length=_seen))

            yield Patch(start + speech.start, start + speech.stop, inline.fragment, written)


def _seen(word: str) -> int:
    """Return the number of characters of `word` that are visible on the screen."""
    return len(_MARK.sub("", word))


def _speeches(text: str) -> list[slice]:
    """Return the range of each speech, without the final line break. A blank line also ends a speech."""
    found: list[slice] = []
    goes_on = False
    for start, end in lines_of(text):
        bare = text[start:end].rstrip()
        if not bare:
            goes_on = False
        elif goes_on and not _SPEAKER.match(bare):
            found[-1] = slice(found[-1].start, start + len(bare))
        else:
            found.append(slice(start, start + len(bare)))
            goes_on = True
    return found


def _nodes(text: str) -> list[Node[_Marks]]:
    """Return the nodes of a speech. A tag without its partner is an atom."""
    opened: list[tuple[re.Match[str] | None, list[Node[_Marks]]]] = [(None, [])]
    start = 0
    for mark in _MARK.finditer(text):
        opened[-1][1].append(text[start : mark.start()])
        start = mark.end()
        begin = opened[-1][0]
        if mark[2] and not mark[1] and len(opened) < DEEPEST:
            opened.append((mark, []))
        elif mark[2] and begin is not None and begin[2].lower() == mark[2].lower():
            inside = opened.pop()[1]
            opened[-1][1].append(Span((begin[0], mark[0]), tuple(inside)))
        else:
            opened[-1][1].append(Atom((mark[0], ""), is_break=bool(mark["break"])))
    opened[-1][1].append(text[start:])
    nodes: list[Node[_Marks]] = []
    for begin, inside in opened:
        nodes += [Atom((begin[0], "")), *inside] if begin else inside
    return nodes


def _written(nodes: list[Node[_Marks]]) -> str:
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Span):
            parts.append(node.kept[0] + _written([*node.nodes]) + node.kept[1])
        else:
            parts.append(node.kept[0])
    return "".join(parts)
