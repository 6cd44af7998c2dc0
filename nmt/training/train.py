"""From corpus files to a model package: the whole of `nmt train`."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import torch
from rich.console import Console

from nmt.corpus import CorpusSpec
from nmt.corpus.check.output.wording import verdict
from nmt.corpus.subword_regularization import SubwordSplitter
from nmt.corpus.test_sets import TestSet, read_test_set
from nmt.errors import CorpusError
from nmt.model import Seq2Seq
from nmt.runtime import CorpusSource, Score
from nmt.runtime.translator import MAX_SOURCE_SUBWORDS
from nmt.training.corpus_check import check_while_training
from nmt.training.data.lexicon import Lexicon, learn_lexicon
from nmt.training.data.prepare import PreparedCorpus, Sources
from nmt.training.data.short_lists import short_lists
from nmt.training.data.source_licences import About, described, read_about
from nmt.training.distillation.corpus import check_teachers, lesson_of, lesson_preset
from nmt.training.distillation.teachers import Teacher
from nmt.training.export.fine_tuning_weights import packed
from nmt.training.export.package import ExportPrecision, Provenance, Trained, export_package
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.fine_tuning.start import Start, before_and_after
from nmt.training.optimization.checkpoint import Position
from nmt.training.optimization.distributed import Ranks
from nmt.training.optimization.evaluation import evaluator
from nmt.training.optimization.initialization import new_model
from nmt.training.optimization.lexicon_embeddings import begin_from_lexicon
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.trainer import Evaluation, Observer, Trainer, UpdateReport
from nmt.training.optimization.training_log import TrainingLog
from nmt.training.report import Outcome, Previous, sets_to_translate, translate_with_previous, write_report
from nmt.training.report.scoring import translate_sets
from nmt.training.run.files import LOG, forget_run
from nmt.training.run.replaced_package import kept_before
from nmt.training.settings.resolved import keep_plan, preset_line, settings_text
from nmt.training.settings.settings import Settings
from tokenizer import SubwordTokenizer


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train, from what, to where."""

    sources: Sources
    output: Path
    """The package directory."""
    run: Path
    """Tokenizers, checkpoints and log; training goes on from what is there."""
    command: str
    """The command line, for the card."""
    test: tuple[CorpusSpec, ...] = ()
    """Pairs to score the finished package on; without any, the validation pairs."""
    corpora: Path | None = None
    """JSON list of {name, licence, attribution}, one for each source to train on."""
    precision: ExportPrecision = "int8"
    start: Start | None = None
    """The package to fine-tune."""
    teachers: tuple[Teacher, ...] = ()
    """Whose translations of the training text are learned from beside it."""
    restart: bool = False
    """Forget what is in `run`."""


def train_package(
    request: TrainRequest, settings: Settings, device: torch.device, console: Console, ranks: Ranks | None = None
) -> None:
    """Train, or go on training, and export the package with its scores. Raises any NmtError.

    Of several processes (`ranks`) the first does this, and the others `help_train`.
    """
    ranks = ranks or Ranks()
    # Read now, as a fault in them should not be found when training is over.
    tests = [read_test_set(spec, request.sources.direction, _test_name(spec)) for spec in request.test]
    about = read_about(request.corpora, (*request.sources.train, *request.sources.mixed))
    request.output.parent.mkdir(parents=True, exist_ok=True)
    if request.restart:
        forget_run(request.run)
    start = request.start
    corpus, settings, corpora = _prepared(request, settings, about, console, ranks)
    for test in tests:
        console.print(str(test))
        _check_lengths(test, corpus.source_tokenizer)
    _check(request, settings, corpus, console)
    ranks.wait()
    with request.sources.passes.doing("learning which words translate which"):
        lexicon = learn_lexicon(corpus.train, corpus.target_tokenizer.vocabulary_size)
    model = train_model(corpus, settings, lexicon, device, request.run, console, ranks, start)
    learned = short_lists(lexicon, corpus.train, model.config.source_vocabulary)
    trained = Trained(
        model,
        corpus.source_tokenizer,
        corpus.target_tokenizer,
        start.length(corpus.length) if start else corpus.length,
        start.short_lists(learned) if start else learned,
    )
    # A fine-tuned package is also scored on the held-out part of the new pairs, which comes last.
    named = [(test.name, test.pairs) for test in tests]
    sets = [*named, ("validation", corpus.valid_pairs)] if start else sets_to_translate(named, corpus.valid_pairs)
    scored = len(sets) if start else len(tests) or 1
    weights = packed(model, request.precision == "int8")
    before_it = start.package.path if start else kept_before(request.output, request.run, weights)
    previous = translate_with_previous(before_it, sets, request.sources.direction)
    if start and (previous is None or previous.version != start.package.manifest.version):
        previous = Previous(problem=f"{start.package.path} is no longer the package that this training began from")
    before = [item for each in previous.sets for item in each.scores()] if start and previous else []
    provenance = Provenance(
        request.output.name,
        request.sources.direction.source,
        request.sources.direction.target,
        datetime.now(UTC).date().isoformat(),
        request.command,
        settings_text(settings),
        start.corpora(corpora) if start else corpora,
        ancestor=start.ancestor(before) if start else None,
    )
    export_package(request.output, trained, provenance, request.precision)
    translated = translate_sets(request.output, sets)
    scores = tuple(item for each in translated[:scored] for item in each.scores())
    export_package(request.output, trained, replace(provenance, scores=scores), request.precision)
    if before:
        console.print(before_and_after(before, scores))
        if not request.test:
            console.print("what it has forgotten was not measured: give --test with pairs like those it learned before")
    else:
        for item in scores:
            console.print(f"{item.metric} {item.value:.1f} on {item.test_set} (beam {item.beam_size})")
    console.print(f"wrote {request.output}")
    pairs = len(corpus.train), len(corpus.valid)
    log = request.run / LOG
    outcome = Outcome(request.output, log, *pairs, settings.training.max_updates, translated, previous)
    write_report(outcome, request.run, console)


def help_train(request: TrainRequest, settings: Settings, device: torch.device, ranks: Ranks) -> None:
    """Compute gradients for the first process, on the corpus that it has encoded. Raises any NmtError."""
    ranks.wait()
    sources = replace(request.sources, keep=True)
    preset = lesson_preset(request.run) if request.teachers else None
    corpus, settings = prepare_with_settings(
        settings, sources, request.run, request.start, processes=ranks.count, preset=preset
    )
    lexicon = learn_lexicon(corpus.train, corpus.target_tokenizer.vocabulary_size)
    train_model(corpus, settings, lexicon, device, request.run, Console(quiet=True), ranks, request.start)


def _prepared(
    request: TrainRequest, settings: Settings, about: Sequence[About], console: Console, ranks: Ranks
) -> tuple[PreparedCorpus, Settings, tuple[CorpusSource, ...]]:
    """What to train on, with all settings, and what it is made of for the card; says what was left out, and why."""
    run = request.run
    if not request.teachers:
        check_teachers(run, ())
        corpus, settings = prepare_with_settings(settings, request.sources, run, request.start, processes=ranks.count)
        _say(console, corpus.report(), preset_line(settings, corpus.stored.pairs))
        return corpus, settings, described(about, corpus.stored.counts)
    lesson = lesson_of(settings, request.sources, run, request.teachers)
    pairs = len(lesson.untaught.train)
    _say(console, lesson.untaught.report(), f"with what teachers made of {pairs:,} training pairs:")
    corpus, settings = prepare_with_settings(settings, lesson.sources, run, preset=lesson.preset)
    _say(console, corpus.report(), preset_line(settings, lesson.untaught.stored.pairs))
    made = (teacher.made(pairs) for teacher in request.teachers)
    return corpus, settings, (*described(about, lesson.untaught.stored.counts), *made)


def _say(console: Console, report: Sequence[str], last: str) -> None:
    for line in (*report, last):
        console.print(line)


def _check(request: TrainRequest, settings: Settings, corpus: PreparedCorpus, console: Console) -> None:
    """Say what is serious in the corpus, before hours are spent on it, and keep both reports with the run."""
    report = check_while_training(request.sources, request.test, settings, corpus.valid_pairs, request.run)
    if report is not None:
        console.print(verdict(report))
        console.print(f"what the corpus is like: {request.run / 'corpus.html'}")


def train_model(
    corpus: PreparedCorpus,
    settings: Settings,
    lexicon: Lexicon,
    device: torch.device,
    run: Path,
    console: Console,
    ranks: Ranks,
    start: Start | None = None,
) -> Seq2Seq:
    """Train on `corpus`, or go on from the last checkpoint in `run`; gives the best model, in eval mode."""
    config = settings.training
    torch.manual_seed(config.seed)
    sizes = corpus.source_tokenizer.vocabulary_size, corpus.target_tokenizer.vocabulary_size
    model = new_model(settings.model_config(*sizes))
    if start:
        start.copy_weights(model)
    elif config.begin_from_lexicon and ranks.is_first:
        begin_from_lexicon(model, lexicon, corpus.train)
    ranks.take_from_first([parameter.data for parameter in model.parameters()])
    began = [{"fine_tuned_from": start.package.manifest.version}] if start else []
    fingerprint = corpus.fingerprint(model.config.to_dict(), config.identity(), *began)
    splitters = SubwordSplitter(corpus.source_tokenizer), SubwordSplitter(corpus.target_tokenizer)
    original = copy.deepcopy(model).to(device).eval() if start and config.remember else None
    objective = Objective(config, device, lexicon, original)
    trainer = Trainer(model, corpus.train, config, device, run, fingerprint, splitters, objective, ranks)
    if trainer.resume():
        console.print(f"going on from update {trainer.position.update:,} in {run}")
    console.print(
        f"{len(corpus.train):,} pairs, {model.parameter_count():,} parameters, {config.max_updates:,} updates"
    )
    evaluate = evaluator(corpus, config.batch_tokens, config.evaluate_pairs, device)
    if not ranks.is_first:
        trainer.run(evaluate, _Unseen())
        return model
    keep_plan(settings, run)
    with TrainingLog(console, run / LOG, config.max_updates, trainer.position.update) as log:
        for note in trainer.notes:
            log.noted(note)
        trainer.run(evaluate, log)
    return model.cpu().eval()


class _Unseen(Observer):
    """Nobody looks at the processes beside the first."""

    def updated(self, report: UpdateReport, position: Position) -> None:
        """Nothing."""

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        """Nothing."""


def score_package(path: Path, test: TestSet, beam_size: int | None = None) -> list[Score]:
    """BLEU and chrF of the package at `path`, as it is served, on `test`."""
    (translated,) = translate_sets(path, [(test.name, test.pairs)], beam_size)
    return translated.scores()


def _check_lengths(test: TestSet, tokenizer: SubwordTokenizer) -> None:
    for number, pair in enumerate(test.pairs, start=1):
        length = len(tokenizer.encode(pair.source))
        if length > MAX_SOURCE_SUBWORDS:
            raise CorpusError(
                f"{test.name}: the source of pair {number} has {length} subwords, and at most {MAX_SOURCE_SUBWORDS} "
                f"are translated in one piece; leave it out, or cut it into sentences"
            )


def _test_name(spec: CorpusSpec) -> str:
    """`tatoeba/en-de/test` of `.../tatoeba/en-de/test.en.gz`."""
    path = spec.paths[0].resolve()
    return "/".join((*path.parent.parts[-2:], path.name.split(".")[0])).removeprefix("/")
