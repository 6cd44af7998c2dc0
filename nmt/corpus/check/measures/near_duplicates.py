"""Find texts that share most of their letter sequences with one of a few thousand held-out texts.

The search is exact, unlike the probabilistic MinHash. Texts whose shingle sets have a Jaccard similarity of at least
0.8 share at least 0.8 of the shingles of each. Therefore, of any fifth of a text's shingles and l more, l are shared
(prefix filtering, Chaudhuri et al. 2006; with l above 1, Wang et al. 2012). Only the rarest such shingles of the
held-out texts are indexed, and one lookup in a bit table rules out nearly all shingles of a training text.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.measures.shingles import Hashes, Letters

SIMILAR = 0.8
"""Minimum Jaccard similarity of the shingle sets of near duplicates."""
_TABLE_BITS = 22
_SHARED = 4
"""l: a higher value means fewer full comparisons but more shingle lookups. 1, 2, 3 and 4 were tried."""


class NearDuplicateIndex:
    """Index of the held-out texts of one side."""

    def __init__(self, sets: list[Hashes]) -> None:
        """`sets` holds the distinct shingles of each held-out text; short texts have an empty set."""
        self._sets = [set(shingles.tolist()) for shingles in sets]
        self._sizes = np.array([len(shingles) for shingles in sets], dtype=np.int64)
        every = np.concatenate([*sets, np.zeros(0, np.uint64)])
        known, counts = np.unique(every, return_counts=True)
        chosen: list[Hashes] = []
        owners: list[NDArray[np.int64]] = []
        for owner, shingles in enumerate(sets):
            rare = shingles[np.argsort(counts[np.searchsorted(known, shingles)], kind="stable")]
            prefix = rare[: len(rare) - _ceiling(SIMILAR * len(rare)) + _SHARED]
            chosen.append(prefix)
            owners.append(np.full(len(prefix), owner))
        self._shingles = np.concatenate([*chosen, np.zeros(0, np.uint64)])
        self._owners = np.concatenate([*owners, np.zeros(0, np.int64)])
        order = np.argsort(self._shingles, kind="stable")
        self._shingles, self._owners = self._shingles[order], self._owners[order]
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        self._table[self._slots(self._shingles)] = True

    def _slots(self, shingles: Hashes) -> NDArray[np.int64]:
        return (shingles >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)

    def matches(
        self, letters: Letters, unhit: NDArray[np.bool_], judged: NDArray[np.bool_]
    ) -> Iterator[tuple[int, int]]:
        """Return (held-out text, text of `letters`) for each near duplicate among the `judged` texts.

        Only held-out texts that are still `unhit` are searched; this may change during the search.
        """
        shingles, text = letters.shingles
        likely = np.flatnonzero(self._table[self._slots(shingles)])
        first = np.searchsorted(self._shingles, shingles[likely], side="left")
        last = np.searchsorted(self._shingles, shingles[likely], side="right")
        hits = np.repeat(np.arange(len(likely)), last - first)
        within = np.arange(len(hits)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        owners = self._owners[first[hits] + within]
        others = text[likely[hits]]
        looked_for = unhit[owners] & judged[others]
        width = len(letters.counts)
        met, times = np.unique(owners[looked_for] * width + others[looked_for], return_counts=True)
        # Repeated shingles of a text count twice here, and its size is an upper bound. Both only add work.
        sizes = np.bincount(text, minlength=width)
        held_out, found = np.divmod(met[times >= _SHARED], width)
        large = sizes[found] >= SIMILAR * self._sizes[held_out]
        starts = np.cumsum(sizes) - sizes
        for owner, index in zip(held_out[large].tolist(), found[large].tolist(), strict=True):
            if not unhit[owner]:
                continue
            own, other = self._sets[owner], set(shingles[starts[index] : starts[index] + sizes[index]].tolist())
            shared = len(own & other)
            if shared >= SIMILAR * (len(own) + len(other) - shared):
                yield owner, index


def shingle_sets(letters: Letters) -> list[Hashes]:
    """Return the distinct shingles of each text."""
    shingles, text = letters.shingles
    ends = np.cumsum(np.bincount(text, minlength=len(letters.counts)))
    return [np.unique(part) for part in np.split(shingles, ends[:-1])]


def _ceiling(value: float) -> int:
    return int(np.ceil(value - 1e-9))
