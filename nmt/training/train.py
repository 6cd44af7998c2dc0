"""The pipeline of `nmt train`, from corpus files to a model package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import torch
from rich.console import Console

from nmt.corpus import CorpusSpec, SentencePair
from nmt.corpus.check.output.wording import verdict
from nmt.corpus.test_sets import TestSet, name_for_package, read_test_set
from nmt.errors import CorpusError
from nmt.runtime import CorpusSource, Score, WordBeginnings
from nmt.runtime.manifest import WEIGHTS
from nmt.runtime.translator import MAX_SOURCE_SUBWORDS
from nmt.scores import not_measured
from nmt.training.corpus_check import check_while_training
from nmt.training.data.character_models import character_models
from nmt.training.data.dictionary import dictionary
from nmt.training.data.known_words import known_words, word_beginnings
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.data.prepare import PreparedCorpus, Sources
from nmt.training.data.short_lists import short_lists
from nmt.training.data.source_licences import SourceLicence, described, read_source_licences
from nmt.training.distillation.corpus import check_teachers, distillation_corpus, distillation_preset
from nmt.training.distillation.teachers import Teacher
from nmt.training.export.closed_words import fit_closed_words
from nmt.training.export.package import ExportPrecision, ModelFiles, Provenance, Trained, export_package, model_files
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.fine_tuning.start import Start, before_and_after
from nmt.training.optimization.distributed import Ranks
from nmt.training.report import Outcome, Previous, sets_to_translate, translate_with_previous, write_report
from nmt.training.report.scoring import TranslatedSet, translate_sets
from nmt.training.run.files import LOG, forget_run
from nmt.training.run.replaced_package import keep_replaced_package
from nmt.training.settings.resolved import preset_summary, settings_text
from nmt.training.settings.settings import Settings
from nmt.training.train_model import train_model
from tokenizer import SubwordTokenizer


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """The inputs and outputs of a training."""

    sources: Sources
    output: Path
    """The package directory."""
    run: Path
    """The run directory with tokenizers, checkpoints and log; training resumes from its contents."""
    command: str
    """The command line, for the model card."""
    test: tuple[CorpusSpec, ...] = ()
    """Test sets to score the finished package on; by default the validation pairs."""
    corpora: Path | None = None
    """JSON list of {name, licence, attribution}, one per training source."""
    precision: ExportPrecision = "int8"
    start: Start | None = None
    """The package to fine-tune."""
    teachers: tuple[Teacher, ...] = ()
    """Packages whose translations of the training text are added to it."""
    restart: bool = False
    """Whether to remove an earlier training from `run`."""


def train_package(
    request: TrainRequest, settings: Settings, device: torch.device, console: Console, ranks: Ranks | None = None
) -> None:
    """Train or resume training, and export the package with its scores. Raises any NmtError.

    With several processes (`ranks`), the first calls this function, and the others call `help_train`.
    """
    ranks = ranks or Ranks()
    # Read tests and licences before training, so that faults in them are found now and not hours later.
    tests = [read_test_set(spec, request.sources.direction, name_for_package(spec)) for spec in request.test]
    licences = read_source_licences(request.corpora, _first_files(request.sources))
    request.output.parent.mkdir(parents=True, exist_ok=True)
    if request.restart:
        forget_run(request.run)
    corpus, settings, corpora = _prepared(request, settings, licences, console, ranks)
    _check(request, settings, corpus, tests, console)
    ranks.wait()
    trained = _trained(request, settings, corpus, device, console, ranks)
    model = model_files(trained, request.precision)
    evaluation = _sets_to_score(request, tests, corpus)
    previous = _previous(request, model, evaluation)
    provenance = _provenance(request, settings, corpora, previous)
    translated = _export_with_scores(request, model, provenance, evaluation, console)
    pairs = len(corpus.train), len(corpus.valid)
    log = request.run / LOG
    outcome = Outcome(request.output, log, *pairs, settings.training.max_updates, translated, previous)
    write_report(outcome, request.run, console)


@dataclass(frozen=True, slots=True)
class _SetsToScore:
    """Named sets to translate with the finished package; its manifest has the scores of the first `scored` of them."""

    sets: Sequence[tuple[str, Sequence[SentencePair]]]
    scored: int


def _trained(
    request: TrainRequest,
    settings: Settings,
    corpus: PreparedCorpus,
    device: torch.device,
    console: Console,
    ranks: Ranks,
) -> Trained:
    """Train, and return the best model with what else its package is made of."""
    with request.sources.passes.doing("learning which words translate which"):
        lexicon = learn_lexicon(corpus.train, corpus.target_tokenizer.vocabulary_size)
    start = request.start
    model = train_model(corpus, settings, lexicon, device, request.run, console, ranks, start)
    learned = short_lists(lexicon, corpus.train, model.config.source_vocabulary)
    characters = character_models(corpus)
    words = dictionary(corpus)
    lists = start.short_lists(learned) if start else learned
    tokenizers = corpus.source_tokenizer, corpus.target_tokenizer
    return Trained(
        model,
        *tokenizers,
        start.length(corpus.length) if start else corpus.length,
        lists,
        None if lists is None else fit_closed_words(model, tokenizers, lists, corpus.train),
        known_words(corpus, start.known_words if start else None),
        _word_beginnings(corpus, start),
        start.dictionary(words) if start else words,
        start.characters(characters) if start else characters,
    )


def _word_beginnings(corpus: PreparedCorpus, start: Start | None) -> WordBeginnings | None:
    """Return how target words begin. A package that does not say saw other text than `corpus`, and cannot say now."""
    if start is None:
        return word_beginnings(corpus)
    before = start.word_beginnings
    return None if before is None else word_beginnings(corpus, before)


def _sets_to_score(request: TrainRequest, tests: Sequence[TestSet], corpus: PreparedCorpus) -> _SetsToScore:
    """Return the sets to translate; a fine-tuned package is also scored on the validation pairs, which come last."""
    named = [(test.name, test.pairs) for test in tests]
    if request.start:
        sets = [*named, ("validation", corpus.valid_pairs)]
        return _SetsToScore(sets, len(sets))
    return _SetsToScore(sets_to_translate(named, corpus.valid_pairs), len(tests) or 1)


def _previous(request: TrainRequest, model: ModelFiles, evaluation: _SetsToScore) -> Previous | None:
    """Translate the same sets with the previous package: the start of fine-tuning, or the package to be replaced."""
    start = request.start
    before = (
        start.package.path if start else keep_replaced_package(request.output, request.run, model.contents[WEIGHTS])
    )
    previous = translate_with_previous(before, evaluation.sets, request.sources.direction)
    if start and (previous is None or previous.version != start.package.manifest.version):
        return Previous(problem=f"{start.package.path} is no longer the package that this training began from")
    return previous


def _provenance(
    request: TrainRequest, settings: Settings, corpora: tuple[CorpusSource, ...], previous: Previous | None
) -> Provenance:
    start = request.start
    return Provenance(
        request.output.name,
        request.sources.direction.source,
        request.sources.direction.target,
        datetime.now(UTC).date().isoformat(),
        request.command,
        settings_text(settings),
        start.corpora(corpora) if start else corpora,
        ancestor=start.ancestor(_scores(previous)) if start else None,
    )


def _export_with_scores(
    request: TrainRequest, model: ModelFiles, provenance: Provenance, evaluation: _SetsToScore, console: Console
) -> list[TranslatedSet]:
    """Write the package, score it as served, and write it again with its scores."""
    export_package(request.output, model, provenance)
    translated = translate_sets(request.output, evaluation.sets)
    scores = tuple(item for each in translated[: evaluation.scored] for item in each.scores())
    export_package(request.output, model, replace(provenance, scores=scores))
    before = provenance.ancestor.scores if provenance.ancestor else ()
    if before:
        console.print(before_and_after(before, scores))
        if not request.test:
            console.print("what it has forgotten was not measured: give --test with pairs like those it learned before")
    else:
        for item in scores:
            console.print(f"{item.metric} {item.value:.1f} on {item.test_set} (beam {item.beam_size})")
    if unmeasured := not_measured(item.metric for item in scores):
        console.print(unmeasured)
    console.print(f"wrote {request.output}")
    return translated


def _scores(previous: Previous | None) -> list[Score]:
    return [item for each in previous.sets for item in each.scores()] if previous else []


def help_train(request: TrainRequest, settings: Settings, device: torch.device, ranks: Ranks) -> None:
    """Train along with the first process, on the corpus that it has encoded. Raises any NmtError."""
    ranks.wait()
    sources = replace(request.sources, keep=True)
    preset = distillation_preset(request.run) if request.teachers else None
    corpus, settings = prepare_with_settings(
        settings, sources, request.run, request.start, processes=ranks.count, preset=preset
    )
    lexicon = learn_lexicon(corpus.train, corpus.target_tokenizer.vocabulary_size)
    train_model(corpus, settings, lexicon, device, request.run, Console(quiet=True), ranks, request.start)


def _first_files(sources: Sources) -> list[Path]:
    """Return a file of each source that a licence is stated for: pairs, general pairs, then monolingual text."""
    return [*(spec.paths[0] for spec in (*sources.train, *sources.mixed)), *sources.monolingual]


def _prepared(
    request: TrainRequest, settings: Settings, about: Sequence[SourceLicence], console: Console, ranks: Ranks
) -> tuple[PreparedCorpus, Settings, tuple[CorpusSource, ...]]:
    """Return the corpus, all settings and the card's corpus entries; print what was left out and why."""
    run = request.run
    if not request.teachers:
        check_teachers(run, ())
        corpus, settings = prepare_with_settings(settings, request.sources, run, request.start, processes=ranks.count)
        _say(console, corpus.report(), preset_summary(settings, corpus.stored.pairs))
        return corpus, settings, described(about, [count.read for count in corpus.stored.counts])
    lesson = distillation_corpus(settings, request.sources, run, request.teachers)
    pairs, sentences = len(lesson.untaught.train), sum(lesson.monolingual)
    more = f" and {sentences:,} monolingual sentences" if sentences else ""
    _say(console, lesson.untaught.report(), f"with what teachers made of {pairs:,} training pairs{more}:")
    corpus, settings = prepare_with_settings(settings, lesson.sources, run, preset=lesson.preset)
    _say(console, corpus.report(), preset_summary(settings, lesson.untaught.stored.pairs + sentences))
    made = (teacher.made(pairs if teacher.is_forward else pairs + sentences) for teacher in request.teachers)
    counts = [count.read for count in lesson.untaught.stored.counts]
    return corpus, settings, (*described(about, [*counts, *lesson.monolingual]), *made)


def _say(console: Console, report: Sequence[str], last: str) -> None:
    for line in (*report, last):
        console.print(line)


def _check(
    request: TrainRequest, settings: Settings, corpus: PreparedCorpus, tests: Sequence[TestSet], console: Console
) -> None:
    """Reject test sentences that are too long, check the corpus, print the verdict and keep both reports in the run."""
    for test in tests:
        console.print(str(test))
        _check_lengths(test, corpus.source_tokenizer)
    report = check_while_training(request.sources, request.test, settings, corpus.valid_pairs, request.run)
    if report is not None:
        console.print(verdict(report))
        console.print(f"what the corpus is like: {request.run / 'corpus.html'}")


def _check_lengths(test: TestSet, tokenizer: SubwordTokenizer) -> None:
    for number, pair in enumerate(test.pairs, start=1):
        length = len(tokenizer.encode(pair.source))
        if length > MAX_SOURCE_SUBWORDS:
            raise CorpusError(
                f"{test.name}: the source of pair {number} has {length} subwords, and at most {MAX_SOURCE_SUBWORDS} "
                f"are translated in one piece; leave it out, or cut it into sentences"
            )
