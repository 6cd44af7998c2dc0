"""Finds the words of a sentence that training text hardly has in sentences, and spells their translations, so that a
search can propose these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nmt.decoding import MOST_WORDS, NO_COPY, RareWord
from nmt.runtime.words.dictionary import Dictionary
from tokenizer import SubwordTokenizer

_WORD = re.compile(r"[(\[{\"'\u00ab\u201e\u201c\u2018\u00bf\u00a1]*([^\W\d_]+(?:[-'\u2019][^\W\d_]+)*)[^\w\s/\\@]*")
"""A word between white space, with the marks around it; not one within a path, an address or code."""
_ELIDED = re.compile(r"^[^\W\d_]{1,6}['\u2019](?=\w{3})")
"""What French writes before a word that begins with a vowel."""
_POSSESSIVE = re.compile(r"['\u2019]s$")
"""What English writes behind an owner."""
_SHORTEST = 4
"""Letters of the shortest word looked up: shorter ones are often abbreviations or parts of names."""


class RareWords:
    """The rare words of a package's dictionary."""

    def __init__(self, dictionary: Dictionary, source: SubwordTokenizer, target: SubwordTokenizer) -> None:
        self._dictionary = dictionary
        self._source = source
        self._target = target

    def of(self, text: str, subwords: Sequence[int]) -> list[RareWord]:
        """Return the rare words of `text`, whose `subwords` the model reads, and how their translations are spelled."""
        parts = text.split(" ")
        words = [match[1] if (match := _WORD.fullmatch(part)) else "" for part in parts]
        found = [self._translations(word, is_first=number == 0) for number, word in enumerate(words)]
        if not any(found):
            return []
        # No subword crosses a space, so that the parts are read one after the other.
        read = list(map(self._source.encode, parts))
        if [subword for part in read for subword in part] != list(subwords):
            return []
        return list(self._words(words, read, found))[:MOST_WORDS]

    def _translations(self, word: str, is_first: bool) -> list[str]:
        """Return the translations of `word`, the `is_first` of its sentence; empty if it is not rare."""
        if len(word) < _SHORTEST:
            return []
        forms = [word, word[0].lower() + word[1:]] if is_first and word[0].isupper() else [word]
        for beside in (_ELIDED, _POSSESSIVE):
            if beside.search(word):
                forms += [beside.sub("", each, count=1) for each in forms]
        for form in forms:
            if len(form) >= _SHORTEST and (found := self._dictionary.rare_translations(form)):
                capitals = [each[0].upper() + each[1:] for each in found] if is_first and word[0].isupper() else []
                return list(dict.fromkeys([*capitals, *found]))
        return []

    def _words(
        self, words: Sequence[str], read: Sequence[Sequence[int]], found: Sequence[Sequence[str]]
    ) -> Iterator[RareWord]:
        """Yield the rare ones of `words`, of which subwords were `read` and translations `found`."""
        first = 0
        for word, part, translations in zip(words, read, found, strict=True):
            if translations:
                # A word with a capital may be a name.
                copy = self._target.encode(word)[0] if word[0].isupper() else NO_COPY
                spellings = (tuple(self._target.encode(each)) for each in translations)
                # A copy that has begun would else go on as a translation: Carpenter as Carpintero.
                if apart := tuple(each for each in spellings if each[0] != copy):
                    yield RareWord(first, first + len(part) - 1, apart, copy)
            first += len(part)
