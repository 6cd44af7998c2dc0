"""Build the parts of the check: each source for its use, or the split that training will make of the sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from nmt.corpus.check.chunks import Part
from nmt.corpus.check.finding import Role
from nmt.corpus.cleaning import Cleaner, CleaningRules
from nmt.corpus.corpus_spec import CorpusSpec, Direction
from nmt.corpus.held_out import HeldOut, Unseen
from nmt.corpus.pairs import SentencePair
from nmt.corpus.progress import ProgressCounter
from nmt.corpus.readers import read_pairs
from nmt.corpus.readers.left_out import counting


def parts_of(role: Role, specs: Sequence[CorpusSpec], direction: Direction, follow: ProgressCounter) -> list[Part]:
    """Return one part per source. Its pairs are read lazily and counted by `follow`."""
    return [_part(role, spec, direction, follow) for spec in specs]


def split_of(
    specs: Sequence[CorpusSpec],
    direction: Direction,
    rules: CleaningRules,
    wanted: int,
    seed: int,
    follow: ProgressCounter,
) -> list[SentencePair]:
    """Choose the pairs that training will hold out. Reads the sources once; `follow` counts the pairs."""
    cleaner = Cleaner(rules)
    held_out = HeldOut(wanted, seed)
    for spec in specs:
        for pair in cleaner.clean(follow(read_pairs(spec, direction))):
            held_out.see(pair)
    return held_out.choose()


def split_parts(
    specs: Sequence[CorpusSpec],
    mixed: Sequence[CorpusSpec],
    direction: Direction,
    held_out: Sequence[SentencePair],
    follow: ProgressCounter,
) -> tuple[list[Part], Callable[[], str]]:
    """Split the sources into training and validation parts by holding out `held_out`.

    `mixed` sources are trained on, but nothing is held out of them. `follow` counts the pairs read. Also returns a
    function that describes the split in words, once the parts have been read.
    """
    split = _Split(held_out)
    parts = [Part("valid", _name(spec), split.valid(follow(read_pairs(spec, direction)))) for spec in specs]
    # Left-out units are counted only in this second pass over the sources.
    parts += [_part("train", spec, direction, lambda pairs: split.train(follow(pairs))) for spec in (*specs, *mixed)]
    return parts, split.note


class _Split:
    """Decides the side of each pair."""

    def __init__(self, held_out: Sequence[SentencePair]) -> None:
        self._open = set(held_out)
        self._size = len(held_out)
        self._apart = 0
        self._may_train = Unseen(held_out)

    def valid(self, pairs: Iterator[SentencePair]) -> Iterator[SentencePair]:
        """Yield each held-out pair once, at its first occurrence."""
        for pair in pairs:
            if pair in self._open:
                self._open.remove(pair)
                yield pair

    def train(self, pairs: Iterator[SentencePair]) -> Iterator[SentencePair]:
        """Yield the remaining pairs, except those that share a source or a target with a held-out pair."""
        for pair in pairs:
            if self._may_train(pair):
                yield pair
            else:
                self._apart += 1

    def note(self) -> str:
        """Describe what was held out, and what else is left out because of it."""
        return (
            f"no validation pairs were given: {self._size:,} were taken out of the training pairs by their source, all "
            f"translations of a source together; {self._apart - self._size:,} more that repeat one of them, or have "
            f"the source or the target of one, are left out of training, as `nmt train` does"
        )


def _part(
    role: Role,
    spec: CorpusSpec,
    direction: Direction,
    through: Callable[[Iterator[SentencePair]], Iterator[SentencePair]],
) -> Part:
    passed_over: Counter[str] = Counter()
    pairs = through(read_pairs(spec, direction, counting(passed_over)))
    return Part(role, _name(spec), pairs, passed_over, spec.domain)


def _name(spec: CorpusSpec) -> str:
    return " and ".join(map(str, spec.paths))
