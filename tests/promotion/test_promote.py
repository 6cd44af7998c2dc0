"""`nmt promote` installs what is no worse and says why not; a running service follows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from servers import running_server

from nmt.cli.main import main
from nmt.promotion.comparing import loop_criterion, time_criterion
from nmt.runtime import ModelPackage, Translator
from service.settings import Settings

MakePackage = Callable[..., Path]


def nmt(*arguments: object) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def version(place: Path) -> str:
    return ModelPackage.open(place).manifest.version


@pytest.fixture
def served(make_package: MakePackage, tmp_path: Path) -> Path:
    return make_package(tmp_path / "models" / "en-xx", day=1)


@pytest.fixture
def pairs(served: Path, tmp_path: Path) -> Path:
    """Test pairs whose targets are what the served package says."""
    sources = [f"{one} {two} {three}" for one in ("red", "old") for two in ("cat", "dog") for three in ("runs", "and")]
    with Translator.load(served, threads=1) as translator:
        results = translator.translate(sources)
    lines = [json.dumps({"source": result.source, "target": result.text}) for result in results]
    (tmp_path / "pairs.jsonl").write_text("\n".join(lines * 13))
    return tmp_path / "pairs.jsonl"


def until(client: httpx.Client, expected: str) -> None:
    end = time.monotonic() + 20.0
    while (found := client.get("/ready").json()["models"]["en-xx"]) != expected:
        assert time.monotonic() < end, f"still {found}"


def test_a_running_service_takes_up_what_is_promoted_and_what_is_rolled_back(
    served: Path, pairs: Path, make_package: MakePackage, tmp_path: Path
) -> None:
    before = version(served)
    candidate = make_package(tmp_path / "tuned" / "en-xx", day=2)
    with running_server(Settings(models_dir=served.parent, threads=1, reload_seconds=0.05)) as client:
        promoted = nmt("promote", candidate, "--to", served, "--test", pairs)
        assert promoted.exit_code == 0, promoted.output
        assert "WORSE" not in promoted.output
        until(client, version(candidate))
        assert nmt("rollback", served).exit_code == 0
        until(client, before)
    again = nmt("rollback", served)
    assert again.exit_code == 1
    assert "no earlier version is kept" in again.output


def test_a_worse_package_is_not_promoted_and_the_criterion_named(
    served: Path, pairs: Path, make_package: MakePackage, tmp_path: Path
) -> None:
    before = version(served)
    result = nmt("promote", make_package(tmp_path / "tuned" / "en-xx", scale=-1.0), "--to", served, "--test", pairs)
    assert result.exit_code == 1
    assert "WORSE" in result.output
    assert f"is not put in place: BLEU on {pairs}" in result.output.replace("\n", "")
    assert version(served) == before


def test_a_package_ruined_on_short_segments_is_refused_by_a_score_that_can_be_measured(
    served: Path, make_package: MakePackage, tmp_path: Path
) -> None:
    """No reference has four words, so BLEU is 0 for the perfect package and for the ruined one."""
    before = version(served)
    sources = [f"{one} {two}" for one in ("red", "old", "blue") for two in ("cat", "dog", "tree", "house")]
    with Translator.load(served, threads=1) as translator:
        results = translator.translate(sources)
    buttons = [(result.source, " ".join(result.text.split()[:3])) for result in results if result.text]
    lines = [json.dumps({"source": source, "target": target}) for source, target in buttons]
    short = tmp_path / "buttons.jsonl"
    short.write_text("\n".join(lines * 50))
    evaluated = nmt("evaluate", "--model", served, "--test", short)
    assert evaluated.stdout.startswith("BLEU-eff ")
    assert "BLEU cannot be measured" in evaluated.stderr
    result = nmt("promote", make_package(tmp_path / "tuned" / "en-xx", scale=-1.0), "--to", served, "--test", short)
    assert result.exit_code == 1
    said = result.output.replace("\n", "")
    assert f"is not put in place: BLEU-eff on {short}, chrF on {short}" in said
    assert "BLEU cannot be measured" in said
    assert version(served) == before


def test_the_first_package_is_installed_when_it_translates(
    served: Path, pairs: Path, make_package: MakePackage, tmp_path: Path
) -> None:
    place = tmp_path / "elsewhere" / "en-xx"
    few = tmp_path / "few.tsv"
    few.write_text("red\tder\n" * 9)  # enough where nothing is compared
    result = nmt("promote", make_package(tmp_path / "tuned" / "en-xx"), "--to", place, "--test", few)
    assert result.exit_code == 0, result.output
    assert version(place) == version(tmp_path / "tuned" / "en-xx")
    assert "is version" in nmt("promote", tmp_path / "tuned" / "en-xx", "--to", place, "--test", pairs).output


def test_of_a_damaged_package_in_place_the_way_back_is_named(
    served: Path, pairs: Path, make_package: MakePackage, tmp_path: Path
) -> None:
    candidate = make_package(tmp_path / "tuned" / "en-xx", day=2)
    (served / "step.onnx").write_bytes(b"damaged")
    result = nmt("promote", candidate, "--to", served, "--test", pairs)
    assert result.exit_code == 1
    assert f"nmt rollback {served} brings back" in result.output


def test_bleu_of_a_target_language_without_spaces_is_of_characters(make_package: MakePackage, tmp_path: Path) -> None:
    candidate = make_package(tmp_path / "tuned" / "en-ja", target="ja")
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("red\t赤い猫だ\n")
    result = nmt("promote", candidate, "--to", tmp_path / "models" / "en-ja", "--test", pairs)
    assert result.exit_code == 0, result.output
    assert "BLEU-char on" in result.output
    found = nmt("evaluate", "--model", candidate, "--test", pairs).output
    assert found.startswith("BLEU-char ")
    assert "|tok:char|" in found


def test_unfinished_entries_of_a_test_file_are_counted(make_package: MakePackage, tmp_path: Path) -> None:
    candidate = make_package(tmp_path / "tuned" / "en-xx")
    pairs = tmp_path / "pairs.po"
    pairs.write_text('msgid "red"\nmsgstr "der rote und alte"\n\n#, fuzzy\nmsgid "cat"\nmsgstr "Hund"\n')
    expected = f"1 test pairs in {pairs}; left out 1: marked as not finished\n"
    assert nmt("evaluate", "--model", candidate, "--test", pairs).stderr == expected
    promoted = nmt("promote", candidate, "--to", tmp_path / "models" / "en-xx", "--test", pairs)
    assert promoted.exit_code == 0, promoted.output
    assert promoted.stderr == expected


def test_what_a_service_could_not_take_up_is_refused(
    served: Path, pairs: Path, make_package: MakePackage, tmp_path: Path
) -> None:
    other = make_package(tmp_path / "tuned" / "en-yy", target="yy")
    twin = make_package(tmp_path / "tuned" / "en-xx", day=2)
    few = tmp_path / "few.tsv"
    few.write_text("red\tder\n" * 99)
    for arguments, message in (
        ((other, "--to", served, "--test", pairs), "translates en to yy, but"),
        ((twin, "--to", served.parent / "again", "--test", pairs), "move it out of"),
        ((twin, "--to", served), "no test pairs to compare on"),
        ((twin, "--to", served, "--test", few), f"{few}: 99 test pairs, on which either package may come out ahead"),
        ((tmp_path / "nowhere", "--to", served, "--test", pairs), "no model package here"),
    ):
        result = nmt("promote", *arguments)
        assert result.exit_code == 1
        assert message in result.output


def test_loops_may_not_become_more_than_one_in_five_hundred_more() -> None:
    assert loop_criterion(3, 5, 1000).holds
    assert not loop_criterion(3, 6, 1000).holds
    assert loop_criterion(3, 0, 100).holds
    assert not loop_criterion(0, 1, 100).holds


def test_time_is_compared_sentence_by_sentence() -> None:
    assert time_criterion([1.0, 2.0, 9.0], [1.1, 2.2, 90.0]).holds  # one was disturbed
    assert not time_criterion([1.0, 2.0, 9.0], [1.3, 2.6, 9.0]).holds


def test_a_directory_that_cannot_be_written_is_named(served: Path) -> None:
    (served.parent / ".previous").mkdir()
    (served.parent / ".previous" / served.name).write_text("in the way")
    result = nmt("rollback", served)
    assert result.exit_code == 1
    assert f"{served}: cannot be changed" in result.output
