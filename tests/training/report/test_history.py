"""How a training went, out of a log that was interrupted, cut, or of an older version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nmt.training.optimization.trainer import Sample
from nmt.training.report.history import History, read_history


def update(number: int, clipped: float = 0.0, **values: Any) -> str:
    made = {
        "event": "update", "update": number, "epoch": 0, "loss": 2.0, "gradient_norm": 0.5, "clipped_share": clipped,
        "learning_rate": 0.001, "tokens_per_second": 100.0, "seconds": number / 10,
    }  # fmt: skip
    return json.dumps({**made, **values})


def evaluation(number: int, loss: float, best: bool = True, **values: Any) -> str:
    made = {"event": "evaluation", "update": number, "loss": loss, "bleu": 1.0, "chrf": 2.0, "best": best}
    return json.dumps({**made, **values})


def read(path: Path, *lines: str) -> History:
    (path / "log.jsonl").write_text("\n".join(lines) + "\n")
    return read_history(path / "log.jsonl")


def test_what_came_after_the_checkpoint_that_training_went_back_to_did_not_happen(tmp_path: Path) -> None:
    history = read(
        tmp_path,
        update(50), update(100), evaluation(100, 3.0), update(150), evaluation(150, 2.0),
        update(120, loss=9.0), update(170), evaluation(150, 2.5),
    )  # fmt: skip
    assert [(point.update, point.loss) for point in history.updates] == [(50, 2.0), (100, 2.0), (120, 9.0), (170, 2.0)]
    assert [(point.update, point.loss) for point in history.evaluations] == [(100, 3.0), (150, 2.5)]


def test_the_share_of_clipped_updates_is_that_of_each_line(tmp_path: Path) -> None:
    # 10 of 50, then 10 more of 50, then none of 100.
    history = read(tmp_path, update(50, 0.2), update(100, 0.2), update(200, 0.1))
    assert [point.clipped_share for point in history.updates] == [0.2, 0.2, 0.0]


def test_a_line_cut_by_a_kill_and_lines_of_another_version_are_left_out(tmp_path: Path) -> None:
    other = '{"event": "update", "update": 100}'
    history = read(tmp_path, update(50), update(100)[:40] + update(100), other, "[1]", "7", update(150))
    assert [point.update for point in history.updates] == [50, 150]
    assert read_history(tmp_path / "nothing") == History()


def test_the_best_evaluation_is_the_last_that_was_best(tmp_path: Path) -> None:
    sample = {"source": "a", "reference": "b", "translation": "c"}
    history = read(
        tmp_path,
        evaluation(10, 3.0),
        evaluation(20, 2.0, samples=[sample], bleu_name="BLEU-eff"),
        evaluation(30, 2.1, best=False),
    )
    assert [point.bleu_name for point in history.evaluations] == ["BLEU", "BLEU-eff", "BLEU"]
    assert history.best is not None
    assert (history.best.update, history.best.samples) == (20, (Sample("a", "b", "c"),))
