"""Hold out pairs so that training sees none of their texts."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from nmt.corpus.hash_set import hash_text
from nmt.corpus.pairs import SentencePair


class HeldOut:
    """Chooses about `held_out` validation pairs from a stream. Memory use depends only on their number.

    The sources with the smallest hashes, which depend on `seed`, are held out. The choice therefore needs no view of
    the whole corpus, and most of it stays when the corpus grows. All translations of a source fall on one side.
    """

    def __init__(self, held_out: int, seed: int) -> None:
        self._held_out = held_out
        self._key = str(seed).encode()
        self._by_hash: dict[int, list[tuple[int, SentencePair]]] = {}
        self._largest: list[int] = []
        """Heap of the negated hashes of the held-out sources, largest hash first."""
        self._limit = 1 << 64
        """Hashes from this value on are no longer candidates."""
        self._pairs = 0
        self._read = 0

    def see(self, pair: SentencePair) -> None:
        """Consider the next pair of the corpus."""
        number, self._read = self._read, self._read + 1
        hashed = hash_text(pair.source, self._key)
        if hashed >= self._limit:
            return
        if hashed not in self._by_hash:
            self._by_hash[hashed] = []
            heappush(self._largest, -hashed)
        self._by_hash[hashed].append((number, pair))
        self._pairs += 1
        self._shrink(self._held_out)

    def choose(self) -> list[SentencePair]:
        """Return the held-out pairs in order: at most about a tenth of those seen."""
        self._shrink(min(self._held_out, max(1, self._read // 10)))
        return [pair for _, pair in sorted(item for items in self._by_hash.values() for item in items)]

    def _shrink(self, held_out: int) -> None:
        while self._largest and self._pairs - len(self._by_hash[-self._largest[0]]) >= held_out:
            self._limit = -heappop(self._largest)
            self._pairs -= len(self._by_hash.pop(self._limit))


class Unseen:
    """Predicate for pairs that training may use: those that share no source or target with a held-out pair."""

    def __init__(self, held_out: Sequence[SentencePair]) -> None:
        self._sources = {pair.source for pair in held_out}
        self._targets = {pair.target for pair in held_out}

    def __call__(self, pair: SentencePair) -> bool:
        """Whether training may see `pair`."""
        return pair.source not in self._sources and pair.target not in self._targets
