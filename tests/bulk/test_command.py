"""`nmt bulk` as it is typed, where no cluster is needed."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from language_model_packages import write_language_model

from nmt.bulk.plan import STATE
from nmt.cli.main import main
from nmt.training.run.lock import run_lock

MakePackage = Callable[..., Path]

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra cluster")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Two files of lines of eight bytes."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "large.txt").write_text("red cat\n" * 900)
    (tmp_path / "in" / "small.txt").write_text("old dog\n" * 100)
    return tmp_path / "in"


def bulk(package: Path, texts: Path, output: Path, *options: str) -> Result:
    return CliRunner().invoke(
        main, ["bulk", "--model", str(package), "--input", str(texts), "--output", str(output), *options]
    )


def test_a_dry_run_estimates_from_a_sample_and_writes_nothing(package: Path, texts: Path, tmp_path: Path) -> None:
    result = bulk(package, texts, tmp_path / "out", "--dry-run", "--beam-size", "1")
    assert result.exit_code == 0, result.output
    assert "2 files, 0.0 MB, about 1,000 lines by a sample of 300" in result.output
    assert re.search(r"a worker of --threads 1: [\d,]+ lines/s, 0:00:\d\d \(0\.0 processor hours\)", result.output)
    assert "processors like those here: 1 for 1 h, 1 for 8 h, 1 for 24 h" in result.output
    assert not (tmp_path / "out").exists()


def test_input_in_the_output_is_refused(package: Path, texts: Path) -> None:
    result = bulk(package, texts, texts.parent)
    assert result.exit_code == 1
    assert f"holds the input {texts / 'large.txt'}: name an --output apart from the input" in result.output


def test_output_in_the_input_is_refused(package: Path, texts: Path) -> None:
    result = bulk(package, texts, texts / "out")
    assert result.exit_code == 1
    assert "name an --output apart from the input" in result.output


def test_a_second_driver_is_refused(package: Path, texts: Path, tmp_path: Path) -> None:
    from nmt.bulk.translate import LOCKED

    with run_lock(tmp_path / "out" / STATE, LOCKED):
        result = bulk(package, texts, tmp_path / "out")
    assert result.exit_code == 1
    assert "is translating there; wait for it, stop it, or name another --output" in result.output


def test_a_dry_run_of_back_translation_says_what_the_filters_leave_out(
    package: Path, make_package: MakePackage, texts: Path, tmp_path: Path
) -> None:
    forward = make_package(tmp_path / "xx-en", source="xx", target="en")
    write_language_model(tmp_path / "lm", language="xx")
    filters = ["--forward", str(forward), "--least-chrf", "100", "--lm", str(tmp_path / "lm")]
    result = bulk(package, texts, tmp_path / "out", "--dry-run", "--back-translate", "--beam-size", "1", *filters)
    assert result.exit_code == 0, result.output
    assert "0 of 300 pairs kept\nleft out " in result.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--forward", "models/x"), "--forward models/x filters back-translations: say --back-translate too"),
        (("--lm", "models/x"), "--lm models/x filters back-translations: say --back-translate too"),
        (("--back-translate", "--least-chrf", "50"), "--least-chrf 50.0 filters back-translations: say --forward too"),
        (("--back-translate", "--most-perplexity", "2"), "--most-perplexity 2.0 filters back-translations: say --lm"),
    ],
)
def test_an_option_of_filters_that_says_nothing_alone_is_refused(
    package: Path, texts: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    result = bulk(package, texts, tmp_path / "out", *options)
    assert result.exit_code == 1
    assert message in result.output


def test_a_forward_package_and_a_language_model_of_other_languages_are_refused(
    package: Path, texts: Path, tmp_path: Path
) -> None:
    same = bulk(package, texts, tmp_path / "out", "--back-translate", "--forward", str(package))
    assert f"--forward {package} translates en to xx, and --model {package} en to xx: name one for xx to en" in (
        same.output
    )
    write_language_model(tmp_path / "lm", language="en")
    other = bulk(package, texts, tmp_path / "out", "--back-translate", "--lm", str(tmp_path / "lm"))
    assert "is for en, and the translations are in xx" in other.output
