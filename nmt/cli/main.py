"""The `nmt` command. Each subcommand imports what it needs: translating must not wait for torch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from nmt.cli.corpus import corpus
from nmt.cli.keys import keys
from nmt.cli.options import data_options, directory, need_training_extra, reports_errors, sources_of
from nmt.cli.promote import promote, rollback
from nmt.cli.suggestions import suggestions
from nmt.cli.train import train
from nmt.errors import ConfigError, CorpusError

_CHUNK_LINES = 2000
"""Lines of standard input translated together."""

_HELP = """Train, use and serve translators of your own.

\b
Look at your sentence pairs:
  nmt corpus check --train pairs.tsv --source en --target xx --html report.html
Train a translator from a file with a source, a tab and a target a line:
  nmt train --train pairs.tsv --source en --target xx --output models/en-xx
Translate, a line in, a line out:
  nmt translate --model models/en-de --beam-size 5 < in.txt > out.txt
Measure it:
  nmt evaluate --model models/en-de --test test.tsv
Serve all translators in models/:
  nmt serve --port 8000
Adapt one to new text, and put it in place if it is no worse:
  nmt train --from models/en-de --train new.tsv --output tuned/en-de
  nmt promote tuned/en-de --to models/en-de --test test.tsv
"""


@click.group(help=_HELP)
def main() -> None:
    """Entry point of the `nmt` command."""


main.add_command(corpus)
main.add_command(keys)
main.add_command(promote)
main.add_command(rollback)
main.add_command(suggestions)
main.add_command(train)


@main.command()
@click.option("--model", required=True, type=directory, help="Package directory.")
@click.option("--beam-size", type=click.IntRange(1), help="1 is greedy [default: the package's].")
@click.option("--max-length", type=click.IntRange(1), help="Most subwords of a translation.")
@click.option("--threads", type=click.IntRange(1), help="Processors to decode on [default: all].")
@reports_errors
def translate(model: Path, beam_size: int | None, max_length: int | None, threads: int | None) -> None:
    """Translate standard input to standard output, a line in, a line out, in order.

    \b
    nmt translate --model models/en-de --beam-size 5 < in.txt > out.txt
    """
    from nmt.runtime import Translator
    from nmt.text import translate_texts

    with Translator.load(model, threads=threads) as translator:
        options = translator.options(beam_size=beam_size, max_length=max_length)
        # Bytes, not text: only a line feed ends a line here, so that input and output stay aligned.
        for lines in _chunks(_decoded(sys.stdin.buffer)):
            for translated in translate_texts(translator, lines, options):
                click.echo(translated.text().replace("\n", " ").encode())


@main.command()
@data_options("test", "Pairs to score on")
@click.option("--model", required=True, type=directory, help="Package directory.")
@click.option("--beam-size", type=click.IntRange(1), help="1 is greedy [default: the package's].")
@reports_errors
def evaluate(model: Path, beam_size: int | None, **data: Any) -> None:
    """BLEU and chrF of a package on sentence pairs, with sacreBLEU's signatures.

    \b
    nmt evaluate --model models/en-de --test-aligned test.en.gz test.de.gz
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.corpus.test_sets import read_test_set
    from nmt.runtime import ModelPackage
    from nmt.training.report.scoring import score_package

    sources = sources_of(data, "test")
    if not sources:
        raise ConfigError("no test pairs: give --test PAIRS.TSV or --test-aligned SOURCE TARGET")
    manifest = ModelPackage.open(model).manifest
    direction = Direction(manifest.source, manifest.target)
    for test in [read_test_set(source, direction) for source in sources]:
        if test.left_out:
            click.echo(test, err=True)
        for item in score_package(model, test, beam_size):
            click.echo(f"{item.metric} {item.value:.2f}  {item.test_set}  beam {item.beam_size}  {item.signature}")


@main.command()
@click.option("--models", type=directory, help="Directory of packages [default: models].")
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="[default: 8000]")
@reports_errors
def serve(models: Path | None, host: str | None, port: int | None) -> None:
    """Serve every package in a directory over HTTP.

    \b
    nmt serve --port 8000
    curl -d '{"q":"Good morning!","source":"en","target":"de"}' \\
        -H 'Content-Type: application/json' localhost:8000/translate
    """
    from service.app import serve as run_server
    from service.settings import Settings

    given: dict[str, Any] = {"models_dir": models, "host": host, "port": port}
    run_server(Settings(**{name: value for name, value in given.items() if value is not None}))


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


if __name__ == "__main__":
    main()
