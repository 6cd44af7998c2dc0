"""`nmt lm`: train a language model on text, score text with it, and let it write."""

from __future__ import annotations

import math
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from nmt.cli.options import (
    check_language_code,
    data_options,
    directory,
    existing_file,
    need_training_extra,
    output_option,
    precision_option,
    reports_errors,
    restart_option,
    run_dir_option,
    sources_of,
    threads_option,
)
from nmt.errors import ConfigError

if TYPE_CHECKING:
    from nmt.language_model import LanguageModel
    from nmt.training.language_model.tuning import Tried

_BLOCK = 1 << 16
"""Characters of whole lines that are scored at a time."""


@click.group()
def lm() -> None:
    """Train a language model on text, score text with it, and let it write.

    \b
    nmt lm train --train text.txt --output models/my-language
    nmt lm score --model models/my-language < other.txt
    nmt lm sample --model models/my-language --prefix "Once upon" --top-p 0.95
    nmt lm tune --model models/en-de --lm models/german --valid valid.tsv
    """


_model_option = click.option("--model", required=True, type=directory, help="Directory of the package.")


@lm.command()
@click.option("--train", type=existing_file, multiple=True, required=True, help="Training text in UTF-8. Repeatable.")
@click.option(
    "--valid", type=existing_file, multiple=True, help="Validation text [default: the last part of the training text]."
)
@click.option("--language", help="Code of the text's language, without which nmt translate --lm refuses the model.")
@output_option
@run_dir_option
@restart_option
@click.option(
    "--set", "overrides", multiple=True, metavar="NAME=VALUE", help="Set one setting; see docs/language-model.md."
)
@precision_option
@click.option("--device", default="cpu", show_default=True, help="Device to train on: cpu or cuda.")
@threads_option
@reports_errors
def train(output: Path, run_dir: Path | None, overrides: tuple[str, ...], **rest: Any) -> None:
    """Train a language model, or resume a stopped training.

    \b
    nmt lm train --train text.txt --output models/my-language
    nmt lm train --train text.txt.gz --output models/my-language --set cell=gru --set k=64
    nmt lm train --train sentences.de --language de --output models/german --set symbols=subwords
    """
    need_training_extra()
    import torch
    from rich.console import Console

    from nmt.runtime import available_cpus, check_replaceable
    from nmt.training.language_model.settings import parse_settings
    from nmt.training.language_model.train import LanguageModelRequest, train_language_model
    from nmt.training.run.lock import run_lock

    if (language := rest["language"]) is not None:
        check_language_code("--language", language)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = parse_settings(overrides)
    run = run_dir or Path("runs") / output.name
    if run.resolve().is_relative_to(output.resolve()):
        raise ConfigError(f"--output {output} would replace the run directory {run}: give another --run-dir")
    check_replaceable(output)
    torch.set_num_threads(rest["threads"] or min(torch.get_num_threads(), available_cpus()))
    request = LanguageModelRequest(
        rest["train"], rest["valid"], output, run, rest["precision"], rest["restart"], language
    )
    try:
        with run_lock(run):
            train_language_model(request, settings, torch.device(rest["device"]), Console(stderr=True, markup=False))
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; run the command again to resume from the checkpoint in {run}") from None


@lm.command()
@_model_option
@click.option("--lines", is_flag=True, help="Score each line on its own: log2 p, bits per character, and the line.")
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@reports_errors
def score(model: Path, lines: bool, file: TextIO) -> None:
    """Print how well a model predicts FILE, or standard input: bits per character and perplexity.

    \b
    nmt lm score --model models/my-language text.txt
    nmt lm score --model models/my-language --lines < sentences.txt
    """
    from nmt.language_model import LanguageModel, score_text

    loaded = LanguageModel.load(model)
    if lines:
        _score_lines(loaded, file)
        return
    found = score_text(loaded, map("".join, _blocks(file)))
    if found is None:
        raise ConfigError(f"{file.name}: no text to score; give a file in UTF-8")
    unknown = f", {found.unknown:,} characters outside the vocabulary" if found.unknown else ""
    click.echo(
        f"{found.bits_per_character:.4f} bits per character, perplexity {found.perplexity:.3f} per symbol "
        f"(loss {found.loss:.4f} nats), {found.characters:,} characters, {found.symbols:,} symbols{unknown}"
    )


@lm.command()
@_model_option
@click.option("--prefix", default="", help="Text to continue.")
@click.option("--length", type=click.IntRange(1), default=500, show_default=True, help="Symbols to write.")
@click.option("--temperature", default=1.0, show_default=True, help="Lower: more predictable; 0: the likeliest always.")
@click.option("--top-p", default=1.0, show_default=True, help="Draw from the likeliest symbols with this probability.")
@click.option("--seed", default=1, show_default=True, help="The same seed writes the same text.")
@reports_errors
def sample(model: Path, prefix: str, length: int, temperature: float, top_p: float, seed: int) -> None:
    """Continue a text, shown as it is written.

    \b
    nmt lm sample --model models/my-language --prefix "Once upon" --temperature 0.8 --top-p 0.95
    """
    from nmt.language_model import LanguageModel, SampleOptions

    options = SampleOptions(temperature, top_p, seed)
    loaded = LanguageModel.load(model)
    click.echo(prefix, nl=False)
    for text in loaded.sample(prefix, length, options):
        click.echo(text, nl=False)
    click.echo()


@lm.command()
@data_options("valid", "Pairs whose translations are scored")
@click.option("--model", required=True, type=directory, help="Directory of the translator.")
@click.option("--lm", "language_model", required=True, type=directory, help="Directory of the language model.")
@click.option("--beam-size", type=click.IntRange(2), help="Translations to choose among [default: the package's].")
@reports_errors
def tune(model: Path, language_model: Path, beam_size: int | None, **data: Any) -> None:
    """Find the --lm-weight of nmt translate: print BLEU and chrF of validation pairs with several weights.

    \b
    nmt lm tune --model models/en-de --lm models/german --valid valid.tsv
    nmt lm tune --model models/en-de --lm models/german --beam-size 20 --valid-aligned valid.en valid.de
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.corpus.test_sets import read_test_set
    from nmt.language_model import LanguageModel
    from nmt.runtime import Translator
    from nmt.training.language_model.tuning import tried_weights

    sources = sources_of(data, "valid")
    if not sources:
        raise ConfigError("no validation pairs: give --valid PAIRS.TSV or --valid-aligned SOURCE TARGET")
    loaded = LanguageModel.load(language_model)
    with Translator.load(model) as translator:
        direction = Direction(translator.manifest.source, translator.manifest.target)
        pairs = [pair for source in sources for pair in read_test_set(source, direction).pairs]
        tried: list[Tried] = []
        for each in tried_weights(translator, loaded, pairs, beam_size):
            if not tried:
                click.echo(f"weight  {each.scores.bleu_name:>8}  {'chrF':>8}")
            click.echo(f"{each.weight:6.2f}  {each.scores.bleu:8.2f}  {each.scores.chrf:8.2f}")
            tried.append(each)
    best = max(tried, key=lambda each: each.scores.bleu)
    click.echo(f"best: --lm-weight {best.weight:g}")


def _score_lines(model: LanguageModel, file: TextIO) -> None:
    for block in _blocks(file):
        texts = [line.removesuffix("\n") for line in block]
        for text, log_probs in zip(texts, model.score(texts), strict=True):
            bits = -float(log_probs.sum(dtype="float64")) / math.log(2)
            click.echo(f"{-bits:.3f}\t{bits / (len(text) + 1):.4f}\t{text}")


def _blocks(file: TextIO) -> Iterator[list[str]]:
    """Yield the lines of `file`, with their line breaks, some at a time."""
    try:
        while lines := file.readlines(_BLOCK):
            yield lines
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file.name}: not UTF-8 ({error}); convert it first") from error
