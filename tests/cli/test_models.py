"""`nmt models` and what the `nmt` command says of itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main

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
    assert done.stdout.split() == ["plain,train", "plain,translate"]
