"""`nmt models`: list and check the packages in a directory, and add to one what is learned from text in seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nmt.cli.options import data_options, directory, need_training_extra, reports_errors, training_sources
from nmt.errors import ConfigError, PackageError

if TYPE_CHECKING:
    from nmt.runtime import PackageManifest, Score


@click.group()
def models() -> None:
    """List the packages in a directory, check their files, and add what is learned from text."""


_models_option = click.option(
    "--models", type=directory, default=Path("models"), show_default=True, help="Directory of packages."
)


@models.command(name="list")
@_models_option
@reports_errors
def list_models(models: Path) -> None:
    """List packages with languages, precision, size and scores.

    A captioner translates pictures to its language.

    \b
    nmt models list --models models
    """
    for path in _packages(models):
        try:
            manifest, languages = _opened(path)
        except PackageError as error:
            click.echo(f"{path.name}\tdamaged: {error}")
            continue
        megabytes = sum((path / name).stat().st_size for name in manifest.files) / 1e6
        columns = (
            path.name,
            languages,
            str(manifest.model.get("precision", "float32")),
            f"{megabytes:.1f} MB",
            _scores(manifest.scores),
        )
        click.echo("\t".join(columns))


@models.command()
@_models_option
@reports_errors
def check(models: Path) -> None:
    """Compare the files of all packages with their hashes.

    The hashes are in the manifests. Exit code 1 means that a file differs.

    \b
    nmt models check --models models
    """
    damaged = 0
    for path in _packages(models):
        try:
            click.echo(f"{path.name}\tintact, version {_opened(path)[0].version}")
        except PackageError as error:
            damaged += 1
            click.echo(f"{path.name}\tdamaged: {error}")
    if damaged:
        raise ConfigError(f"{damaged} of the packages in {models} are damaged: copy them or train them again")


@models.command()
@data_options("train", "Pairs in the package's languages")
@click.option(
    "--short-lists",
    is_flag=True,
    help="Also learn the target words that each source word opens, which makes translation faster. Words that the "
    "pairs do not have are lost, so give all that the package was trained on.",
)
@click.argument("package", type=directory)
@reports_errors
def learn(package: Path, short_lists: bool, **data: Any) -> None:
    """Add to a package what is learned from text in seconds.

    This is the character models, which detect its languages; the known words and how they are written, so that other
    names are carried through and case makes no difference; the dictionary for words that stand alone; and how words of
    the target language begin, so that a search avoids words that do not exist. `nmt train` adds them by itself; this
    command is for packages of earlier versions and for more text. Give the most trusted text the largest weight: its
    translations of a word come first. The package is replaced only when the new one is complete.

    \b
    nmt models learn models/en-de --train-aligned train.en.gz train.de.gz
    nmt models learn models/en-de --short-lists --train-aligned train.en.gz train.de.gz
    """
    from nmt.corpus import Direction, read_pairs
    from nmt.language_model.character_ngrams import learn_models, pack_models
    from nmt.language_model.dictionary import learn_dictionary
    from nmt.language_model.known_words import learn_known_words
    from nmt.language_model.word_beginnings import learn_word_beginnings
    from nmt.runtime import ModelPackage
    from nmt.runtime.manifest import ARRAYS, CHARACTERS, DICTIONARY, KNOWN_WORDS, WORD_BEGINNINGS
    from nmt.runtime.package import rewrite_package

    if short_lists:
        need_training_extra()

    opened = ModelPackage.open(package)
    direction = Direction(opened.manifest.source, opened.manifest.target)
    sources = training_sources(data)

    def texts() -> Iterator[tuple[str, str]]:
        return ((pair.source, pair.target) for source in sources for pair in read_pairs(source, direction))

    def weighted_texts() -> Iterator[tuple[str, str, float]]:
        for source in sources:
            yield from ((pair.source, pair.target, source.weight) for pair in read_pairs(source, direction))

    found = learn_models(texts(), (direction.source, direction.target))
    if not found:
        raise ConfigError("the pairs have no words to learn from: give text with letters")
    contents = {
        CHARACTERS: pack_models(found),
        KNOWN_WORDS: learn_known_words(texts()).to_bytes(),
        DICTIONARY: learn_dictionary(weighted_texts).to_bytes(),
    }
    beginnings = learn_word_beginnings((target for _, target in texts()), opened.tokenizers()[1])
    if beginnings is not None:
        contents[WORD_BEGINNINGS] = beginnings.to_bytes()
    if short_lists:
        from nmt.training.fine_tuning.package_short_lists import with_short_lists
        from nmt.training.fine_tuning.start import Start

        lists, contents[ARRAYS] = with_short_lists(Start.open(package), sources)
        more = (lists.translations < lists.padding).sum(axis=1).mean()
        click.echo(f"{package}\tshort lists: {len(lists.always):,} subwords, {more:.0f} more for each of the source")
    rewrite_package(opened, contents)
    words = ", ".join(f"{model.words:,} words of {language}" for language, model in found.items())
    for name, content in contents.items():
        click.echo(f"{package / name}\t{len(content) / 1000.0:.0f} kB, learned from {words}")


def _scores(scores: Sequence[Score]) -> str:
    """Return the scores on the first test set, and the number of other sets."""
    if not scores:
        return "no scores"
    first = [score for score in scores if score.test_set == scores[0].test_set]
    others = len({score.test_set for score in scores}) - 1
    shown = ", ".join(f"{score.metric} {score.value:.1f}" for score in first)
    return f"{shown} on {scores[0].test_set}" + f" and scores on {others} more sets" * bool(others)


def _opened(path: Path) -> tuple[PackageManifest, str]:
    """Return the manifest of a package of any kind, and what it does. Raises PackageError."""
    from nmt.caption import CaptionManifest, CaptionPackage
    from nmt.language_model.package import LanguageModelManifest, LanguageModelPackage
    from nmt.runtime import ModelPackage
    from nmt.runtime.package import package_kind

    kind = package_kind(path)
    if kind == CaptionManifest.KIND:
        captioner = CaptionPackage.open(path).manifest
        return captioner, f"pictures to {captioner.language}"
    if kind == LanguageModelManifest.KIND:
        return LanguageModelPackage.open(path).manifest, "language model"
    translator = ModelPackage.open(path).manifest
    return translator, f"{translator.source} to {translator.target}"


def _packages(directory: Path) -> list[Path]:
    from nmt.runtime.package import packages_in

    if not directory.is_dir():
        raise ConfigError(f"{directory}: no such directory; give --models DIRECTORY")
    found = list(packages_in(directory, None))
    if not found:
        raise ConfigError(f"{directory}: no model packages here; train one with: nmt train --output {directory}/en-xx")
    return found
