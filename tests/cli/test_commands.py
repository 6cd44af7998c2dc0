"""The `nmt` command as it is typed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from nmt.cli.main import main
from nmt.runtime import CorpusSource, ModelPackage, Translator
from nmt.text import translate_texts
from nmt.training.settings.presets import PRESETS


def nmt(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "nmt", *map(str, arguments)], input=stdin, capture_output=True, check=False
    )


def test_translate_gives_a_line_for_a_line_in_order(package: Path) -> None:
    lines = ["red cat", "", "old dog runs\u2028and sleeps", "  small tree  ", "blue house"]
    done = nmt("translate", "--model", package, "--beam-size", 2, "--threads", 1, stdin="\n".join(lines).encode())
    with Translator.load(package, threads=1) as translator:
        translated = translate_texts(translator, lines, translator.options(beam_size=2))
        expected = [each.text().replace("\n", " ") for each in translated]
    assert done.stderr == b""
    assert done.stdout.decode().split("\n") == [*expected, ""]


def test_a_line_that_is_no_utf8_is_named(package: Path) -> None:
    done = nmt("translate", "--model", package, stdin=b"red cat\ncaf\xe9\n")
    assert done.returncode == 1
    assert b"standard input line 2: byte 3 (0xE9) is not UTF-8" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "",
        "bulk",
        "train",
        "translate",
        "evaluate",
        "serve",
        "corpus",
        "corpus check",
        "corpus select",
        "inspect",
        "inspect gradients",
        "inspect cells",
        "promote",
        "rollback",
        "memory",
        "memory import",
        "memory export",
        "memory stats",
        "suggestions",
        "suggestions export",
    ],
)
def test_every_help_page_shows_an_example(command: str) -> None:
    result = CliRunner().invoke(main, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert f"nmt {command}".strip() in result.output.split("Options:")[0].replace("Usage: nmt", "")


PAIR = ("--source", "a", "--target", "b")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["translate", "--model", "nowhere"], "nowhere: no model package here"),
        (["evaluate", "--model", "nowhere"], "no test pairs: give --test"),
        (["train", "--source", "a", "--target", "b", "--output", "x"], "no training pairs: give --train"),
        (["train", "--train", "LICENSE", "--source", "a", "--output", "x"], "--source and --target are missing"),
        (["train", "--from", "nowhere", "--train", "LICENSE", "--output", "x"], "nowhere: no model package here"),
        (
            ["train", "--source", "a", "--target", "b", "--output", "x", "--train", "a.csv,wieght=2"],
            "option 'wieght=2' is unknown; options are format, source, target, weight, domain",
        ),
        (
            ["train", "--source", "a", "--target", "b", "--output", "x", "--train", "LICENSE", "--test", "gone.tmx"],
            "gone.tmx: cannot be read",
        ),
        (
            ["train", "--source", "a", "--target", "b", "--output", "x", "--set", "colour=red"],
            "setting 'colour=red': expected NAME=VALUE",
        ),
        (
            ["train", "--source", "a", "--target", "b", "--output", "x", "--set", "training.max_updates=many"],
            "--set: training.max_updates: Input should be a valid integer",
        ),
        (
            ["train", "--source", "a", "--target", "b", "--output", "x", "--set", "model.cell=lstn"],
            "Input should be 'lstm', 'gru' or 'rnn'",
        ),
        (["train", "--output", ".", "--train", "a.tsv", *PAIR], "--output . would replace the run directory runs"),
        (["train", "--output", "runs/x", "--train", "a.tsv", *PAIR], "would replace the run directory runs/x: give"),
        (["train", "--output", "docs/recipes", "--train", "a.tsv", *PAIR], "docs/recipes: holds README.md, "),
        (["train", "--output", "x", "--train", "a.tsv", *PAIR, "--device", "gpu"], "--device gpu: trains on cpu or"),
        (["train", "--output", "x", "--train", "a.tsv", *PAIR, "--device", "cuda:99"], "--device cuda:99: torch finds"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_1(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


def test_train_evaluate_and_train_again(tmp_path: Path) -> None:
    """A run of three updates: what matters here is what is written, not how good it is."""
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"number {n} and {m}\tZahl {n} und {m}\n" for n in range(12) for m in range(12)))
    train = ["train", "--train", pairs, "--source", "en", "--target", "de", "--output", tmp_path / "en-de"]
    about = tmp_path / "about.json"
    about.write_text('[{"name": "counting", "licence": "CC0-1.0", "attribution": "nobody"}]')
    train += ["--corpora", about, "--run-dir", tmp_path / "run", "--threads", "1"]
    without_settings = tuple(train)
    train += ["--set", "data.vocabulary_size=300"]
    sizes = ("model.embedding_size=8", "model.encoder_hidden=8", "model.decoder_hidden=8", "training.max_updates=3")
    train += [word for size in sizes for word in ("--set", size)]
    done = nmt(*train)
    assert done.returncode == 0, done.stderr.decode()
    assert b"130 pairs: preset `2k` (5 of its 20 settings are set otherwise)" in done.stderr
    assert b"144 pairs read, 144 kept\nheld out 14 for validation\n" in done.stderr
    assert b"wrote" in done.stderr
    manifest = ModelPackage.open(tmp_path / "en-de").manifest
    assert {score.metric for score in manifest.scores} == {"BLEU", "chrF"}
    assert manifest.corpora == (CorpusSource(name="counting", pairs=144, licence="CC0-1.0", attribution="nobody"),)
    scores = nmt("evaluate", "--model", tmp_path / "en-de", "--test", pairs, "--beam-size", 1)
    assert scores.stdout.startswith(b"BLEU ")
    assert ModelPackage.open(tmp_path / "en-de").manifest == manifest
    recorded = nmt("evaluate", "--model", tmp_path / "en-de", "--test", pairs, "--beam-size", 1, "--record")
    assert [line.split()[1] for line in recorded.stdout.splitlines()] == [
        line.split()[1] for line in scores.stdout.splitlines()
    ]
    package = ModelPackage.open(tmp_path / "en-de")
    assert package.manifest.scores[:2] == manifest.scores
    assert [(score.metric, score.beam_size) for score in package.manifest.scores[2:]] == [("BLEU", 1), ("chrF", 1)]
    card = package.read("CARD.md").decode()
    assert len(re.findall(r"^\| \S+/pairs \| (?:BLEU|chrF) \| [\d.]+ \| 1 \| `", card, re.MULTILINE)) == 2
    assert card.count("## Scores") == card.count("## Made of") == card.count("| counting | 144 |") == 1
    looked = json.loads((tmp_path / "run" / "corpus.json").read_text())
    assert [(item["role"], item["pairs"]) for item in looked["files"]] == [("valid", 14), ("train", 130)]
    assert "<h1>Corpus check: en to de</h1>" in (tmp_path / "run" / "corpus.html").read_text()
    again = nmt(*train)
    assert b"going on from update 3" in again.stderr
    stored = tmp_path / "en-de" / "settings.yaml"
    assert stored.read_bytes() == (tmp_path / "run" / "settings.yaml").read_bytes()
    longer = nmt(*without_settings, "--settings", stored, "--set", "training.max_updates=5")
    assert b"going on from update 3" in longer.stderr
    assert b"update 5: validation loss" in longer.stderr
    size = pairs.stat().st_size
    pairs.write_text("one\teins\n" * 20)
    changed = nmt(*train, "--set", "training.max_updates=6")
    assert changed.returncode == 1
    assert f"{pairs}: was {size:,} bytes".encode() in changed.stderr
    kept = nmt(*train, "--set", "training.max_updates=6", "--keep-corpus")
    assert b"update 6: validation loss" in kept.stderr
    other = nmt(*train, "--keep-corpus", "--set", "training.batch_tokens=700")
    assert other.returncode == 1
    assert b"made with another configuration or corpus (training.batch_tokens was 300 and is 700)" in other.stderr


SMALL = ("data.vocabulary_size=300", "model.embedding_size=8", "model.encoder_hidden=8", "model.decoder_hidden=8")
"""Settings of a model that is quick to measure."""


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_shows_the_plan_and_leaves_nothing_behind(tmp_path: Path) -> None:
    pairs, mine, run = tmp_path / "pairs.tsv", tmp_path / "mine.yaml", tmp_path / "run"
    pairs.write_text("".join(f"number {n} and {m}\tZahl {n} und {m}\n" for n in range(12) for m in range(12)))
    mine.write_text("model: {encoder_hidden: 8, decoder_hidden: 8}\ntraining:\n  patience: 5\n")
    train = ["train", "--train", pairs, "--test", pairs, "--source", "en", "--target", "de", "--run-dir", run]
    train += ["--output", tmp_path / "en-de", "--settings", mine, "--set", "model.embedding_size=8", "--threads", 1]
    train += ["--set", "data.vocabulary_size=300", "--dry-run"]

    def plan(*options: str) -> str:
        before = files_in(tmp_path), sorted(tmp_path.iterdir())
        result = CliRunner().invoke(main, [*map(str, train), *options])
        assert result.exit_code == 0, result.output
        assert (files_in(tmp_path), sorted(tmp_path.iterdir())) == before
        return " ".join(result.output.split())

    first = plan()
    assert "144 pairs read, 144 kept held out 14 for validation 144 test pairs in" in first
    assert "130 pairs: preset `2k` (4 of its 20 settings are set otherwise): so little text" in first
    for row in (
        "model.embedding_size │ 8 │ --set │",
        "training.max_updates │ 3000 │ preset 2k │",
        "training.patience │ 5 │ mine.yaml line 3 │",
        "model.bidirectional │ true │ default │",
    ):
        assert row in first
    for said in (r"Model: [\d,]+ parameters", r"Batches: \d+ an epoch of 130", "Time: About ", "nothing was trained"):
        assert re.search(said, first)
    run.mkdir()
    (run / "last.safetensors").write_bytes(b"a checkpoint")
    (run / "preset.json").write_text('{"name": "old", "up_to": null, "why": "", "values": {"training.max_updates": 9}}')
    assert "training.max_updates │ 9 │ preset old │" in (begun := plan())
    assert "has begun; without --dry-run it goes on" in begun
    assert "training.max_updates │ 3000 │ preset 2k │" in plan("--restart")


def test_a_corpus_is_checked_and_both_reports_written(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"number {n} and {m}\tZahl {n} und {m}\n" for n in range(12) for m in range(12)))
    check = ["corpus", "check", "--train", str(pairs), "--source", "en", "--target", "de"]
    check += ["--html", str(tmp_path / "report.html"), "--json", str(tmp_path / "report.json")]
    result = CliRunner().invoke(main, check + [word for size in SMALL for word in ("--set", size)])
    assert result.exit_code == 0, result.output
    assert "This corpus can be trained on" in result.output
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["training_time"]["updates"] == PRESETS[0].values["training.max_updates"]
    assert "130 pairs: preset `2k`" in report["training_time"]["assumptions"][0]
    assert report["training_time"]["likely_seconds"] > 0
    assert "14 were taken out of the training pairs by their source" in report["notes"][0]
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_units_of_a_memory_are_named_and_standard_input_is_refused(tmp_path: Path) -> None:
    memory, valid, report = tmp_path / "memory.tmx", tmp_path / "valid.csv", tmp_path / "report.json"
    sides = '<tuv xml:lang="en"><seg>one</seg></tuv><tuv xml:lang="de"><seg>eins</seg></tuv>'
    units = "".join(f'<tu tuid="{name}">{sides}</tu>' for name in ("first", "again"))
    memory.write_text(f'<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>')
    valid.write_text("english,deutsch\ntwo,\n")
    options = ["--valid", f"{valid},source=english,target=deutsch", "--source", "en", "--target", "de"]
    options += ["--json", str(report), *(word for size in SMALL for word in ("--set", size))]
    result = CliRunner().invoke(main, ["corpus", "check", "--train", str(memory), *options])
    found = {(item["kind"], item["role"]): item["examples"] for item in json.loads(report.read_text())["findings"]}
    assert [item["place"] for item in found["repeated_pair", "train"]] == ["again"]
    assert [item["place"] for item in found["empty_side", "valid"]] == [2]
    assert "memory.tmx, unit again" in result.output
    piped = CliRunner().invoke(main, ["corpus", "check", "--train", "-,format=tsv", *options])
    assert piped.exit_code == 1
    assert "standard input (-) can be read but once" in piped.output


def test_a_corpus_that_cannot_be_trained_on_fails_the_check(tmp_path: Path) -> None:
    pairs, valid = tmp_path / "pairs.tsv", tmp_path / "valid.tsv"
    pairs.write_text("\tleer\n")
    valid.write_text("one\teins\n")
    options = ["--train", str(pairs), "--valid", str(valid), "--source", "en", "--target", "de"]
    result = CliRunner().invoke(main, ["corpus", "check", *options])
    assert result.exit_code == 1
    assert "no training pair is left after cleaning" in result.output
    assert "Error: training on this corpus is impossible" in result.output


@pytest.mark.parametrize("code", ["", "auto", "English", "EN", "e n", "en,de"])
@pytest.mark.parametrize("command", [["train", "--output", "out"], ["corpus", "check"]])
def test_what_no_request_could_name_is_no_language(command: list[str], code: str, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("one\teins\n")
    for languages in (["--source", code, "--target", "de"], ["--source", "de", "--target", code]):
        result = CliRunner().invoke(main, [*command, "--train", str(pairs), *languages])
        assert result.exit_code == 1
        assert f"{code!r} is no language code" in result.output
