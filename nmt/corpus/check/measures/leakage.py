"""Find held-out texts that training also sees, identical or nearly identical."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.code_points import Characters
from nmt.corpus.check.finding import EXAMPLES, Example, Finding, Role, words_for
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.measures.near_duplicates import NearDuplicateIndex, shingle_sets
from nmt.corpus.check.measures.shingles import Letters
from nmt.corpus.hash_set import Hashes

EXACT = ("leaked_pair", "leaked_source", "leaked_target")
NEAR = "leaked_near"


class Leakage:
    """Keeps the few held-out pairs of one use in memory, and compares the training pairs in one pass."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._chunks: list[Chunk] = []
        self._index: _Index | None = None

    def hold(self, chunk: Chunk) -> None:
        """Add held-out pairs. All must be added before the first training pair."""
        self._chunks.append(chunk)

    def feed(self, chunk: Chunk, near: bool = True) -> None:
        """Compare training pairs, with `near` also for near duplicates. Pairs that cleaning leaves out cannot leak."""
        if self._index is None:
            self._index = _Index(self._chunks)
        self._index.compare(chunk)
        if near:
            self._index.compare_nearly(chunk)

    def findings(self) -> list[Finding]:
        """Return the leaks. Each held-out pair is counted once, under the first kind that applies."""
        index = self._index or _Index(self._chunks)
        counted = np.zeros(index.size, dtype=bool)
        found: list[Finding] = []
        for kind in (*EXACT, NEAR):
            hit = index.hit[kind] & ~counted
            counted |= hit
            found.append(self._finding(kind, index, hit))
        return found

    def sources_shared_with(self, other: Leakage) -> Finding:
        """Find the pairs held here whose source `other` holds too."""
        index = _Index(self._chunks)
        there = _Index(other._chunks)
        hit = np.isin(index.hashes["leaked_source"], there.hashes["leaked_source"])
        return self._finding("shared_held_out", index, hit)

    def _finding(self, kind: str, index: _Index, hit: NDArray[np.bool_]) -> Finding:
        count = int(hit.sum())
        examples = tuple(index.example(int(at), kind) for at in np.flatnonzero(hit)[:EXAMPLES])
        action = f"kept: the {self._role} score counts {'it' if count == 1 else 'them'}" if count else "nothing to do"
        severity = KINDS[kind].severity(count, index.size)
        return Finding(kind, self._role, severity, count, index.size, examples, action)


class _Index:
    """Indexes of the held-out pairs for comparison with training pairs."""

    def __init__(self, chunks: list[Chunk]) -> None:
        self._places = [place for chunk in chunks for place in chunk.places]
        self._sources = [text for chunk in chunks for text in chunk.sources]
        self._targets = [text for chunk in chunks for text in chunk.targets]
        self.size = len(self._places)
        self.hashes = {kind: _all_hashes(kind, chunks) for kind in EXACT}
        self.hit = {kind: np.zeros(self.size, dtype=bool) for kind in (*EXACT, NEAR)}
        self._where: dict[tuple[str, int], str] = {}
        sides = [Letters(side) for side in map(Characters, (self._sources, self._targets))]
        self._letters = [side.hashes for side in sides]
        self._near = [NearDuplicateIndex(shingle_sets(side)) for side in sides]

    def compare(self, chunk: Chunk) -> None:
        """Mark the held-out pairs that also occur in `chunk`."""
        for kind in EXACT:
            hashes = _hashes(kind, chunk)
            self._mark(kind, self.hashes[kind], hashes, chunk, ~chunk.left_out)

    def compare_nearly(self, chunk: Chunk) -> None:
        """Mark the held-out pairs that have a near duplicate in `chunk`."""
        kept = ~chunk.left_out
        for texts, held_out, near in zip((chunk.source, chunk.target), self._letters, self._near, strict=True):
            letters = Letters(texts)
            self._mark(NEAR, held_out, letters.hashes, chunk, kept & (letters.counts > 0))
            unhit = ~np.logical_or.reduce(list(self.hit.values()))
            for owner, index in near.matches(letters, unhit, kept):
                unhit[owner] = False
                self._note(NEAR, owner, chunk, index)

    def _mark(self, kind: str, held_out: Hashes, hashes: Hashes, chunk: Chunk, judged: NDArray[np.bool_]) -> None:
        wanted = held_out[~self.hit[kind]]
        found = np.flatnonzero(judged & np.isin(hashes, wanted))
        for index in found[np.unique(hashes[found], return_index=True)[1]].tolist():
            for owner in np.flatnonzero(held_out == hashes[index]).tolist():
                self._note(kind, owner, chunk, index)

    def _note(self, kind: str, owner: int, chunk: Chunk, index: int) -> None:
        self.hit[kind][owner] = True
        path, place = chunk.places[index]
        texts = f"{chunk.sources[index][:100]} | {chunk.targets[index][:100]}"
        self._where[kind, owner] = f"{path.name} {words_for(place)}: {texts}"

    def example(self, at: int, kind: str) -> Example:
        """Return held-out pair `at` and its position in the training data."""
        return Example.of(self._places[at], self._sources[at], self._targets[at], self._where.get((kind, at), ""))


def _hashes(kind: str, chunk: Chunk) -> Hashes:
    if kind == "leaked_pair":
        return chunk.pair_hashes
    return chunk.source_hashes if kind == "leaked_source" else chunk.target_hashes


def _all_hashes(kind: str, chunks: Sequence[Chunk]) -> Hashes:
    return np.concatenate([np.zeros(0, np.uint64), *(_hashes(kind, chunk) for chunk in chunks)])
