"""A set of seen texts, stored as hashes of 8 bytes each."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


def hash_text(text: str, key: bytes = b"") -> int:
    """Return a 64-bit hash that is the same in every process.

    The probability of a collision among n texts is about n^2 / 2^65: 3 in a million for 10 million texts.
    """
    return int.from_bytes(blake2b(text.encode(), digest_size=8, key=key).digest(), "little")


def hash_texts(texts: Iterable[str]) -> Hashes:
    """Return (N,) hashes of `texts`."""
    return np.fromiter(map(hash_text, texts), dtype=np.uint64)


def hash_pairs(sources: Iterable[str], targets: Iterable[str]) -> Hashes:
    """Return (N,) hashes of each source together with its target."""
    # Texts contain no line breaks, so different pairs never give the same joined text.
    return hash_texts(map("{}\n{}".format, sources, targets))


class SeenHashes:
    """A growing set of hashes, stored as sorted runs of decreasing length: 8 bytes per hash, 16 during a merge."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def add(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Add `hashes` (N,). Return for each whether it is new: neither added before nor earlier in `hashes`."""
        unique, first = np.unique(hashes, return_index=True)
        is_known = np.zeros(len(unique), dtype=np.bool_)
        for run in self._runs:
            places = np.searchsorted(run, unique)
            is_known |= run[np.minimum(places, len(run) - 1)] == unique
        is_new = np.zeros(len(hashes), dtype=np.bool_)
        is_new[first[~is_known]] = True
        if not is_known.all():
            self._insert(unique[~is_known])
        return is_new

    def _insert(self, run: Hashes) -> None:
        # Each run is more than twice as long as the next, so there are few runs and each hash is merged only rarely.
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
            run.sort()
        self._runs.append(run)
