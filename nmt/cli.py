"""The `nmt` command. Each subcommand imports what it needs: translating must not wait for torch."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from nmt.command_options import (
    data_options,
    existing_file,
    need_training_extra,
    reports_errors,
    sources_of,
    training_sources,
)
from nmt.corpus_commands import corpus
from nmt.errors import ConfigError, CorpusError
from nmt.key_commands import keys

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
"""

_directory = click.Path(file_okay=False, path_type=Path)


@click.group(help=_HELP)
def main() -> None:
    """Entry point of the `nmt` command."""


main.add_command(corpus)
main.add_command(keys)


@main.command()
@data_options("train", "Training pairs")
@data_options("valid", "Validation pairs; held out of the training pairs when not given")
@data_options("test", "Pairs to score the finished package on")
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@click.option("--output", required=True, type=_directory, help="Package directory to write.")
@click.option("--run-dir", type=_directory, help="Checkpoints and log [default: runs/NAME-OF-OUTPUT].")
@click.option("--keep-corpus", is_flag=True, help="Go on with the pairs as they were read, whatever changed since.")
@click.option("--restart", is_flag=True, help="Forget the checkpoints in the run directory.")
@click.option("--set", "overrides", multiple=True, metavar="NAME=VALUE", help="A setting; see docs/training.md.")
@click.option(
    "--corpora", type=existing_file, help="JSON list of name, licence and attribution of the training sources."
)
@click.option("--precision", type=click.Choice(["int8", "float32"]), default="int8", show_default=True)
@click.option("--device", default=None, help="cpu or cuda [default: cuda if there is one].")
@click.option("--threads", type=click.IntRange(1), help="Processors to train on [default: all].")
@reports_errors
def train(output: Path, run_dir: Path | None, restart: bool, overrides: tuple[str, ...], **rest: Any) -> None:
    """Train a translator from sentence pairs, or go on with a training that was stopped.

    \b
    nmt train --train pairs.tsv --source en --target xx --output models/en-xx
    nmt train --train-aligned a.en.gz a.de.gz --source en --target de \\
        --output models/en-de --set training.max_updates=3000
    nmt train --train memory.tmx.gz --train ui.csv,source=english,target=deutsch,weight=2,domain=ui \\
        --source en --target de --output models/en-de
    """
    need_training_extra()
    import torch
    from rich.console import Console

    from nmt.corpus import Direction
    from nmt.training.prepare import Sources
    from nmt.training.settings import Settings
    from nmt.training.train import TrainRequest, forget_run, train_package

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = Settings.parse(overrides)
    sources = Sources(
        train=training_sources(rest),
        direction=Direction(rest["source"], rest["target"]),
        valid=sources_of(rest, "valid"),
        keep=rest["keep_corpus"],
    )
    run = run_dir or Path("runs") / output.name
    if restart:
        forget_run(run)
    if rest["threads"]:
        torch.set_num_threads(rest["threads"])
    device = torch.device(rest["device"] or ("cuda" if torch.cuda.is_available() else "cpu"))
    request = TrainRequest(
        sources=sources,
        output=output,
        run=run,
        command=shlex.join(["nmt", *sys.argv[1:]]),
        test=sources_of(rest, "test"),
        corpora=rest["corpora"],
        precision=rest["precision"],
    )
    try:
        train_package(request, settings, device, Console(stderr=True))
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; the same command goes on from the checkpoint in {run}") from None


@main.command()
@click.option("--model", required=True, type=_directory, help="Package directory.")
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
@click.option("--model", required=True, type=_directory, help="Package directory.")
@click.option("--beam-size", type=click.IntRange(1), help="1 is greedy [default: the package's].")
@reports_errors
def evaluate(model: Path, beam_size: int | None, **data: Any) -> None:
    """BLEU and chrF of a package on sentence pairs, with sacreBLEU's signatures.

    \b
    nmt evaluate --model models/en-de --test-aligned test.en.gz test.de.gz
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.runtime import ModelPackage
    from nmt.training.train import read_test_set, score_package

    sources = sources_of(data, "test")
    if not sources:
        raise ConfigError("no test pairs: give --test PAIRS.TSV or --test-aligned SOURCE TARGET")
    manifest = ModelPackage.open(model).manifest
    direction = Direction(manifest.source, manifest.target)
    for source in sources:
        for item in score_package(model, str(source.paths[0]), read_test_set(source, direction), beam_size):
            click.echo(f"{item.metric} {item.value:.2f}  {item.test_set}  beam {item.beam_size}  {item.signature}")


@main.command()
@click.option("--models", type=_directory, help="Directory of packages [default: models].")
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
