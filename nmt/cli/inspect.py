"""`nmt inspect`: look into a model's gradients and its cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from nmt.cli.options import directory, existing_file, need_training_extra, reports_errors
from nmt.errors import ConfigError

_new_file = click.Path(dir_okay=False, writable=True, path_type=Path)
_html = click.option("--html", type=_new_file, help="Write the report for people to this HTML file.")
_json = click.option("--json", type=_new_file, help="Write the report for programs to this JSON file.")


@click.group()
def inspect() -> None:
    """Look into a model: how far gradients reach, and what single units follow.

    \b
    nmt inspect gradients --html gradients.html
    nmt inspect cells --model models/en-de --text pairs.tsv --html cells.html
    """


@inspect.command()
@click.option("--model", type=directory, help="Package whose layers to measure [default: fresh cells].")
@click.option(
    "--run-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Run directory of a training, to show how often it clipped.",
)
@click.option("--steps", type=click.IntRange(2, 1000), default=100, show_default=True, help="Steps before the loss.")
@click.option("--hidden", type=click.IntRange(1, 1024), default=64, show_default=True, help="H of fresh cells.")
@_html
@_json
@reports_errors
def gradients(
    model: Path | None, run_dir: Path | None, steps: int, hidden: int, html: Path | None, json: Path | None
) -> None:
    """Measure the norm of the gradient by its distance from the loss.

    Beside it stand its upper bound, the singular values of the recurrent weights, and what clipping does to a run that
    explodes.

    \b
    nmt inspect gradients --html gradients.html --json gradients.json
    nmt inspect gradients --model models/en-de --run-dir runs/en-de --html gradients.html
    """
    _require_output(html, json)
    need_training_extra()
    from nmt.inspect import Sizes, gradient_html, open_language_model, open_translator, report_gradients
    from nmt.language_model import LanguageModelManifest
    from nmt.runtime.package import package_kind
    from nmt.training.report.history import read_history
    from nmt.training.run.files import LOG

    opened = None
    if model:
        is_language_model = package_kind(model) == LanguageModelManifest.KIND
        opened = (open_language_model if is_language_model else open_translator)(model)
    history = read_history(run_dir / LOG) if run_dir else None
    report = report_gradients(Sizes(steps, hidden), opened, history)
    _write(html, lambda: gradient_html(report))
    _write(json, report.to_json)


@inspect.command()
@click.option("--model", required=True, type=directory, help="Package whose units to look at.")
@click.option(
    "--text",
    required=True,
    type=existing_file,
    help="Text for a language model, or sentence pairs for a translator, to read.",
)
@click.option(
    "--unit", "units", multiple=True, help="Colour the text by this unit, by its name in a report. Repeatable."
)
@_html
@_json
@reports_errors
def cells(model: Path, text: Path, units: tuple[str, ...], html: Path | None, json: Path | None) -> None:
    """Show what single units follow: quotes, brackets, place in the line, words, capitals, digits.

    Reports the correlation of every unit with what it follows best, and colours the text by the units that follow
    something best. A translator reads sentence pairs, and its attention is shown beside.

    \b
    nmt inspect cells --model models/lm --text book.txt --html cells.html
    nmt inspect cells --model models/en-de --text pairs.tsv --html cells.html --json cells.json
    nmt inspect cells --model models/en-de --text pairs.tsv --unit "decoder.layers.0 c 17" --html cells.html
    """
    _require_output(html, json)
    need_training_extra()
    from nmt.inspect import (
        cells_html,
        first_pairs,
        open_translator,
        read_language_model,
        read_pairs,
        read_text,
        report_cells,
    )
    from nmt.language_model import LanguageModelManifest
    from nmt.runtime.package import package_kind

    if package_kind(model) == LanguageModelManifest.KIND:
        name, read = read_language_model(model, read_text(text))
        report = report_cells(name, [read], wanted=units)
    else:
        opened = open_translator(model)
        parts, attention = read_pairs(opened, first_pairs(text, opened.direction))
        report = report_cells(opened.name, parts, attention, units)
    _write(html, lambda: cells_html(report))
    _write(json, report.to_json)


def _require_output(html: Path | None, json: Path | None) -> None:
    if html is None and json is None:
        raise ConfigError("no report is asked for: give --html FILE, --json FILE or both")


def _write(path: Path | None, content: Callable[[], str]) -> None:
    """Write the report to `path`, if given, and say so. Raises DiskFull."""
    from nmt.training.run.disk_space import write_small_file

    if path is not None:
        write_small_file(path, content().encode())
        click.echo(f"wrote {path}")
