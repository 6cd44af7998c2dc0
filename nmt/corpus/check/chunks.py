"""Chunks of a few thousand pairs for the check, each pair with its origin and its cleaning result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.code_points import Characters
from nmt.corpus.check.finding import Example, Role
from nmt.corpus.cleaning import CleaningRules, Fault
from nmt.corpus.hash_set import Hashes, SeenHashes, hash_pairs, hash_texts
from nmt.corpus.pairs import Origin, SentencePair

_PAIRS = 4096
"""Pairs per chunk: enough to keep numpy busy, few enough to fit in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Part:
    """The pairs of one file, for one use."""

    role: Role
    file: str
    pairs: Iterable[SentencePair]
    """Pairs without an origin are numbered, and the number is used as their line."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Units that reading `pairs` leaves out, by reason. Complete once all pairs have been read."""
    domain: str | None = None


@dataclass(frozen=True)
class Chunk:
    """N pairs of one use."""

    role: Role
    places: Sequence[Origin]
    sources: Sequence[str]
    targets: Sequence[str]
    faults: Sequence[Fault | None]
    """The cleaning fault of each pair."""

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def source(self) -> Characters:
        """The characters of the sources."""
        return Characters(self.sources)

    @cached_property
    def target(self) -> Characters:
        """The characters of the targets."""
        return Characters(self.targets)

    @cached_property
    def source_hashes(self) -> Hashes:
        """(N,) hashes of the sources."""
        return hash_texts(self.sources)

    @cached_property
    def target_hashes(self) -> Hashes:
        """(N,) hashes of the targets."""
        return hash_texts(self.targets)

    @cached_property
    def pair_hashes(self) -> Hashes:
        """(N,) hashes of the pairs."""
        return hash_pairs(self.sources, self.targets)

    @cached_property
    def left_out(self) -> NDArray[np.bool_]:
        """(N,) mask of pairs that training does not use: no test pairs, validation pairs only with an empty side."""
        if self.role == "test":
            return np.zeros(len(self), dtype=bool)
        fates = (fault is not None if self.role == "train" else fault == "empty" for fault in self.faults)
        return np.fromiter(fates, dtype=bool, count=len(self))

    def with_fault(self, fault: Fault) -> list[int]:
        """Indices of the pairs that have `fault`."""
        return [index for index, found in enumerate(self.faults) if found == fault]

    def example(self, index: int, note: str = "") -> Example:
        """Return pair `index` as an example for the report."""
        return Example.of(self.places[index], self.sources[index], self.targets[index], note)


def chunks(part: Part, rules: CleaningRules, seen: SeenHashes) -> Iterator[Chunk]:
    """Yield the pairs of `part` with their cleaning faults. `seen` holds the pairs kept so far for the same use."""
    pairs = enumerate(part.pairs, start=1)
    while some := list(islice(pairs, _PAIRS)):
        sources = [pair.source for _, pair in some]
        targets = [pair.target for _, pair in some]
        faults: list[Fault | None] = list(map(rules.fault, sources, targets))
        kept = np.array([index for index, fault in enumerate(faults) if fault is None], dtype=np.int64)
        places = [pair.origin or Origin(Path(part.file), number) for number, pair in some]
        chunk = Chunk(part.role, places, sources, targets, faults)
        for place in np.flatnonzero(~seen.add(chunk.pair_hashes[kept])):
            faults[kept[place]] = "repeated"
        yield chunk


class Sample:
    """A fair sample of at most `size` pairs of a stream, in its order (Vitter 1985, algorithm R)."""

    def __init__(self, role: Role, size: int) -> None:
        self._role: Role = role
        self._size = size
        self._rows: list[tuple[int, Origin, str, str, Fault | None]] = []
        self._generator = np.random.default_rng(1)
        self.seen = 0

    def feed(self, chunk: Chunk) -> None:
        """Offer each pair of `chunk` to the sample."""
        first = self.seen
        self.seen += len(chunk)
        # Place r of 0..n-1 for the n-th pair: it enters the sample when r is one of the sample's places.
        places = self._generator.integers(0, np.arange(first, self.seen) + 1)
        enters = (places < self._size) | (np.arange(first, self.seen) < self._size)
        for index in np.flatnonzero(enters).tolist():
            texts = (chunk.sources[index], chunk.targets[index])
            row = (first + index, chunk.places[index], *texts, chunk.faults[index])
            if len(self._rows) < self._size:
                self._rows.append(row)
            else:
                self._rows[places[index]] = row

    def chunk(self) -> Chunk:
        """Return the sample as a chunk."""
        rows = sorted(self._rows, key=lambda row: row[0])
        return Chunk(
            self._role,
            [place for _, place, _, _, _ in rows],
            [source for _, _, source, _, _ in rows],
            [target for _, _, _, target, _ in rows],
            [fault for _, _, _, _, fault in rows],
        )
