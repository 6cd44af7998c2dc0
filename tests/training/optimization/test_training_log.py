"""What a training says: plain lines without control characters, a live picture, and a log for programs."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from nmt.training.optimization.checkpoint import Position
from nmt.training.optimization.evaluation import typical_pairs
from nmt.training.optimization.trainer import Evaluation, Sample, UpdateReport
from nmt.training.optimization.training_log import TrainingLog

SAMPLE = Sample("Good morning!", "Guten Morgen!", "Gut\x1b[31m Morgen!")
EVALUATION = Evaluation(2.5, 12.34, 45.67, (SAMPLE,))


def train(console: Console, path: Path, updates: int, seconds_each: float) -> None:
    """So many updates of 100 tokens, and an evaluation after the last one; every fourth update is clipped."""
    position = Position()
    with TrainingLog(console, path, max_updates=400, done=0) as log:
        for update in range(1, updates + 1):
            position.update = update
            position.seconds += seconds_each
            position.clipped_updates += update % 4 == 0
            report = UpdateReport(update, 3.0 if update % 2 else 5.0, 0.5, 0.001, 100, seconds_each)
            log.updated(report, position)
        log.evaluated(EVALUATION, position, best=True)


def events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def printed(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def lines(updates: int, seconds_each: float, path: Path) -> list[str]:
    console = Console(file=io.StringIO(), width=40)
    train(console, path, updates, seconds_each)
    return printed(console).splitlines()


def test_the_log_sums_up_fifty_updates_and_what_is_left_before_an_evaluation(tmp_path: Path) -> None:
    train(Console(quiet=True), tmp_path / "log.jsonl", 120, 2.0)
    *updates, evaluation = events(tmp_path / "log.jsonl")
    assert [event["update"] for event in updates] == [50, 100, 120]
    assert updates[-1] == {
        "event": "update", "update": 120, "epoch": 0, "loss": 4.0, "gradient_norm": 0.5, "clipped_share": 0.25,
        "learning_rate": 0.001, "tokens_per_second": 50.0, "seconds": 240.0, "seconds_left": 560.0,
    }  # fmt: skip
    assert evaluation == {
        "event": "evaluation", "update": 120, "loss": 2.5, "bleu": 12.34, "chrf": 45.67, "best": True,
        "bleu_name": "BLEU",
        "samples": [{"source": "Good morning!", "reference": "Guten Morgen!", "translation": "Gut\x1b[31m Morgen!"}],
    }  # fmt: skip


def test_without_a_terminal_there_are_whole_lines_and_no_control_characters(tmp_path: Path) -> None:
    assert lines(50, 2.0, tmp_path / "log.jsonl") == [
        "update 50 of 400: loss 4.000, gradient 0.50 (clipped 24%), learning rate 0.001, 50 tokens/s, "
        "11.7 minutes left",
        "update 50: validation loss 2.500, BLEU 12.3, chrF 45.7 (best so far)",
        "  source      Good morning!",
        "  reference   Guten Morgen!",
        "  translation Gut\ufffd[31m Morgen!",
    ]


def test_bleu_of_characters_has_a_name_of_its_own(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=200)
    with TrainingLog(console, tmp_path / "log.jsonl", max_updates=400, done=0) as log:
        log.evaluated(replace(EVALUATION, bleu_name="BLEU-zh"), Position(), best=False)
    assert "validation loss 2.500, BLEU-zh 12.3, chrF 45.7" in printed(console)


@pytest.mark.parametrize(("seconds_each", "said"), [(2.0, [50, 100, 150, 200]), (0.5, [50, 200]), (0.01, [50])])
def test_a_plain_line_comes_at_most_once_a_minute_of_training(
    seconds_each: float, said: list[int], tmp_path: Path
) -> None:
    shown = lines(200, seconds_each, tmp_path / "log.jsonl")
    assert [int(line.split()[1]) for line in shown if " of 400: " in line] == said


def test_a_terminal_shows_the_bar_the_figures_and_the_sentences(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=110, force_terminal=True, force_interactive=True, color_system=None)
    train(console, tmp_path / "log.jsonl", 50, 2.0)
    shown = printed(console)
    for part in ("50/400", "11.7 minutes left", "loss 4.000", "50 tokens/s", "validation loss 2.500", "Guten Morgen!"):
        assert part in shown
    assert "\x1b[31m" not in shown


def test_the_sentences_shown_are_a_shorter_a_middling_and_a_longer_one() -> None:
    sources = ["x" * length for length in (9, 1, 5, 3, 7, 2, 8, 4)]
    assert [len(sources[index]) for index in typical_pairs(sources)] == [3, 5, 8]
    assert typical_pairs(["one"]) == [0]
    assert typical_pairs([]) == []
