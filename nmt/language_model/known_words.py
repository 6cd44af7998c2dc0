"""Learn which source words a training text translates, how they are written, and which names it copies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from nmt.runtime import KnownWords

_WORD = re.compile(r"[^\W\d_]+")
_TRANSLATED = 0.3
"""Share of a word's occurrences that must be translated for it to be known. Translations copy names."""
_NAMES = 12
"""Number of copied names to keep: more than a sentence has."""
_COPIED = 0.9
"""Share of a name's sentences whose translation has it unchanged."""
_LOWER = 0.05
"""Maximum share of occurrences in lower case for a name."""
_WITHIN_SENTENCE = re.compile(r"(?:(?<=[^\W\d_] )|(?<=[,;] )|(?<=[^\W\d_]['\u2019-]))[^\W\d_]+")
_LEAST_CAPITALS, _CAPITALS = 3, 10
"""Number of capitals within sentences from which they are usual for a word, and their ratio to its lower case."""


def learn_known_words(texts: Iterable[tuple[str, str]], before: KnownWords | None = None) -> KnownWords:
    """Return the source words of `texts`, pairs of source and target, and the names that targets copy most often.

    A word is known if it is also written in lower case, or if targets rarely have it unchanged; the others are names. A
    name to stand in for others is a capitalised word within a sentence. Beside them is learned which words are usually
    written with capitals or ß. What was known `before` stays.
    """
    seen, lower, inside, copied, same, within = (Counter[str]() for _ in range(6))
    for source, target in texts:
        words, there = _WORD.findall(source), set(_WORD.findall(target))
        seen.update(map(str.casefold, words))
        same.update(word.casefold() for word in words if word in there)
        lower.update(filter(str.islower, words))
        within.update(word for word in _WITHIN_SENTENCE.findall(source) if word.istitle() or word.isupper())
        capitalised = {word for word in words[1:] if len(word) > 2 and word.istitle()}
        inside.update(capitalised)
        copied.update(capitalised & there)
    known = [
        word
        for word, count in sorted(seen.items())
        if lower[word] > _LOWER * count or count - same[word] > _TRANSLATED * count
    ]
    usual = _usual_capitals(within, lower) + _sharp(lower)
    if before is not None:
        return before.extended(known, usual)
    names = [
        word
        for word, count in sorted(copied.items(), key=lambda item: (-item[1], item[0]))
        if count >= _COPIED * inside[word] and lower[word.lower()] < _LOWER * count
    ]
    return KnownWords.of(known, tuple(names[:_NAMES]), usual)


def _usual_capitals(within: Counter[str], lower: Counter[str]) -> list[str]:
    """Return the words that hardly stand without capitals, from what is written with them `within` sentences."""
    forms: dict[str, tuple[int, str]] = {}
    counts = Counter[str]()
    for word, count in within.items():
        forms[word.lower()] = max((count, word), forms.get(word.lower(), (0, "")))
        counts[word.lower()] += count
    return sorted(
        forms[word][1] for word, count in counts.items() if count >= max(_LEAST_CAPITALS, _CAPITALS * lower[word])
    )


def _sharp(lower: Counter[str]) -> list[str]:
    """Return the words with an ß in lower case, which their capitals have as SS."""
    return sorted(
        word
        for word, count in lower.items()
        if "ß" in word and count >= max(_LEAST_CAPITALS, _CAPITALS * lower[word.casefold()])
    )
