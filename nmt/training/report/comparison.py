"""Compare a new package with the one that it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.corpus import Direction
from nmt.runtime import ModelPackage
from nmt.runtime.package import MANIFEST
from nmt.scores import score, significance
from nmt.training.report.scoring import PairSet, TranslatedSet, translate_sets
from nmt.training.report.sentences import MOST, sentence_chrf


@dataclass(frozen=True, slots=True)
class Previous:
    """The previous package's translations of the same sets."""

    version: str = ""
    created: str = ""
    sets: tuple[TranslatedSet, ...] = ()
    problem: str = ""
    """Why the previous package cannot be compared; empty if it can."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One metric on one set, for the previous and the new package."""

    test_set: str
    metric: str
    before: float
    now: float
    p_value: float | None
    """Probability of so large a difference if the models are equally good; None if it cannot be tested."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A pair that the two packages translate differently."""

    source: str
    reference: str
    before: str
    now: str
    chrf_before: float
    chrf_now: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of the new package with the previous one."""

    problem: str
    """Why there is no comparison; empty if there is one."""
    version: str = ""
    """Version of the previous package."""
    created: str = ""
    changes: tuple[ScoreChange, ...] = ()
    differing: int = 0
    """Number of sentences of the inspected set that the two packages translate differently."""
    differences: tuple[Difference, ...] = ()
    """The sentences whose chrF differs most."""


def translate_with_previous(path: Path, sets: Sequence[PairSet], direction: Direction) -> Previous | None:
    """Translate `sets` with the package at `path`, before it is replaced; return None if there is none.

    Raises nothing: a faulty previous package must not prevent the new one from being written.
    """
    if not (path / MANIFEST).is_file():
        return None
    try:
        manifest = ModelPackage.open(path).manifest
        if (manifest.source, manifest.target) != (direction.source, direction.target):
            return Previous(problem=f"the package before translated {manifest.source} to {manifest.target}")
        return Previous(manifest.version, manifest.created, tuple(translate_sets(path, sets)))
    except Exception as error:
        return Previous(problem=f"the package before could not be used ({error})")


def compare(previous: Previous, now: Sequence[TranslatedSet], looked_at: TranslatedSet) -> Comparison:
    """Compare both packages on all sets, and collect the most different translations of `looked_at`, one of them."""
    if previous.problem:
        return Comparison(previous.problem)
    changes = [change for old, new in zip(previous.sets, now, strict=True) for change in _changes(old, new)]
    old = next(old for old, new in zip(previous.sets, now, strict=True) if new is looked_at)
    different = _differences(old, looked_at)
    different.sort(key=lambda item: -abs(item.chrf_now - item.chrf_before))
    return Comparison("", previous.version, previous.created, tuple(changes), len(different), tuple(different[:MOST]))


def _changes(before: TranslatedSet, now: TranslatedSet) -> list[ScoreChange]:
    old, new = (score(each.texts, now.references, now.target) for each in (before, now))
    found = significance(before.texts, now.texts, now.references, now.target)
    return [
        ScoreChange(now.name, new.bleu_name, old.bleu, new.bleu, found.bleu),
        ScoreChange(now.name, "chrF", old.chrf, new.chrf, found.chrf),
    ]


def _differences(old: TranslatedSet, new: TranslatedSet) -> list[Difference]:
    pairs = [
        (pair, before, now) for pair, before, now in zip(new.pairs, old.texts, new.texts, strict=True) if before != now
    ]
    references = [pair.target for pair, _, _ in pairs]
    chrf_before = sentence_chrf([before for _, before, _ in pairs], references)
    chrf_now = sentence_chrf([now for _, _, now in pairs], references)
    return [
        Difference(pair.source, pair.target, before, now, *scores)
        for (pair, before, now), *scores in zip(pairs, chrf_before, chrf_now, strict=True)
    ]
