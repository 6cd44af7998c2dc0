"""Cross-entropy of texts under a character model of all that stands between spaces: how unlike a language a text is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from nmt.language_model.character_ngrams import CharacterModel, Floats


class TextModel:
    """A character model that reads digits and punctuation too, unlike those that detect languages. Ignores case."""

    def __init__(self, model: CharacterModel) -> None:
        self._model = model

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Self:
        """Learn from `texts`, of which one at least has a word."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(_words_of(text))
        return cls(CharacterModel.learn(counts))

    def cross_entropy(self, texts: Sequence[str]) -> Floats:
        """Return (N,) nats per character of N `texts`, the space after each word included. NaN for a blank text."""
        read = [_words_of(text) for text in texts]
        places: dict[str, int] = {}
        words = [places.setdefault(word, len(places)) for each in read for word in each]  # (W,)
        if not words:
            return np.full(len(texts), np.nan)
        # Words are drawn independently, so each different one is scored once.
        lengths = np.fromiter((len(word) + 1 for word in places), dtype=np.int64)  # (D,)
        log_probabilities = self._model.log_probabilities(" ".join(places))
        nats = -np.add.reduceat(log_probabilities, np.cumsum(lengths) - lengths)  # (D,)
        text = np.repeat(np.arange(len(texts)), [len(each) for each in read])  # (W,)
        total = np.bincount(text, nats[words], minlength=len(texts))
        characters = np.bincount(text, lengths[words], minlength=len(texts))
        with np.errstate(invalid="ignore"):
            found: Floats = total / characters
        return found


def _words_of(text: str) -> list[str]:
    return text.lower().split()
