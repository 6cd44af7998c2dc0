"""The speeches of a cue: a fragment each, broken again into as many lines as before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nmt.documents.inline_marks import marked_nodes, written
from nmt.documents.inline_tags import Inline
from nmt.documents.line_breaks import broken
from nmt.documents.patches import Patch

DASH = r"(?:^|(?<=[>}]))[-\u2013\u2014][ \t]*"
"""The dash before a speech."""
_SPEAKER = re.compile(r"(?:<[^<>]*>|\{[^{}]*\})*[-\u2013\u2014]")
"""Start of a line at which another person begins to speak."""
_WORD = re.compile(r"(?:<[^<>]*>|\{[^{}]*\}|[^ \t\r\n])+")


@dataclass(frozen=True, slots=True)
class CueStyle:
    """How a format writes the text of a cue."""

    marks: re.Pattern[str]
    """Tags and codes, from `marks_pattern`."""
    newline: re.Pattern[str]
    escape: Callable[[str], str]
    """Returns a text as the format writes it."""

    def patches(self, text: str, start: int) -> Iterator[Patch]:
        """Yield the places to translate in a cue's `text`, which stands at `start`."""
        for first, end, lines in self._speeches(text):
            inline = Inline(marked_nodes(" ".join(line.strip() for line in lines), self.marks))
            if inline.fragment is not None:
                found = self.newline.search(text)
                newline = found[0] if found else " "

                def changed(
                    translated: str,
                    inline: Inline[tuple[str, str]] = inline,
                    count: int = len(lines),
                    newline: str = newline,
                ) -> str:
                    words = _WORD.findall(written(inline.with_text(translated), self.escape))
                    return newline.join(broken(words, count, length=self._seen))

                yield Patch(start + first, start + end, inline.fragment, changed)

    def _speeches(self, text: str) -> Iterator[tuple[int, int, list[str]]]:
        """Yield the start, the end and the lines of each speech."""
        breaks = [match.span() for match in self.newline.finditer(text)]
        starts = [0, *(end for _, end in breaks)]
        ends = [*(start for start, _ in breaks), len(text)]
        lines = [(start, end) for start, end in zip(starts, ends, strict=True) if text[start:end].strip()]
        speech: list[tuple[int, int]] = []
        for line in lines:
            if speech and _SPEAKER.match(text[slice(*line)].lstrip()):
                yield speech[0][0], speech[-1][1], [text[slice(*each)] for each in speech]
                speech = []
            speech.append(line)
        if speech:
            yield speech[0][0], speech[-1][1], [text[slice(*each)] for each in speech]

    def _seen(self, word: str) -> int:
        """Return the number of characters of `word` that are visible on the screen."""
        return len(self.marks.sub(lambda mark: "x" if mark["kept"] else "", word))
