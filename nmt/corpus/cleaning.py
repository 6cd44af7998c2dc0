"""Filter out sentence pairs that would not help or would harm training, and report them with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from nmt.characters import plain
from nmt.corpus.characters_per_script import comparable_length
from nmt.corpus.hash_set import SeenHashes, hash_pairs
from nmt.corpus.pairs import SentencePair

EMPTY = "one side is empty"
"""Reason for leaving out a pair that has a side without text."""
_EXAMPLES = 3
_CHUNK = 2048
"""Pairs per lookup. Searching sorted hashes pays off for many at a time."""

Fault = Literal["repeated", "empty", "long", "ratio"]


def plain_pairs(pairs: Iterable[SentencePair]) -> Iterator[SentencePair]:
    """Yield `pairs` as a model sees them: without invisible characters, with plain spaces and composed letters."""
    for pair in pairs:
        source, target = plain(pair.source), plain(pair.target)
        changed = source is not pair.source or target is not pair.target
        yield SentencePair(source, target, pair.origin) if changed else pair


@dataclass(frozen=True, slots=True)
class CleaningRules:
    """Conditions for keeping a pair. Lengths are in characters.

    For the ratio, and for `ratio_from`, a Chinese, Japanese or Korean character counts as several.
    """

    max_characters: int = 1000
    """Maximum length of a side."""
    max_ratio: float = 4.0
    """Maximum ratio of the longer side to the shorter side."""
    ratio_from: int = 12
    """The ratio is not checked for pairs whose longer side is at most this long."""

    def fault(self, source: str, target: str) -> Fault | None:
        """Return the fault of a pair on its own. Repetition is not checked, as it depends on the other pairs."""
        if not source.strip() or not target.strip():
            return "empty"
        if max(len(source), len(target)) > self.max_characters:
            return "long"
        shorter, longer = sorted((comparable_length(source), comparable_length(target)))
        if longer > self.ratio_from and longer > self.max_ratio * shorter:
            return "ratio"
        return None

    def reason(self, fault: Fault) -> str:
        """Return a readable reason why pairs with `fault` are left out."""
        return {
            "repeated": "repeats an earlier pair",
            "empty": EMPTY,
            "long": f"longer than {self.max_characters} characters",
            "ratio": f"one side more than {self.max_ratio:g} times as long as the other",
        }[fault]


@dataclass(slots=True)
class CleaningReport:
    """Number of pairs read, kept and, for each reason, left out, with examples."""

    read: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[SentencePair]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the report as text, one fact per line."""
        return [f"{self.read:,} pairs read, {self.kept:,} kept", *map(self._line, self.dropped)]

    def _line(self, reason: str) -> str:
        origin = self.examples[reason][0].origin
        return f"left out {self.dropped[reason]:,}: {reason}" + (f" (first: {origin})" if origin else "")

    def pass_over(self, pair: SentencePair, reason: str) -> None:
        """Count `pair`, which a reader skipped, as read and left out."""
        self.read += 1
        self.leave_out(pair, reason)

    def leave_out(self, pair: SentencePair, reason: str) -> None:
        """Count `pair` as left out."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            examples.append(pair)


class Cleaner:
    """Keeps the pairs that satisfy `rules`. Repetitions are detected across any number of sources.

    Detecting repetitions takes 8 bytes per kept pair; nothing else grows with the corpus.
    """

    def __init__(self, rules: CleaningRules) -> None:
        self.rules = rules
        self.report = CleaningReport()
        """Report on all pairs processed so far."""
        self._seen = SeenHashes()

    def clean(self, pairs: Iterable[SentencePair]) -> Iterator[SentencePair]:
        """Yield the pairs to keep, in order."""
        pairs = iter(pairs)
        while chunk := list(islice(pairs, _CHUNK)):
            faults = [self.rules.fault(pair.source, pair.target) for pair in chunk]
            sound = [pair for pair, fault in zip(chunk, faults, strict=True) if fault is None]
            hashes = hash_pairs((pair.source for pair in sound), (pair.target for pair in sound))
            is_new = iter(self._seen.add(hashes).tolist())
            self.report.read += len(chunk)
            for pair, fault in zip(chunk, faults, strict=True):
                if fault is not None:
                    self.report.leave_out(pair, self.rules.reason(fault))
                elif next(is_new):
                    self.report.kept += 1
                    yield pair
                else:
                    self.report.leave_out(pair, self.rules.reason("repeated"))
