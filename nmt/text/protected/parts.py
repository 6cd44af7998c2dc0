"""The parts of a text with a fixed translation: protected parts, which stay unchanged, and glossary terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nmt.text.protected.spans import protected_spans

WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORDS = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+|\S")
"""Words and punctuation marks. In scripts without spaces between words, each character counts."""


@dataclass(frozen=True, slots=True)
class Part:
    """The position of a part in a text, and its counterpart in the translation."""

    start: int
    end: int
    target: str
    is_term: bool = False
    is_name: bool = False
    """Whether it is a name, which may take an ending in the translation."""


class Glossary:
    """Required translations of words or phrases.

    A term matches whole words, exactly as written. Inflected forms are other words. A term without capitals also
    matches with them, as at the start of a sentence.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        """`entries` maps source terms to target terms. Each must contain a word or a punctuation mark."""
        self._terms: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        lengths: dict[str, set[int]] = {}
        for source, target in entries.items():
            words = tuple(word.casefold() for word in _WORDS.findall(source))
            self._terms.setdefault(words, []).append((source, target))
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(several, reverse=True) for first, several in lengths.items()}
        """Maps a first word to the lengths in words of the terms that begin with it, longest first."""

    def terms(self, text: str, any_case: bool = False) -> list[Part]:
        """Return the terms in `text` from left to right. Of overlapping terms the first wins, and at one place the
        longest.

        `any_case` states that capitals in `text` carry no meaning.
        """
        matches = list(_WORDS.finditer(text))
        folded = [match.group().casefold() for match in matches]
        found: list[Part] = []
        index = 0
        while index < len(matches):
            for length in self._lengths.get(folded[index], ()):
                terms = self._terms.get(tuple(folded[index : index + length]))
                if terms is None or index + length > len(matches):
                    continue
                start, end = matches[index].start(), matches[index + length - 1].end()
                parts = (_found(text, start, end, *term, any_case) for term in terms)
                if part := next(filter(None, parts), None):
                    found.append(part)
                    index += length
                    break
            else:
                index += 1
        return found


def _found(text: str, start: int, end: int, source: str, target: str, any_case: bool) -> Part | None:
    """Return the term `source` at its place in `text`, unless it is written there as another word."""
    standing = text[start:end]
    if not (any_case or source == source.lower() or standing.split() == source.split()):
        return None
    is_shouted = len(standing) > 1 and standing.isupper() and not source.isupper()
    return Part(start, end, target.upper() if is_shouted else target, is_term=True)


def protected_parts(text: str, glossary: Glossary | None = None, any_case: bool = False) -> list[Part]:
    """Return the protected parts and terms of `text` from left to right, without overlaps."""
    protected = [Part(span.start, span.end, text[span.start : span.end]) for span in protected_spans(text)]
    if glossary is None:
        return protected
    # A term may contain a number. A word inside an address is not a term.
    terms = [
        term
        for term in glossary.terms(text, any_case)
        if all(_is_within(part, term) for part in protected if overlap(part, term))
    ]
    kept = [part for part in protected if not any(overlap(part, term) for term in terms)]
    return sorted([*kept, *terms], key=lambda part: part.start)


def missing_parts(parts: Sequence[Part], translation: str) -> int:
    """Return how many of `parts` are missing in `translation`.

    A term counts as present with any case and ending, a name with the ending of a genitive.
    """
    if not parts:
        return 0
    needed = Counter((part.target, part.is_term, part.is_name) for part in parts)
    found = Counter(translation[span.start : span.end] for span in protected_spans(translation))

    def present(target: str, is_term: bool, is_name: bool) -> int:
        if is_name:
            return len(names_pattern([target]).findall(translation))
        return _occurrences(target, translation) if is_term else found[target]

    return sum(max(0, count - present(*part)) for part, count in needed.items())


def names_pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds each of `names` as a word of its own, with or without the ending of a genitive."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?=s?(?!\w))")


def with_targets(text: str, parts: Sequence[Part]) -> str:
    """Return `text` with its `parts` translated."""
    written, start = "", 0
    for part in parts:
        written += text[start : part.start] + part.target
        start = part.end
    return written + text[start:]


def overlap(one: Part, other: Part) -> bool:
    """Whether two parts of a text share characters."""
    return one.start < other.end and other.start < one.end


def _is_within(inner: Part, outer: Part) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _occurrences(target: str, text: str) -> int:
    begins_word = r"(?<!\w)" if re.match(rf"[^\W{WIDE}]", target) else ""
    return len(re.findall(begins_word + re.escape(target), text, re.IGNORECASE))
