"""Faults visible in a single pair. Each finder takes a chunk and returns the pairs that have the fault."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ftfy
import numpy as np
from ftfy.badness import is_bad

from nmt.characters import has_invisible
from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.code_points import CONTROL, DIGIT, REPLACEMENT
from nmt.corpus.check.measures.tally import Note

_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9:-]{0,20}(?:\s[^<>]{0,200})?/?>")
_NUMBER = re.compile(r"\d+")
_GROUPED = re.compile(r"(?<=\d)[.,'\u2019\u00a0\u202f ](?=\d{3}(?!\d))")
"""Thousands separators of numbers in various languages."""
_IN_LETTERS = 12
"""Numbers up to this value are often spelled out."""
_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Finder:
    """A kind of fault, the function that finds it in a chunk, and the note for an example."""

    kind: str
    find: Callable[[Chunk], Sequence[int]]
    note: Note | None = None
    cheap: bool = False
    """Whether the finder costs almost nothing."""


def _identical(chunk: Chunk) -> list[int]:
    same = [
        index for index, (left, right) in enumerate(zip(chunk.sources, chunk.targets, strict=True)) if left == right
    ]
    return [index for index in same if any(map(str.isalpha, chunk.sources[index]))]


def _replaced(chunk: Chunk) -> list[int]:
    return _having(chunk, REPLACEMENT)


def _control(chunk: Chunk) -> list[int]:
    return _having(chunk, CONTROL)


def _having(chunk: Chunk, wanted: int) -> list[int]:
    """Return the pairs with a character of class `wanted` on either side."""
    found = np.concatenate([side.having(side.classes == wanted) for side in (chunk.source, chunk.target)])
    return sorted(set(found.tolist()))


def _control_note(chunk: Chunk, index: int) -> str:
    both = chunk.sources[index] + chunk.targets[index]
    found = sorted({ord(character) for character in both if not character.isprintable() and not character.isspace()})
    return ", ".join(f"U+{code:04X}" for code in found[:5])


def _invisible(chunk: Chunk) -> list[int]:
    return _either(chunk, has_invisible)


def _invisible_note(chunk: Chunk, index: int) -> str:
    both = chunk.sources[index] + chunk.targets[index]
    return ", ".join(f"U+{ord(character):04X}" for character in dict.fromkeys(both) if has_invisible(character))


def _garbled(chunk: Chunk) -> list[int]:
    # Searching all texts at once is no faster: the pattern is tried at every character either way.
    return _either(chunk, lambda text: not text.isascii() and is_bad(text) and ftfy.fix_encoding(text) != text)


def _garbled_note(chunk: Chunk, index: int) -> str:
    repaired = (ftfy.fix_encoding(text) for text in (chunk.sources[index], chunk.targets[index]))
    return "reads: " + " | ".join(repaired)


def _entities(chunk: Chunk) -> list[int]:
    return _either(chunk, lambda text: "&" in text and _ENTITY.search(text) is not None)


def _tags(chunk: Chunk) -> list[int]:
    return _either(chunk, lambda text: "<" in text and _TAG.search(text) is not None)


def _either(chunk: Chunk, faulty: Callable[[str], bool]) -> list[int]:
    pairs = enumerate(zip(chunk.sources, chunk.targets, strict=True))
    return [index for index, (source, target) in pairs if faulty(source) or faulty(target)]


def _numbers_differ(chunk: Chunk) -> list[int]:
    digits = _having(chunk, DIGIT)
    return [index for index in digits if lost_numbers(chunk.sources[index], chunk.targets[index])]


def _numbers_note(chunk: Chunk, index: int) -> str:
    return "not on both sides: " + ", ".join(lost_numbers(chunk.sources[index], chunk.targets[index])[:5])


def lost_numbers(source: str, target: str) -> list[str]:
    """Return the numbers of one text that the other lacks, unless they are likely to be spelled out there.

    `1,000` equals 1.000 and 1000; `1.5` equals 1,5; a date equals its parts in any order; ٣ equals 3.
    """
    left, right = Counter(_NUMBER.findall(source)), Counter(_NUMBER.findall(target))
    if left == right:
        return []
    left, right = _numbers(source), _numbers(target)
    only_left, only_right = left - right, right - left
    lost = [*only_left, *only_right]
    told = bool(only_left and only_right) or any(len(number) > 2 or int(number) > _IN_LETTERS for number in lost)
    return sorted(lost) if told else []


def _numbers(text: str) -> Counter[str]:
    found = _NUMBER.findall(_GROUPED.sub("", text))
    return Counter(str(int(number)) if len(number) <= _LONGEST_NUMBER else number for number in found)


FINDERS = (
    Finder("empty_side", lambda chunk: chunk.with_fault("empty"), cheap=True),
    Finder("too_long", lambda chunk: chunk.with_fault("long"), cheap=True),
    Finder("length_ratio", lambda chunk: chunk.with_fault("ratio"), cheap=True),
    Finder("repeated_pair", lambda chunk: chunk.with_fault("repeated"), cheap=True),
    Finder("identical_sides", _identical, cheap=True),
    Finder("replacement_characters", _replaced),
    Finder("control_characters", _control, _control_note),
    Finder("invisible_characters", _invisible, _invisible_note),
    Finder("mojibake", _garbled, _garbled_note),
    Finder("entities", _entities),
    Finder("tags", _tags),
    Finder("different_numbers", _numbers_differ, _numbers_note),
)
