"""Build the report from the outcome of a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.corpus import SentencePair
from nmt.runtime import Manifest, Translator
from nmt.training.optimization.evaluation import typical_pairs
from nmt.training.report.comparison import Previous, compare
from nmt.training.report.history import read_history
from nmt.training.report.report import FinalScore, TrainingReport
from nmt.training.report.scoring import PairSet, TranslatedSet
from nmt.training.report.sentences import AttentionMap, report_sentences

_LOOKED_AT = 1000
"""Maximum number of validation pairs inspected if there are test sets: they take seconds to translate."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a training."""

    package: Path
    log: Path
    training_pairs: int
    validation_pairs: int
    max_updates: int
    translated: Sequence[TranslatedSet]
    """The package's translations of `sets_to_translate`."""
    previous: Previous | None
    """The previous package's translations of the same sets."""


def sets_to_translate(tests: Sequence[PairSet], validation: Sequence[SentencePair]) -> list[PairSet]:
    """Return the test sets, followed by the validation pairs, which the report inspects."""
    return [*tests, ("validation", validation[:_LOOKED_AT] if tests else validation)]


def gather(outcome: Outcome) -> TrainingReport:
    """Build the report. Raises PackageError if the package is no longer there."""
    looked_at = outcome.translated[-1]
    with Translator.load(outcome.package) as translator:
        manifest = translator.manifest
        shown = [looked_at.results[index] for index in typical_pairs([pair.source for pair in looked_at.pairs])]
        alignments = translator.align(shown)
    return TrainingReport(
        package=manifest.name,
        source=manifest.source,
        target=manifest.target,
        created=manifest.created,
        training_pairs=outcome.training_pairs,
        validation_pairs=outcome.validation_pairs,
        parameters=_parameters(manifest),
        max_updates=outcome.max_updates,
        scores=tuple(FinalScore(each.test_set, each.metric, each.value, each.beam_size) for each in manifest.scores),
        history=read_history(outcome.log),
        sentences=report_sentences(looked_at),
        attention=tuple(AttentionMap.of(each) for each in alignments if each is not None),
        comparison=compare(outcome.previous, outcome.translated, looked_at) if outcome.previous else None,
    )


def _parameters(manifest: Manifest) -> int:
    count = manifest.model["parameters"]
    if not isinstance(count, int):
        raise TypeError(f"manifest of {manifest.name}: model.parameters is {count!r}, expected a number")
    return count
