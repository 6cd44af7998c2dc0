"""Accelerators in labels: the letter after `_`, `&` or `~` that opens a menu entry from the keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nmt.runtime import KnownWords
from nmt.text.protected.patterns import WRITTEN_BY_NOBODY
from nmt.text.protected.spans import protected_spans, split_at_spans

_LONGEST = 80
"""Maximum characters of a label."""
_MARK = re.compile(r"(?<![&_~\\/])[&_~](?=[^\W\d_])")
_ENTITY = re.compile(r"&[A-Za-z]{2,31};")
_PLACEHOLDERS = WRITTEN_BY_NOBODY - {"break"}
"""Groups of protected parts in which, and beside which, a mark is no accelerator."""
_WORD = re.compile(r"[^\W\d_]*[&_~][^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A text without the mark of its accelerator."""

    text: str
    mark: str = ""
    """Empty if the text has no accelerator."""
    letter: str = ""

    @classmethod
    def of(cls, text: str, known: KnownWords | None) -> Label:
        """Read `text`. `known` tells a mark inside a word, as in `E_xit`, from the name of a variable."""
        marks = [text.count(mark) for mark in "&_~"]
        if sum(marks) != 1 or len(text) > _LONGEST or "\n" in text or _ENTITY.search(text):
            return cls(text)
        found = _MARK.search(text)
        if found is None or not _is_accelerator(text, found.start(), known):
            return cls(text)
        place = found.start()
        if any(span.start <= place <= span.end and span.group in _PLACEHOLDERS for span in protected_spans(text)):
            return cls(text)
        return cls(text[:place] + text[place + 1 :], text[place], text[place + 1].casefold())

    def marked(self, translation: str, used: set[str]) -> str:
        """Return `translation` with an accelerator whose letter is not in `used`, if there is one, and add it there."""
        parts = split_at_spans(translation)
        lengths = [0]
        for part in parts:
            lengths.append(lengths[-1] + len(part))
        places = [
            start + place
            for part, start in zip(parts[::2], lengths[::2], strict=False)
            for place, character in enumerate(part)
            if character.isalpha()
        ]
        for place in self._by_worth(translation, places):
            letter = translation[place].casefold()
            if letter not in used:
                used.add(letter)
                return translation[:place] + self.mark + translation[place:]
        return translation

    def _by_worth(self, text: str, places: list[int]) -> Iterator[int]:
        """Yield `places`: the same letter first, then initials, each from left to right."""
        initials = [place for place in places if place == 0 or not text[place - 1].isalnum()]
        yield from (place for place in initials if text[place].casefold() == self.letter)
        yield from initials
        yield from (place for place in places if text[place].casefold() == self.letter)
        yield from places


def _is_accelerator(text: str, place: int, known: KnownWords | None) -> bool:
    before, after, mark = text[place - 1 : place], text[place + 1], text[place]
    if not before or before.isspace() or before in "([\"'":
        first = next((character for character in text if character.isalpha()), "")
        return mark != "_" or first.isupper()  # _name is a variable
    if not before.isalpha():
        return False
    word = next(match[0] for match in _WORD.finditer(text) if match.end() > place)
    if mark == "_":
        return text[:1].isupper() and known is not None and word.replace(mark, "") in known  # not max_length
    return after.islower() and (place < 2 or before.islower())  # not AT&T, R&D


def with_accelerator(label: Label, candidates: tuple[str, ...], used: set[str]) -> tuple[str, ...]:
    """Return `candidates` with the accelerator of `label`. Adds the letter of the best to `used`."""
    others = [label.marked(candidate, set(used)) for candidate in candidates[1:]]
    return (label.marked(candidates[0], used), *others)
