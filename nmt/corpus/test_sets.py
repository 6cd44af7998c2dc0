"""Test sets for scoring packages, read whole, with counts of the units left out."""

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
    """A named set of pairs for scoring."""

    name: str
    pairs: Sequence[SentencePair]
    left_out: Mapping[str, int]
    """Number of units that are not finished pairs in both languages, by reason."""

    __test__ = False  # not a pytest test class

    def __str__(self) -> str:
        """Format the number of pairs and of units left out."""
        return f"{len(self.pairs):,} test pairs in {self.name}{in_words(self.left_out)}"


def read_test_set(spec: CorpusSpec, direction: Direction, name: str | None = None) -> TestSet:
    """Read the pairs of `spec`. `name` defaults to its first file. Raises CorpusError if there are no pairs."""
    left_out: Counter[str] = Counter()
    pairs = list(read_pairs(spec, direction, counting(left_out)))
    if not pairs:
        raise CorpusError(f"{spec}: no test pairs{in_words(left_out)}; name a file that has some")
    return TestSet(name or str(spec.paths[0]), pairs, left_out)


def name_for_package(spec: CorpusSpec) -> str:
    """Return the name of a test set in a package: `tatoeba/en-de/test` for `.../tatoeba/en-de/test.en.gz`."""
    path = spec.paths[0].resolve()
    return "/".join((*path.parent.parts[-2:], path.name.split(".")[0])).removeprefix("/")
