"""The parts of a text with a fixed translation: protected parts, which stay unchanged, and glossary terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nmt.characters import plain
from nmt.text.protected.patterns import IN_ORDER, WRITTEN_BY_NOBODY
from nmt.text.protected.spans import Span, protected_spans

WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORDS = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+|\S")
"""Words and punctuation marks. In scripts without spaces between words, each character counts."""
_THOUSANDS, _MARK = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))"), re.compile(r"(?<=\d),(?=\d)")


@dataclass(frozen=True, slots=True)
class Part:
    """The position of a part in a text, and its counterpart in the translation."""

    start: int
    end: int
    target: str
    is_term: bool = False
    is_name: bool = False
    """Whether it is a name, which may take an ending in the translation."""
    is_unspelled: bool = False
    """Whether the model cannot spell it. It is found in the translation letter by letter."""
    is_before_letter: bool = False
    """Whether a letter follows, as in `%ds`. Otherwise none may follow in the translation."""


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
    protected = [
        Part(span.start, span.end, text[span.start : span.end], is_before_letter=_is_before_letter(text, span))
        for span in protected_spans(text)
    ]
    if glossary is None:
        return protected
    # A term may contain a number. A word inside an address is not a term.
    terms = [
        term
        for term in glossary.terms(text, any_case)
        if all(_is_within(part, term) for part in protected if _overlap(part, term))
    ]
    kept = [part for part in protected if not any(_overlap(part, term) for term in terms)]
    return sorted([*kept, *terms], key=lambda part: part.start)


def missing_parts(parts: Sequence[Part], translation: str) -> int:
    """Return how many of `parts` are missing in `translation`, there too often, glued to a word, or out of order.

    A placeholder, tag or address that is none of `parts` counts too: no translation may invent one, nor a percent sign
    beside placeholders that have one. A term counts as present with any case and ending, a name with the ending of a
    genitive.
    """
    spans = protected_spans(translation)
    if not parts and not spans:
        return 0
    needed = Counter((part.target, part.is_term, part.is_name) for part in parts if not _is_span(part))
    missing = 0
    for (target, is_term, is_name), count in needed.items():
        if is_name:
            present = len(names_pattern([target]).findall(translation))
        else:
            present = _occurrences(target, translation) if is_term else translation.count(target)
        missing += max(0, count - present)
    wanted = [_canonical(part.target) for part in parts if _is_span(part)]
    found = [_canonical(translation[span.start : span.end]) for span in spans]
    counts = Counter(wanted)
    difference = Counter(found)
    difference.subtract(counts)
    inside_terms = "".join(part.target for part in parts if not _is_span(part))
    invented = {
        form
        for form, span in zip(found, spans, strict=True)
        if span.group in WRITTEN_BY_NOBODY and form not in inside_terms
    }
    missing += sum(abs(count) for form, count in difference.items() if form in counts or form in invented)
    if any(part.target.startswith("%") for part in parts):
        missing += max(0, translation.count("%") - sum(part.target.count("%") for part in parts))
    glued = sum(_is_before_letter(translation, span) for span in spans)
    return (
        missing or _out_of_order(wanted, found, spans) or max(0, glued - sum(part.is_before_letter for part in parts))
    )


def _is_before_letter(text: str, span: Span) -> bool:
    return span.group in {"printf", "numbered"} and text[span.end : span.end + 1].isalpha()


def _out_of_order(wanted: Sequence[str], found: Sequence[str], spans: Sequence[Span]) -> int:
    """Return how many groups of parts are in another order than in the source, although their order counts."""
    groups = {form: span.group for form, span in zip(found, spans, strict=True) if span.group in IN_ORDER}
    return sum(
        [form for form in wanted if groups.get(form) == group] != [form for form in found if groups.get(form) == group]
        for group in set(groups.values())
    )


def as_in_source(parts: Sequence[Part], translation: str) -> str:
    """Return `translation` with its protected parts as `parts` have them, such as with spaces that do not break.

    Plain spaces in an amount stay as the translation has them: 50 %, 50%.
    """
    forms = {_canonical(part.target): part.target for part in parts if _is_span(part)}
    wanted = set(forms.values())
    written, start = "", 0
    for span in protected_spans(translation) if forms else ():
        own = translation[span.start : span.end]
        form = own if own in wanted else forms.get(_canonical(own), own)
        is_same = not span.group and plain(form) == form and form.replace(" ", "") == own.replace(" ", "")
        written += translation[start : span.start] + (own if is_same else form)
        start = span.end
    return written + translation[start:]


def _is_span(part: Part) -> bool:
    """Whether `part` is found again by the patterns that found it in the source."""
    return not (part.is_term or part.is_name or part.is_unspelled)


def _canonical(part: str) -> str:
    """Return a protected part without what depends on the language: spaces, and marks in numbers.

    `50 %` and `50%` are one, and so are 1,234.5 and 1.234,5.
    """
    if part.isalnum():
        return part
    bare = "".join(plain(part).replace("&nbsp;", "").split())
    return _MARK.sub(".", _THOUSANDS.sub("", bare))


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


def with_others(parts: Sequence[Part], others: Iterable[Part]) -> list[Part]:
    """Return `parts` and those of `others` that share no characters with them, from left to right."""
    free = [other for other in others if not any(_overlap(other, part) for part in parts)]
    return sorted([*parts, *free], key=lambda part: part.start)


def _overlap(one: Part, other: Part) -> bool:
    return one.start < other.end and other.start < one.end


def _is_within(inner: Part, outer: Part) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _occurrences(target: str, text: str) -> int:
    begins_word = r"(?<!\w)" if re.match(rf"[^\W{WIDE}]", target) else ""
    return len(re.findall(begins_word + re.escape(target), text, re.IGNORECASE))
