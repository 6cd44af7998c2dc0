"""`nmt models` and what the `nmt` command says of itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.language_model.character_ngrams import unpack_models
from nmt.runtime import KnownWords, ModelPackage, Translator
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.manifest import ARRAYS
from nmt.runtime.short_lists import ShortLists
from nmt.text import translate_texts
from nmt.training.data import short_lists
from tokenizer import END_ID, SubwordTokenizer

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture
def models(package: Path, tmp_path: Path) -> Path:
    """A directory with one package."""
    shutil.copytree(package, tmp_path / "models" / package.name)
    return tmp_path / "models"


def test_the_list_gives_each_package_with_its_languages_and_size(models: Path) -> None:
    listed = run("models", "list", "--models", models)
    name, languages, precision, size, scores = listed.output.strip().split("\t")
    assert (name, languages, precision, scores) == ("en-xx", "en to xx", "int8", "no scores")
    assert size.endswith(" MB")


def test_both_kinds_of_packages_are_listed_and_checked(models: Path, make_captioner: Callable[..., Path]) -> None:
    make_captioner(models / "captions-de", "de")
    listed, checked = run("models", "list", "--models", models), run("models", "check", "--models", models)
    assert [line.split("\t")[:3] for line in listed.output.splitlines()] == [
        ["captions-de", "pictures to de", "int8"],
        ["en-xx", "en to xx", "int8"],
    ]
    assert checked.exit_code == 0
    assert checked.output.count("intact, version") == 2


def test_whole_packages_pass_the_check(models: Path) -> None:
    checked = run("models", "check", "--models", models)
    assert checked.exit_code == 0
    assert checked.output.startswith("en-xx\tintact, version ")


def test_a_changed_file_is_named_and_fails_the_check(models: Path) -> None:
    (models / "en-xx" / "CARD.md").write_text("other")
    checked = run("models", "check", "--models", models)
    assert checked.exit_code == 1
    assert "CARD.md" in checked.output
    assert "1 of the packages" in checked.output
    assert "damaged" in run("models", "list", "--models", models).output


def test_character_models_and_known_words_are_added_to_a_package_and_replaced_by_those_of_other_text(
    models: Path, tmp_path: Path
) -> None:
    pairs, package = tmp_path / "pairs.tsv", models / "en-xx"
    pairs.write_text("red cat\tkabo tiru\n")
    before = ModelPackage.open(package).manifest
    done = run("models", "learn", package, "--train", pairs)
    assert done.exit_code == 0, done.output
    assert "2 words of en, 2 words of xx" in done.output
    opened = ModelPackage.open(package)
    learned = {"characters.npz": "", "known_words.npz": "", "dictionary.npz": ""}
    assert {**opened.manifest.files, **learned} == {**before.files, **learned}
    known = KnownWords.of_bytes(opened.read("known_words.npz"))
    assert "red" in known
    assert "kabo" not in known
    assert set(unpack_models(opened.read("characters.npz"))) == {"en", "xx"}
    assert "word_beginnings.npz" not in opened.manifest.files  # half of the words of further text would be new
    run("models", "learn", package, "--train", pairs, "--train", pairs)
    assert "word_beginnings.npz" in ModelPackage.open(package).manifest.files
    read = unpack_models(ModelPackage.open(package).read("characters.npz"))
    assert {language: model.words for language, model in read.items()} == {"en": 4, "xx": 4}


def test_short_lists_are_learned_only_if_asked_for_and_open_the_translations_of_the_pairs(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_lists, "FREQUENT", 1)
    pairs, package = tmp_path / "pairs.tsv", models / "en-xx"
    pairs.write_text("red cat\tkabo tiru\nred\tkabo\ncat\ttiru\n")

    def lists() -> ShortLists:
        with ModelPackage.open(package).open_file(ARRAYS) as file:
            found = ModelArrays.read(file).short_lists
        assert found is not None
        return found

    before = lists()
    run("models", "learn", package, "--train", pairs)
    assert np.array_equal(lists().translations, before.translations)
    done = run("models", "learn", package, "--short-lists", "--train", pairs, "--train", f"{pairs},weight=2")
    assert done.exit_code == 0, done.output
    assert "short lists: 2 subwords" in done.output  # the most frequent, and <END>
    vocabulary = ModelPackage.open(package).manifest.vocabulary
    source, target = (
        SubwordTokenizer((package / side.file).read_bytes()) for side in (vocabulary.source, vocabulary.target)
    )
    seen = {*target.encode("kabo tiru"), *target.encode("tiru"), END_ID}
    for text, right in (("red", "kabo"), ("cat", "tiru")):
        assert set(target.encode(right)) <= set(lists().of(source.encode(text), []).tolist()) <= seen
    with Translator.load(package) as translator:
        assert translate_texts(translator, ["red cat"], translator.options())[0].text()


def test_weights_that_leave_no_pairs_give_no_short_lists(models: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("red cat\tkabo tiru\n")
    before = (models / "en-xx" / "manifest.json").read_bytes()
    failed = run("models", "learn", models / "en-xx", "--short-lists", "--train", f"{pairs},weight=0.1")
    assert failed.exit_code == 1
    assert "raise the weights" in failed.output
    assert (models / "en-xx" / "manifest.json").read_bytes() == before


def test_nothing_can_be_learned_without_words(models: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("1\t2\n")
    before = (models / "en-xx" / "manifest.json").read_bytes()
    failed = run("models", "learn", models / "en-xx", "--train", pairs)
    assert failed.exit_code == 1
    assert "no words to learn from" in failed.output
    assert "no training pairs" in run("models", "learn", models / "en-xx").output
    assert (models / "en-xx" / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("command", ["list", "check"])
def test_a_directory_without_packages_is_named_with_the_remedy(command: str, tmp_path: Path) -> None:
    empty = run("models", command, "--models", tmp_path)
    assert empty.exit_code == 1
    assert str(tmp_path) in empty.output
    assert "nmt train" in empty.output
    assert "no such directory" in run("models", command, "--models", tmp_path / "absent").output


def test_the_version_is_that_of_the_project() -> None:
    version = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    assert run("--version").output == f"nmt, version {version}\n"


def test_the_shell_completes_commands() -> None:
    environment = {**os.environ, "_NMT_COMPLETE": "bash_complete", "COMP_WORDS": "nmt tr", "COMP_CWORD": "1"}
    code = "from nmt.cli.main import main; main(prog_name='nmt')"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["plain,train", "plain,translate", "plain,translate-file"]
