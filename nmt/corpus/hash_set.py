"""Which texts have been seen, in 8 bytes each."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]


def hash_text(text: str, key: bytes = b"") -> int:
    """64 bits that are the same in every process.

    Among n texts two share a hash with a probability of about n^2 / 2^65: 3 in a million for 10 million texts.
    """
    return int.from_bytes(blake2b(text.encode(), digest_size=8, key=key).digest(), "little")


def hash_texts(texts: Iterable[str]) -> Hashes:
    """(N,) the hash of each of `texts`."""
    return np.fromiter(map(hash_text, texts), dtype=np.uint64)


def hash_pairs(sources: Iterable[str], targets: Iterable[str]) -> Hashes:
    """(N,) the hash of each source with its target."""
    # No text has a line break, so no two pairs give the same line of the two.
    return hash_texts(map("{}\n{}".format, sources, targets))


class SeenHashes:
    """A growing set of hashes as sorted runs of falling length: 8 bytes a hash, 16 while the runs are merged."""

    def __init__(self) -> None:
        self._runs: list[Hashes] = []

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def add(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Add `hashes` (N,) and say of each whether it is new: neither added before nor earlier in `hashes`."""
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
        # Each run is more than twice as long as the next, so there are few, and a hash is merged a few times only.
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate([self._runs.pop(), run])
            run.sort()
        self._runs.append(run)
