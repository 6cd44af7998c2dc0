"""The pipeline of `nmt caption train`, from a folder of pictures to a package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch
from rich.console import Console

from nmt.caption.captioner import Caption, Captioner
from nmt.caption.training.config import PRESET, CaptionConfig, check_settings
from nmt.caption.training.data import CaptionSources, PreparedCaptions, prepare_captions
from nmt.caption.training.export import TrainedCaptioner, export_captioner
from nmt.caption.training.model import CaptionModel
from nmt.caption.training.report import write_caption_report
from nmt.model import DecoderModel
from nmt.runtime import DecodingDefaults, Score
from nmt.scores import not_measured, score
from nmt.training.export.package import ExportPrecision
from nmt.training.optimization.evaluation import greedy_ids, validation_loss
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.trainer import Evaluation, Sample, Trainer
from nmt.training.optimization.training_log import TrainingLog
from nmt.training.run.files import LOG, forget_run
from nmt.training.settings.resolved import resolved_settings, settings_text, write_resolved_settings
from nmt.training.settings.settings import Settings
from tokenizer import PAD_ID

EXACT = "exact"
"""The metric of captions that equal the reference, in percent."""
_BEAM = DecodingDefaults().beam_size
_SAMPLES = 3
_AT_ONCE = 128
"""Pictures captioned together."""


@dataclass(frozen=True, slots=True)
class CaptionRequest:
    """The inputs and outputs of a training."""

    sources: CaptionSources
    output: Path
    """The package directory."""
    run: Path
    """The run directory with tokenizer, checkpoints and log; training resumes from its contents."""
    command: str
    """The command line, for the model card."""
    image_size: int = 64
    """P: pictures are scaled to P x P pixels."""
    precision: ExportPrecision = "int8"
    restart: bool = False
    """Whether to remove an earlier training from `run`."""


def train_captioner(request: CaptionRequest, settings: Settings, device: torch.device, console: Console) -> None:
    """Train or resume training, and export the package with its scores. Raises any NmtError."""
    check_settings(settings)
    request.output.parent.mkdir(parents=True, exist_ok=True)
    if request.restart:
        forget_run(request.run)
    settings = resolved_settings(settings, 0, request.run, PRESET)
    corpus = prepare_captions(request.sources, settings.data, request.image_size, request.run, console.print)
    if corpus.too_long:
        console.print(f"left out {corpus.too_long:,} captions of more than {settings.data.max_subwords} subwords")
    model = train_caption_model(request, corpus, settings, device, console)
    trained = TrainedCaptioner(
        model,
        corpus.tokenizer,
        corpus.max_subwords,
        request.precision,
        request.sources.language,
        datetime.now(UTC).date().isoformat(),
        request.command,
        settings_text(settings),
        len(corpus.train),
    )
    export_captioner(request.output, trained)
    captions = _captions_as_served(request.output, corpus)
    scores = _scores(captions, corpus, request.sources.language)
    export_captioner(request.output, trained, scores)
    for item in scores:
        console.print(f"{item.metric} {item.value:.1f} on the held-out captions (beam {item.beam_size})")
    if unmeasured := not_measured(item.metric for item in scores):
        console.print(unmeasured)
    console.print(f"wrote {request.output}")
    write_caption_report(request.output, request.run, corpus, captions, scores)
    console.print(f"how training went: {request.run / 'report.html'}")


def train_caption_model(
    request: CaptionRequest, corpus: PreparedCaptions, settings: Settings, device: torch.device, console: Console
) -> CaptionModel:
    """Train on `corpus`, or resume from the last checkpoint; return the best model, in eval mode."""
    config = settings.training
    torch.manual_seed(config.seed)
    sizes = settings.model_config(1, corpus.tokenizer.vocabulary_size)
    model = CaptionModel(CaptionConfig(sizes, request.image_size), PAD_ID)
    fingerprint = corpus.fingerprint(model.config.identity(), config.identity())
    objective = Objective(config, device)
    trainer = Trainer(model, corpus.train, config, device, request.run, fingerprint, objective=objective)
    if trainer.resume():
        console.print(f"going on from update {trainer.position.update:,} in {request.run}")
    console.print(f"{model.parameter_count():,} parameters, {config.max_updates:,} updates")
    write_resolved_settings(settings, request.run)
    with TrainingLog(console, request.run / LOG, config.max_updates, trainer.position.update) as log:
        for note in trainer.notes:
            log.noted(note)
        trainer.run(caption_evaluator(corpus, settings, request.sources.language, device), log)
    return model.cpu().eval()


def caption_evaluator(
    corpus: PreparedCaptions, settings: Settings, language: str, device: torch.device
) -> Callable[[DecoderModel], Evaluation]:
    """Return a function that evaluates a model: its loss on all held-out captions, greedy scores on the first."""
    count = min(settings.training.evaluate_pairs, len(corpus.valid_pairs))
    pairs = corpus.valid_pairs[:count]
    references = [pair.target for pair in pairs]
    batch_tokens = settings.training.batch_tokens

    def evaluate(model: DecoderModel) -> Evaluation:
        loss = validation_loss(model, corpus.valid, batch_tokens, device)
        captions: list[str] = []
        for start in range(0, count, _AT_ONCE):
            rows = corpus.valid.batch(range(start, min(start + _AT_ONCE, count))).to(device)
            limits = [corpus.max_subwords] * len(rows.source)
            captions += [corpus.tokenizer.decode(ids) for ids in greedy_ids(model, rows, limits)]
        scores = score(captions, references, language)
        shown = zip(pairs[:_SAMPLES], captions, strict=False)
        samples = tuple(Sample(pair.source, pair.target, caption) for pair, caption in shown)
        return Evaluation(loss, scores.bleu, scores.chrf, samples, scores.bleu_name)

    return evaluate


def _captions_as_served(package: Path, corpus: PreparedCaptions) -> list[Caption]:
    """Return the captions of the held-out pictures, one for each held-out caption."""
    captions: list[Caption] = []
    with Captioner.load(package) as captioner:
        for start in range(0, len(corpus.valid_pairs), _AT_ONCE):
            indices = range(start, min(start + _AT_ONCE, len(corpus.valid_pairs)))
            captions += captioner.captions([corpus.valid_picture(index) for index in indices])
    return captions


def _scores(captions: Sequence[Caption], corpus: PreparedCaptions, language: str) -> tuple[Score, ...]:
    texts, references = [each.text for each in captions], [pair.target for pair in corpus.valid_pairs]
    found = score(texts, references, language)
    exact = 100.0 * sum(map(str.__eq__, texts, references)) / len(texts)
    measured = (
        (EXACT, exact, "equal to the reference"),
        (found.bleu_name, found.bleu, found.bleu_signature),
        ("chrF", found.chrf, found.chrf_signature),
    )
    return tuple(
        Score(test_set="validation", metric=metric, value=value, beam_size=_BEAM, signature=signature)
        for metric, value, signature in measured
    )
