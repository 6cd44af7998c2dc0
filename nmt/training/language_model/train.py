"""The pipeline of `nmt lm train`, from text files to a package."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from rich.console import Console

from nmt.training.export.package import ExportPrecision
from nmt.training.language_model.export import SETTINGS, export_language_model
from nmt.training.language_model.log import LanguageModelLog
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.report import write_report
from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.language_model.streams import Streams
from nmt.training.language_model.text import EncodedText, encode_text
from nmt.training.language_model.trainer import Trainer, validation_loss
from nmt.training.run.disk_space import write_small_file
from nmt.training.run.files import LOG, forget_run


@dataclass(frozen=True, slots=True)
class LanguageModelRequest:
    """The inputs and outputs of a training."""

    train: tuple[Path, ...]
    valid: tuple[Path, ...]
    """Validation text; empty: the last part of the training text."""
    output: Path
    """The package directory."""
    run: Path
    """The run directory with checkpoints and log; training resumes from its contents."""
    precision: ExportPrecision = "int8"
    restart: bool = False
    """Whether to remove an earlier training from `run`."""
    language: str | None = None
    """Code of the text's language, for the manifest."""


def train_language_model(
    request: LanguageModelRequest, settings: LanguageModelSettings, device: torch.device, console: Console
) -> None:
    """Train or resume training, export the package and write the report. Raises any NmtError."""
    run = request.run
    if request.restart:
        forget_run(run)
    text = encode_text(request.train, request.valid, settings, run)
    write_small_file(run / SETTINGS, json.dumps(asdict(settings), indent=1).encode())
    model, loss = trained_model(text, settings, device, run, console)
    int8 = request.precision == "int8"
    export_language_model(request.output, model, text.symbols, settings, loss, int8, request.language)
    console.print(f"wrote {request.output}", soft_wrap=True)
    write_report(request.output, run, console)


def trained_model(
    text: EncodedText, settings: LanguageModelSettings, device: torch.device, run: Path, console: Console
) -> tuple[RecurrentLanguageModel, float]:
    """Train on `text` or resume from the last checkpoint in `run`.

    Returns the best model, in eval mode on the CPU, and its validation loss in nats per symbol.
    """
    torch.manual_seed(settings.seed)
    model = RecurrentLanguageModel(settings, text.symbols.size)
    streams = Streams(text.train, settings.streams, settings.k)
    trainer = Trainer(model, streams, settings, device, run, text.fingerprint(settings))
    if trainer.resume():
        console.print(f"going on from update {trainer.position.update:,} in {run}", soft_wrap=True)
    console.print(
        f"{text.train_characters:,} characters to train on, {text.valid_characters:,} to validate on, vocabulary of "
        f"{text.symbols.size:,} {text.symbols.kind}, {model.parameter_count():,} parameters, "
        f"{settings.max_updates:,} updates, {settings.max_updates / len(streams):.1f} epochs",
        soft_wrap=True,
    )
    rows = max(1, min(settings.streams, len(text.valid) // settings.k))
    valid = Streams(text.valid, rows, settings.k)
    with LanguageModelLog(console, run / LOG, settings.max_updates, trainer.position.update) as log:
        for note in trainer.notes:
            log.noted(note)
        trainer.run(lambda model: validation_loss(model, valid, rows, trainer.bf16), log)
    return model.cpu().eval(), trainer.position.progress.best_loss
