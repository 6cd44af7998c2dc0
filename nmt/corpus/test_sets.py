"""Pairs that packages are scored on, read whole, with what their file had beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nmt.corpus.corpus_spec import CorpusSpec, Direction
from nmt.corpus.pairs import SentencePair
from nmt.corpus.readers import read_pairs
from nmt.corpus.readers.left_out import counting, in_words
from nmt.errors import CorpusError


@dataclass(frozen=True, slots=True)
class TestSet:
    """Pairs to score on."""

    name: str
    pairs: Sequence[SentencePair]
    left_out: Mapping[str, int]
    """Units that are no finished pairs in both languages, by the reason."""

    __test__ = False  # it is no test of pytest's

    def __str__(self) -> str:
        """How many pairs it has, and how many were left out, for people."""
        return f"{len(self.pairs):,} test pairs in {self.name}{in_words(self.left_out)}"


def read_test_set(spec: CorpusSpec, direction: Direction, name: str | None = None) -> TestSet:
    """The pairs of `spec`, named after its first file where no `name` is given. Raises CorpusError without any."""
    left_out: Counter[str] = Counter()
    pairs = list(read_pairs(spec, direction, counting(left_out)))
    if not pairs:
        raise CorpusError(f"{spec}: no test pairs{in_words(left_out)}; name a file that has some")
    return TestSet(name or str(spec.paths[0]), pairs, left_out)
