"""Check a corpus for training, with the cleaning rules, split and model of training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import gettempdir

import torch

from nmt.corpus import CorpusSpec, SentencePair
from nmt.corpus.check import QUICK, THOROUGH, CorpusReport, Part, TrainingTime, check_corpus, html_report
from nmt.corpus.check.sources import parts_of, split_of, split_parts
from nmt.corpus.corpus_spec import STANDARD_INPUT
from nmt.corpus.progress import ProgressCounter
from nmt.errors import ConfigError
from nmt.training.data.prepare import Sources
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.run.files import has_begun
from nmt.training.settings.settings import Settings
from nmt.training.time_estimate import predictor


def check_before_training(sources: Sources, test: Sequence[CorpusSpec], settings: Settings) -> CorpusReport:
    """Run the thorough check on the split that training would make, and predict the training time.

    Raises ConfigError for standard input, and whatever the readers raise.
    """
    if _pipes(sources, test):
        raise ConfigError("standard input (-) can be read but once, and the check reads twice: put the text into files")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = settings.data
    held_out: Sequence[SentencePair] = ()
    if not sources.valid:
        with sources.passes.doing("choosing the validation pairs") as follow:
            held_out = split_of(sources.train, sources.direction, data.cleaning, data.held_out, data.seed, follow)
    languages = sources.direction.source, sources.direction.target
    with sources.passes.doing("looking at the corpus, and at how fast training is") as follow:
        parts, notes = _parts(sources, test, held_out, follow)
        return check_corpus(parts, languages, data.cleaning, THOROUGH, predictor(settings, device), notes)


def check_while_training(
    sources: Sources, test: Sequence[CorpusSpec], settings: Settings, held_out: Sequence[SentencePair], run: Path
) -> CorpusReport | None:
    """Run the quick check, and write its report to `run` as `corpus.html` and `corpus.json`.

    Return None if training resumes or the sources cannot be read again. `held_out` are the validation pairs, which
    training took from its corpus if none were given.
    """
    if sources.keep or _pipes(sources, test) or has_begun(run):
        return None
    languages = sources.direction.source, sources.direction.target
    with (
        reporting_full_disk(Path(gettempdir()) / "py3langid"),  # py3langid unpacks its model there
        sources.passes.doing("looking at the corpus") as follow,
    ):
        parts, notes = _parts(sources, test, held_out, follow)
        report = check_corpus(parts, languages, settings.data.cleaning, QUICK, _known_soon, notes)
    for path, text in ((run / "corpus.html", html_report(report)), (run / "corpus.json", report.to_json())):
        content = text.encode()
        with reporting_full_disk(path, len(content), partial=path):
            path.write_bytes(content)
    return report


def _pipes(sources: Sources, test: Sequence[CorpusSpec]) -> bool:
    return any(STANDARD_INPUT in spec.paths for spec in (*sources.train, *sources.mixed, *sources.valid, *test))


def _parts(
    sources: Sources, test: Sequence[CorpusSpec], held_out: Sequence[SentencePair], follow: ProgressCounter
) -> tuple[list[Part], list[Callable[[], str]]]:
    direction = sources.direction
    notes: list[Callable[[], str]] = []
    if sources.valid or not held_out:
        parts = parts_of("train", (*sources.train, *sources.mixed), direction, follow)
        parts += parts_of("valid", sources.valid, direction, follow)
    else:
        parts, note = split_parts(sources.train, sources.mixed, direction, held_out, follow)
        notes.append(note)
    return [*parts, *parts_of("test", test, direction, follow)], notes


def _known_soon(sample: Sequence[SentencePair], kept: int) -> TrainingTime:
    return TrainingTime(skipped="training has begun, and its progress bar knows better")
