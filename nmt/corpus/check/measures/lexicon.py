"""Word lexicon learned from a few thousand pairs, sufficient to tell translations from chance pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+")
"""A word, or a single character of a script without spaces between words."""
_VOCABULARY = 20_000
"""Number of words per side in the lexicon; the most frequent ones."""
_FEWEST = 3
"""Minimum count of a word, and of a word with its partner."""
_OFTENER = 2
"""Minimum ratio of the co-occurrences of partners to those expected by chance."""
_PARTNERS = 4
"""Maximum number of partners per word."""
_MOST_WORDS = 40
"""Maximum number of words used per text. The lexicon grows with the square of the text length."""

Words = list[str]


def words_of(text: str) -> Words:
    """Return the first 40 words of `text` in lower case."""
    return _WORD.findall(text.lower())[:_MOST_WORDS]


class Lexicon:
    """Maps each source word to the target words that occur with it far more often than by chance.

    The measure is Dice's coefficient, 2 n(s, t) / (n(s) + n(t)). It takes one pass over the pairs, where Model 1 (as
    fitted in `nmt.training.short_list`) takes several. It suffices because only the sum over many words matters.
    """

    def __init__(self, pairs: Sequence[tuple[Words, Words]]) -> None:
        source_ids, target_ids = (_vocabulary(pair[side] for pair in pairs) for side in (0, 1))
        size = max(len(target_ids), 1)
        keys = [_cells(source, target, source_ids, target_ids, size) for source, target in pairs]
        cells, together = np.unique(np.concatenate([*keys, np.zeros(0, np.int64)]), return_counts=True)
        cells, together = cells[together >= _FEWEST], together[together >= _FEWEST]
        sources, targets = np.divmod(cells, size)
        counts = [_pair_counts(ids, (pair[side] for pair in pairs)) for side, ids in ((0, source_ids), (1, target_ids))]
        # A word in nearly every text occurs with every other word and carries no information.
        oftener = together * len(pairs) >= _OFTENER * counts[0][sources] * counts[1][targets]
        sources, targets, together = sources[oftener], targets[oftener], together[oftener]
        dice = 2 * together / (counts[0][sources] + counts[1][targets])
        names = list(target_ids)
        partners: dict[int, set[str]] = {}
        for index in np.argsort(-dice, kind="stable").tolist():
            best = partners.setdefault(int(sources[index]), set())
            if len(best) < _PARTNERS:
                best.add(names[targets[index]])
        self._partners = {word: partners[at] for word, at in source_ids.items() if at in partners}

    def agreement(self, source: Words, target: Words) -> tuple[int, int]:
        """Return how many words of `source` are known, and how many of those have a partner or a copy in `target`."""
        present = set(target)
        known = found = 0
        for word in source:
            partners = self._partners.get(word)
            if partners is not None:
                known += 1
                found += word in present or not partners.isdisjoint(present)
        return known, found


def _vocabulary(texts: Iterable[Words]) -> dict[str, int]:
    counts = Counter(word for words in texts for word in set(words))
    frequent = [word for word, count in counts.most_common(_VOCABULARY) if count >= _FEWEST]
    return {word: index for index, word in enumerate(frequent)}


def _ids(words: Words, ids: dict[str, int]) -> NDArray[np.int64]:
    return np.array(sorted({ids[word] for word in words if word in ids}), dtype=np.int64)


def _cells(
    source: Words, target: Words, sources: dict[str, int], targets: dict[str, int], size: int
) -> NDArray[np.int64]:
    return (_ids(source, sources)[:, np.newaxis] * size + _ids(target, targets)).ravel()


def _pair_counts(ids: dict[str, int], texts: Iterable[Words]) -> NDArray[np.int64]:
    found = [_ids(words, ids) for words in texts]
    return np.bincount(np.concatenate([*found, np.zeros(0, np.int64)]), minlength=len(ids))
