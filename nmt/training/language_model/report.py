"""The report of a language model's training: HTML for people, JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from nmt.corpus.check.output.wording import duration
from nmt.language_model import LanguageModel, LanguageModelManifest, SampleOptions
from nmt.reports import Line, page, table, text
from nmt.training.report.curves import update_chart
from nmt.training.report.history import EvaluationPoint, History, read_history
from nmt.training.run.files import LOG

VERSION = 1
"""Version of the JSON report, increased when a field changes its name or meaning."""
_SAMPLES, _LENGTH = 3, 600
_TEMPERATURE, _TOP_P = 0.8, 0.95


def write_report(package: Path, run: Path, console: Console) -> None:
    """Write `report.html` and `report.json` to `run`, and print where."""
    model = LanguageModel.load(package)
    history = read_history(run / LOG)
    samples = [
        "".join(model.sample("", _LENGTH, SampleOptions(_TEMPERATURE, _TOP_P, seed))) for seed in range(1, _SAMPLES + 1)
    ]
    values = _values(model.manifest, history, samples)
    (run / "report.json").write_text(json.dumps(values, indent=1), encoding="utf-8")
    (run / "report.html").write_text(_html(model.manifest, history, samples), encoding="utf-8")
    console.print(f"how training went and what the model writes: {run / 'report.html'}", markup=False, soft_wrap=True)


def _values(manifest: LanguageModelManifest, history: History, samples: list[str]) -> dict[str, Any]:
    best = history.best
    return {
        "version": VERSION,
        "package": manifest.model_dump(mode="json", exclude={"files", "decoding"}),
        "best_update": best.update if best else None,
        "updates": [asdict(point) for point in history.updates],
        "evaluations": [_evaluation(point) for point in history.evaluations],
        "samples": samples,
    }


def _evaluation(point: EvaluationPoint) -> dict[str, Any]:
    return {"update": point.update, "loss": point.loss, "best": point.best}


def _html(manifest: LanguageModelManifest, history: History, samples: list[str]) -> str:
    updates, evaluations, best = history.updates, history.evaluations, history.best
    marked = best.update if best else None
    last = updates[-1] if updates else None
    sizes = manifest.model
    rows = [
        ("predicts", f"{manifest.symbols}, vocabulary of {manifest.vocabulary_size:,}"),
        ("network", f"{sizes['layers']} x {sizes['cell']} of {sizes['hidden']}, {sizes['parameters']} parameters"),
        ("best update", f"{best.update:,}" if best else "not in the log"),
        ("time spent training", duration(last.seconds) if last else "not in the log"),
        ("created", manifest.created),
    ]
    losses = [
        Line("training", [(point.update, point.loss) for point in updates]),
        Line("validation", [(point.update, point.loss) for point in evaluations]),
    ]
    clipped = [Line("clipped", [(point.update, 100 * point.clipped_share) for point in updates])]
    body = [
        f"<h1>{text(f'Training report: language model {manifest.name}')}</h1>",
        f'<p class="verdict">Validation loss {manifest.validation_loss:.4f} nats per symbol.</p>',
        table(("what", "value"), rows),
        "<h2>How training went</h2>",
        update_chart("Loss, nats per symbol; training's has dropout", losses, marked),
        update_chart("Learning rate", [Line("rate", [(each.update, each.learning_rate) for each in updates])], marked),
        update_chart("Gradient norm", [Line("norm", [(each.update, each.gradient_norm) for each in updates])], marked),
        update_chart("Updates whose gradient was clipped, percent", clipped, marked),
        f"<h2>What it writes</h2><p>Temperature {_TEMPERATURE}, top-p {_TOP_P}.</p>",
        table(("seed", "text"), [(str(seed), sample) for seed, sample in enumerate(samples, start=1)]),
    ]
    return page(f"Training report: {manifest.name}", body)
