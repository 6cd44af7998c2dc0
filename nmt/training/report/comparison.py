"""The package that a new one replaces, and whether the new one is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest, Result

from nmt.corpus import Direction
from nmt.runtime import ModelPackage
from nmt.runtime.package import MANIFEST
from nmt.training.evaluate import score
from nmt.training.report.sentences import MOST, sentence_chrf
from nmt.training.scoring import PairSet, TranslatedSet, translate_sets

_MOST_TESTED = 3000
"""Sentences of a set that significance is tested on: the test holds 100 kB a sentence in memory."""
_FEWEST_TESTED = 30
"""Fewer sentences, drawn again and again, are always alike: everything would seem significant."""


@dataclass(frozen=True, slots=True)
class Previous:
    """What the package that stood there before made of the same sets."""

    version: str = ""
    created: str = ""
    sets: tuple[TranslatedSet, ...] = ()
    problem: str = ""
    """Why there is nothing to compare with, though a package was there."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One metric on one set, before and now."""

    test_set: str
    metric: str
    before: float
    now: float
    p_value: float | None
    """How probable so large a difference is if the models are equally good, by paired bootstrap (Koehn 2004) on the
    first 3,000 sentences; None for fewer than 30, or if both translate every one the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A pair that the two models translate differently."""

    source: str
    reference: str
    before: str
    now: str
    chrf_before: float
    chrf_now: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The new model beside the one before."""

    problem: str
    """Why there is nothing more here; empty when there is."""
    version: str = ""
    """Of the package before."""
    created: str = ""
    changes: tuple[ScoreChange, ...] = ()
    differing: int = 0
    """Sentences of the set looked at that the two translate differently."""
    differences: tuple[Difference, ...] = ()
    """Those whose chrF differs most."""


def translate_with_previous(path: Path, sets: Sequence[PairSet], direction: Direction) -> Previous | None:
    """What the package at `path` makes of `sets`, before another takes its place; None when there is none.

    Raises nothing: a package of whatever kind must not stop the new one from being written.
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
    """Both models on all sets, and the sentences of `looked_at`, one of them, that they translate most differently."""
    if previous.problem:
        return Comparison(previous.problem)
    changes = [
        change
        for old, new in zip(previous.sets, now, strict=True)
        for change in _changes(new.name, old.texts, new.texts, new.references)
    ]
    old = next(old for old, new in zip(previous.sets, now, strict=True) if new is looked_at)
    different = _differences(old, looked_at)
    different.sort(key=lambda item: -abs(item.chrf_now - item.chrf_before))
    return Comparison("", previous.version, previous.created, tuple(changes), len(different), tuple(different[:MOST]))


def _changes(name: str, before: list[str], now: list[str], references: list[str]) -> list[ScoreChange]:
    old, new = score(before, references), score(now, references)
    bleu, chrf = _p_values(before[:_MOST_TESTED], now[:_MOST_TESTED], references[:_MOST_TESTED])
    return [
        ScoreChange(name, "BLEU", old.bleu, new.bleu, bleu),
        ScoreChange(name, "chrF", old.chrf, new.chrf, chrf),
    ]


def _p_values(before: list[str], now: list[str], references: list[str]) -> tuple[float | None, float | None]:
    """Of the differences in BLEU and chrF; None where nothing can be said."""
    if before == now or len(now) < _FEWEST_TESTED:
        return None, None
    systems: list[tuple[str, Sequence[str]]] = [("before", before), ("now", now)]
    _, found = PairedTest(systems, {"BLEU": BLEU(), "chrF": CHRF()}, [references], test_type="bs")()
    bleu, chrf = (result for metric in ("BLEU", "chrF2") if isinstance(result := found[metric][1], Result))
    return bleu.p_value, chrf.p_value


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
