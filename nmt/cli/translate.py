"""`nmt translate`: translate standard input to standard output, line by line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nmt.cli.options import directory, reports_errors
from nmt.errors import ConfigError, CorpusError

if TYPE_CHECKING:
    from nmt.language_model import LanguageModelReranker
    from nmt.runtime import ModelPackage

_CHUNK_LINES = 2000
"""Lines of standard input translated together."""


@click.command()
@click.option("--model", required=True, type=directory, help="Directory of the package.")
@click.option("--beam-size", type=click.IntRange(1), help="Beam size; 1 is greedy search [default: the package's].")
@click.option("--max-length", type=click.IntRange(1), help="Maximum subwords per translated sentence.")
@click.option(
    "--lm",
    "language_model",
    type=directory,
    help="Directory of a language model of the target language, which helps to choose among the translations found.",
)
@click.option(
    "--lm-weight", type=click.FloatRange(0), help="Weight of the language model; nmt lm tune finds one. [default: 2]"
)
@click.option("--threads", type=click.IntRange(1), help="Number of decoding threads [default: all processors].")
@reports_errors
def translate(
    model: Path,
    beam_size: int | None,
    max_length: int | None,
    language_model: Path | None,
    lm_weight: float | None,
    threads: int | None,
) -> None:
    """Translate standard input to standard output, line by line.

    \b
    nmt translate --model models/en-de --beam-size 5 < in.txt > out.txt
    nmt translate --model models/en-de --lm models/german --beam-size 10 < in.txt > out.txt
    """
    import gc

    from nmt.runtime import ModelPackage, Translator
    from nmt.text import translate_texts

    package = ModelPackage.open(model)
    reranker = _reranker(package, language_model, lm_weight, beam_size)
    with Translator(package, threads=threads, reranker=reranker) as translator:
        gc.freeze()  # what is loaded stays to the end; looking through it takes longer than translating a sentence
        options = translator.options(beam_size=beam_size, max_length=max_length)
        # Read bytes, not text: only a line feed ends a line, so that input and output stay aligned.
        for lines in _chunks(_decoded(sys.stdin.buffer)):
            for translated in translate_texts(translator, lines, options):
                click.echo(translated.text().replace("\n", " ").encode())


def _reranker(
    package: ModelPackage, language_model: Path | None, weight: float | None, beam_size: int | None
) -> LanguageModelReranker | None:
    if language_model is None:
        if weight is not None:
            raise ConfigError(f"--lm-weight {weight} is that of a language model: name its directory with --lm")
        return None
    from nmt.language_model import LanguageModel, LanguageModelReranker

    if (beam_size or package.manifest.decoding.beam_size) == 1:
        raise ConfigError("--beam-size 1 finds one translation, and --lm has nothing to choose from: give more")
    model = LanguageModel.load(language_model)
    return LanguageModelReranker(model, package.manifest.target, *(() if weight is None else (weight,)))


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        try:
            yield line.decode().removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as error:
            raise CorpusError(
                f"standard input line {number}: byte {error.start} (0x{line[error.start]:02X}) is not UTF-8; "
                f"convert the text first, for example with iconv"
            ) from error


def _chunks(lines: Iterator[str]) -> Iterator[list[str]]:
    while chunk := list(islice(lines, _CHUNK_LINES)):
        yield chunk
