"""Learn a dictionary from a training text: which of the translations that it has of a word its sentences use most, and
which words they always translate."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from nmt.runtime import Dictionary

_WORD = re.compile(r"[^\W\d_]+")
_ENTRY = re.compile(r"[^\W\d_]+(?:[-'\u2019 ][^\W\d_]+)*")
_PHRASE = re.compile(r"[\u00bf\u00a1]?[^\W\d_]+(?:(?:[-'\u2019]|,? )[^\W\d_]+)*\s?[.!?]?")
_LONGEST = 3
"""Words of the longest translation of a word."""
_TRUSTED = 1.0
"""Above this weight, a corpus may also have phrases as entries, and all that it has is kept first."""
_LONGEST_PHRASE = 5
"""Words of the longest phrase and of its longest translation."""
_TRANSLATIONS = 3
"""Translations kept of a word."""
_ENTRIES = 12_000
"""Words kept that sentences have, those that occur most."""
_RARE, _RARE_ENTRIES = 30, 60_000
"""A word is rare if fewer sentences have it. Of these, so many are kept, in the order in which the text has them."""
_CONTRADICTED, _AGREEING = 0.1, 5
"""A translation of more weight comes first, unless sentences have it so much less often than another one (as a share of
its Dice coefficient), which at least so many have."""
_SEEN, _KEPT, _SAID = 10, 0.02, 0.05
"""A form of a word is always translated if at least `_SEEN` sentences have it, at most the share `_KEPT` of their
translations keeps it, and the translations of all sentences that have it are at most the share `_SAID` of these
sentences: a form that the target language has too, such as "fast" in German, may stand there for another word."""
_FREQUENT = 0.005
"""Share of all sentences above which a word is one of those that a model knows in any case."""

Texts = Callable[[], Iterable[tuple[str, str, float]]]
"""Yields the pairs anew at each call: source, target, and the weight of the corpus that the pair is from."""


def learn_dictionary(texts: Texts) -> Dictionary:
    """Return the dictionary of `texts`: the sources that are one word, and their targets.

    Of a corpus with a weight above 1, phrases of up to five words are entries too, with the mark at their end.

    Of several targets those of the corpus with the largest weight come first, and of these, those that sentences with
    the word have most often: by the Dice coefficient 2 n(s, t) / (n(s) + n(t)) of the sentences with the word s, with
    its translation t and with both (Melamed 2000). A translation that sentences contradict comes after the one they
    have.
    """
    entries = _Entries()
    for source, target, weight in texts():
        entries.add(source, target, weight)
    entries.count(texts())
    return entries.dictionary()


@dataclass(slots=True)
class _Translation:
    """A translation of a word, whatever its capitals."""

    weight: float = 0.0
    """Largest weight of a corpus that has it."""
    writings: Counter[str] = field(default_factory=Counter)
    """How often it is written so beside a word with a small first letter, where its own capitals are its own."""


def _is_entry(source: str, target: str, weight: float) -> bool:
    if weight > _TRUSTED:
        longest = max(len(_WORD.findall(text)) for text in (source, target))
        return all(map(_PHRASE.fullmatch, (source, target))) and longest <= _LONGEST_PHRASE
    return all(map(_ENTRY.fullmatch, (source, target))) and " " not in source and target.count(" ") < _LONGEST


class _Entries:
    """Words with the translations that the text has of them alone, and how often sentences agree."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, _Translation]] = {}
        """By word and translation, both in lower case."""
        self._alone: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How each word is written alone."""
        self._within: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How each word is written within sentences, behind a word without capitals."""
        self._inside: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """How the words of translations are written within sentences."""
        self._trusted: set[str] = set()
        self._words = Counter[str]()
        self._both = Counter[tuple[str, str]]()
        self._sentences = 0
        self._seen, self._kept, self._said = Counter[str](), Counter[str](), Counter[str]()
        """In how many sentences each form of a word is, in how many of their translations too, and in how many
        translations at all."""

    def add(self, source: str, target: str, weight: float) -> None:
        """Take the pair in, if it is a word and its translation."""
        if not _is_entry(source, target, weight):
            return
        word = source.casefold()
        if weight > _TRUSTED:
            self._trusted.add(word)
        found = self._found.setdefault(word, {}).setdefault(target.casefold(), _Translation())
        found.weight = max(found.weight, weight)
        found.writings[target] += source[0].islower()
        self._alone[word][source] += 1

    def count(self, texts: Iterable[tuple[str, str, float]]) -> None:
        """Count in the sentences of `texts`."""
        parts = {part for found in self._found.values() for key in found for part in _WORD.findall(key)}
        for source, target, _ in texts:
            words = _WORD.findall(source)
            if len(words) < 2:
                continue
            there = _WORD.findall(target)
            for written in there[1:]:
                if (part := written.casefold()) in parts:
                    self._inside[part][written] += 1
            for before, written in pairwise(words):
                if before.islower() and (word := written.casefold()) in self._found:
                    self._within[word][written] += 1
            self._count_forms(words, there)
            said = set(map(str.casefold, there))
            for word in set(map(str.casefold, words)) & self._found.keys():
                self._words[word] += 1
                self._both.update((word, key) for key in self._found[word] if said.issuperset(_WORD.findall(key)))

    def _count_forms(self, words: Iterable[str], there: Iterable[str]) -> None:
        self._sentences += 1
        forms = {form for form in words if form.casefold() in self._found}
        said = set(there)
        self._seen.update(forms)
        self._kept.update(forms & said)
        self._said.update(form for form in said if form.casefold() in self._found)

    def _translated(self) -> list[str]:
        """Return the forms of words that sentences always translate."""
        most = _FREQUENT * self._sentences
        return [
            form
            for form, seen in self._seen.items()
            if _SEEN <= seen <= most and self._kept[form] <= _KEPT * seen and self._said[form] <= _SAID * seen
        ]

    def dictionary(self) -> Dictionary:
        """Return the trusted entries, the words that occur most, and rare ones, each with its translations, best
        first."""
        ranked = sorted(self._found, key=lambda word: (word not in self._trusted, -self._words[word]))
        rare = [word for word in self._found if self._words[word] < _RARE and " " not in word][:_RARE_ENTRIES]
        words = dict.fromkeys([*ranked[:_ENTRIES], *rare])
        entries = ((self._usual(word), *self._translations(word)) for word in words)
        return Dictionary(entries, self._translated(), rare)

    def _usual(self, word: str) -> str:
        """Return how `word` is written most often within sentences, if need be in lower case.

        Of a label, whose capital tells nothing, only sentences tell it.
        """
        writings = self._within.get(word) or self._alone[word]
        return max(writings, key=lambda written: (writings[written], written.islower()))

    def _translations(self, word: str) -> list[str]:
        found = self._found[word]
        agreement = {key: self._dice(word, key) for key in found}
        most = max(found, key=agreement.__getitem__)
        needed = _CONTRADICTED * agreement[most] if self._both[word, most] >= _AGREEING else 0.0

        def rank(key: str) -> tuple[bool, float, float]:
            is_contradicted = found[key].weight <= _TRUSTED and agreement[key] < needed
            return is_contradicted, -found[key].weight, -agreement[key]

        return [self._written(key, found[key]) for key in sorted(found, key=rank)[:_TRANSLATIONS]]

    def _dice(self, word: str, key: str) -> float:
        alone = min(self._inside[part].total() for part in _WORD.findall(key))
        return 2 * self._both[word, key] / max(1, self._words[word] + alone)

    def _written(self, key: str, translation: _Translation) -> str:
        """Return how a translation is written. Of a label, whose capital tells nothing, sentences tell it."""
        (written, told), *_ = translation.writings.most_common(1)
        inside = self._inside.get(key)
        return written if told or not inside else inside.most_common(1)[0][0]
