"""`nmt translate-file`: translate documents, and folders of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nmt.cli.options import directory, reports_errors, threads_option
from nmt.errors import ConfigError, NmtError

if TYPE_CHECKING:
    from nmt.documents import Form, Fragment
    from nmt.text.sentence_translator import SentenceTranslator
    from service.translating.translators import Translators

_STEPS = 1000
"""Steps of the progress bar for each file."""


@click.command("translate-file")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option("--target", required=True, help="Code of the target language.")
@click.option("--source", help="Code of the source language [default: detected in each file].")
@click.option("--models", type=directory, default=Path("models"), show_default=True, help="Directory of packages.")
@click.option("--output", type=directory, help="Directory of the translations [default: beside the files].")
@click.option("--column", help="Column of a table to translate.")
@click.option("--translate-attributes", is_flag=True, help="Also translate alt, title and others in HTML.")
@threads_option
@reports_errors
def translate_file(
    paths: tuple[Path, ...],
    target: str,
    source: str | None,
    models: Path,
    output: Path | None,
    column: str | None,
    translate_attributes: bool,
    threads: int | None,
) -> None:
    """Translate documents, and all documents in folders. notes.txt becomes notes.de.txt.

    A file that already exists is not overwritten.

    \b
    nmt translate-file subtitles.vtt --target de
    nmt translate-file locales --source en --target de --output locales-de
    """
    from service.settings import Settings
    from service.translating.translators import Translators

    files = [(file, _written(file, inside, output, target)) for file, inside in _found(paths, target)]
    if not files:
        raise ConfigError(f"no document in {', '.join(map(str, paths))}: docs/documents.md lists the formats")
    translators = Translators(Settings(models_dir=models, threads=threads))
    job = _Job(translators, source, target, column, translate_attributes)
    failed = 0
    try:
        with _progress(len(files)) as tell:
            for index, (file, written) in enumerate(files):
                try:
                    if written.exists():
                        raise ConfigError(f"{written} exists: move it away, or choose another --output")
                    content = job.translated(file, partial(_tell_inside, tell, index))
                except NmtError as error:
                    failed += 1
                    click.echo(f"{file}: {error}", err=True)
                else:
                    written.parent.mkdir(parents=True, exist_ok=True)
                    written.write_bytes(content)
                    click.echo(written)
                tell(index + 1)
    finally:
        translators.close()
    if failed:
        raise ConfigError(f"{failed} of {len(files)} files not translated")


@dataclass(frozen=True, slots=True)
class _Job:
    """How to translate the files."""

    translators: Translators
    source: str | None
    target: str
    column: str | None
    translate_attributes: bool

    def translated(self, file: Path, tell: Callable[[float], None]) -> bytes:
        """Return the translation of `file`, telling the progress from 0 to 1. Raises NmtError."""
        from nmt.documents import open_document
        from service.documents.fragments import parts

        content = file.read_bytes()
        target = self.translators.code(self.target)
        document = open_document(file.name, content, column=self.column, target=target)
        fragments = document.texts
        source = self.source or self._detected(fragments, target)
        if source == target or not fragments:
            return content
        translator = self.translators.find(source, target)
        texts: list[str] = []
        for part, form in parts(fragments):
            texts += _translated(translator, part, form, self.translate_attributes)
            tell(len(texts) / len(fragments))
        return document.with_texts(texts)

    def _detected(self, fragments: Sequence[Fragment], target: str) -> str:
        import asyncio

        from service.documents.fragments import sample_of
        from service.translating.detection import chosen
        from service.translating.translators import AUTO

        possible = self.translators.sources(target)
        if not possible:
            self.translators.find(AUTO, target)  # raises UnsupportedPair, which lists the pairs
        detector = asyncio.run(self.translators.detector())
        return chosen(detector.detect(sample_of(fragments)), possible, target).language


def _translated(translator: SentenceTranslator, texts: Sequence[str], form: Form, attributes: bool) -> list[str]:
    from nmt.text import Markup, driven, marked_steps, translate_texts

    options = translator.options()
    if form == "text":
        return [each.text() for each in translate_texts(translator, texts, options)]
    languages = translator.manifest.source, translator.manifest.target
    opened = [Markup(text, languages, attributes) for text in texts]
    marked = [text for markup in opened for text in markup.texts]
    translated = iter(driven(marked_steps(marked, translator), translator, options))
    return [markup.with_texts([next(translated) for _ in markup.texts]) for markup in opened]


def _found(paths: Sequence[Path], target: str) -> Iterator[tuple[Path, Path]]:
    """Yield the documents in `paths`, and for each the folders that it is in below its path.

    In folders, hidden files and translations to `target` are left out.
    """
    from nmt.documents import SUPPORTED

    for path in paths:
        if path.is_file():
            yield path, Path()
            continue
        for file in sorted(path.rglob("*")):
            inside = file.relative_to(path)
            is_hidden = any(part.startswith(".") for part in inside.parts)
            is_document = file.suffix.lower() in SUPPORTED and not file.stem.endswith(f".{target}")
            if is_document and not is_hidden and file.is_file():
                yield file, inside.parent


def _written(file: Path, inside: Path, output: Path | None, target: str) -> Path:
    from nmt.documents import written_extension

    folder = file.parent if output is None else output / inside
    return folder / f"{file.stem}.{target}{written_extension(file.name)}"


def _tell_inside(tell: Callable[[float], None], index: int, share: float) -> None:
    """Tell the progress in all files, given that in file number `index`."""
    tell(index + share)


@contextmanager
def _progress(files: int) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on a terminal. Yield a function that takes the number of files done, with fractions."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    try:
        from rich.console import Console
        from rich.progress import Progress
    except ImportError:
        with click.progressbar(length=files * _STEPS, label="Translating", file=sys.stderr) as bar:
            yield lambda done: bar.update(round(done * _STEPS) - bar.pos)
        return
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Translating", total=files)
        yield lambda done: progress.update(task, completed=done)
