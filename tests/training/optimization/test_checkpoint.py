"""Checkpoints: a kill loses nothing that was saved, and what is damaged is noticed and done without."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_training import CONFIG, Recorder, StopAfter, evaluate, in_process, trainer, weights

from nmt.errors import CheckpointDamaged, CheckpointError
from nmt.training.optimization.checkpoint import is_whole
from nmt.training.run.hashed_tensors import read_hashed_tensors, write_hashed_tensors

OFTEN = replace(CONFIG, checkpoint_minutes=1e-9)


def assert_same(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> None:
    assert one.keys() == two.keys()
    for name, tensor in one.items():
        assert torch.equal(tensor, two[name]), name


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, torch.Tensor], list[float]]:
    """The weights and the losses of a training that nothing happened to."""
    whole = trainer(tmp_path_factory.mktemp("whole"))
    whole.run(evaluate, recorder := Recorder())
    return weights(whole), recorder.losses


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory whose last checkpoint is that of update 17; tests must not change it."""
    run = tmp_path_factory.mktemp("stopped")

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer(run, OFTEN).run(evaluate, StopAfter(18, stop))
    return run


@pytest.fixture
def run(stopped: Path, tmp_path: Path) -> Path:
    return shutil.copytree(stopped, tmp_path / "run")


def damage(path: Path) -> None:
    """Turn a bit of the last weight: a file that opens as before."""
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    path.write_bytes(content)


Uninterrupted = tuple[dict[str, torch.Tensor], list[float]]


def test_after_kill_9_training_continues_bit_for_bit(tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    done = subprocess.run(in_process(f"train_and_be_killed({str(tmp_path)!r})"), check=False)
    assert done.returncode == -signal.SIGKILL
    resumed, rest = trainer(tmp_path), Recorder()
    assert resumed.resume()
    assert resumed.position.update == 10
    resumed.run(evaluate, rest)
    assert rest.losses == uninterrupted[1][10:]
    assert_same(weights(resumed), uninterrupted[0])


def test_kills_at_any_moment_change_no_bit_of_what_comes_out(tmp_path: Path, uninterrupted: Uninterrupted) -> None:
    calls = [
        f"train_and_be_killed_again_and_again({str(tmp_path / str(seed))!r}, {OFTEN!r}, {seed})" for seed in (1, 2)
    ]
    done = subprocess.run(in_process(f"print({', '.join(calls)})"), check=True, capture_output=True, text=True)
    assert min(map(int, done.stdout.split())) >= 2
    for seed in (1, 2):
        ended = trainer(tmp_path / str(seed), OFTEN)
        assert ended.resume()
        assert ended.position.update == 24
        ended.run(evaluate, Recorder())
        assert_same(weights(ended), uninterrupted[0])


@pytest.mark.parametrize("harm", ["bit", "cut", "empty", "gone"])
def test_a_damaged_checkpoint_is_done_without_and_nothing_else_is_lost(
    run: Path, uninterrupted: Uninterrupted, harm: str
) -> None:
    last = run / "last.safetensors"
    if harm == "bit":
        damage(last)
    elif harm == "gone":
        last.unlink()
    else:
        os.truncate(last, last.stat().st_size * 3 // 4 if harm == "cut" else 0)
    resumed = trainer(run)
    assert resumed.resume()
    assert resumed.position.update == 16
    notes = " ".join(resumed.notes)
    if harm in {"bit", "cut"}:
        assert "going on from previous.safetensors at update 16, so that 1 updates are made again" in notes
    if harm == "empty":
        assert "so that the updates since then are made again" in notes
    assert (run / "last.damaged").exists() == (harm != "gone")
    resumed.run(evaluate, Recorder())
    assert_same(weights(resumed), uninterrupted[0])


def test_the_best_weights_stand_in_for_the_last_two(run: Path) -> None:
    damage(run / "last.safetensors")
    damage(run / "previous.safetensors")
    resumed = trainer(run)
    assert resumed.resume()
    assert resumed.position.update == 10
    assert "going on from best.safetensors at update 10, so that 7 updates are made again" in resumed.notes[0]
    resumed.run(evaluate, Recorder())


def test_where_nothing_is_whole_the_way_on_is_named(run: Path) -> None:
    for name in ("last", "previous", "best"):
        damage(run / f"{name}.safetensors")
    with pytest.raises(CheckpointDamaged, match=r"last\.safetensors: damaged .*begin again with --restart"):
        trainer(run).resume()


@pytest.mark.parametrize("max_updates", [24, 17])
def test_without_the_best_weights_the_next_evaluation_gives_them(run: Path, max_updates: int) -> None:
    damage(run / "best.safetensors")
    resumed = trainer(run, replace(CONFIG, max_updates=max_updates))
    assert resumed.resume()
    assert "best.safetensors: missing or damaged" in resumed.notes[-1]
    resumed.run(evaluate, recorder := Recorder())
    assert recorder.evaluations == [True] * len(recorder.evaluations)
    assert is_whole(run / "best.safetensors")


def test_a_checkpoint_of_another_configuration_or_corpus_is_refused(run: Path) -> None:
    with pytest.raises(CheckpointError, match=r"or corpus \(the corpus differs; .*remove \S*corpus, .*--restart"):
        trainer(run, fingerprint="other").resume()
    config = replace(CONFIG, batch_tokens=70, learning_rate=0.1)
    with pytest.raises(CheckpointError, match=r"\(training\.batch_tokens was 60 and is 70\)"):
        trainer(run, config, fingerprint="other").resume()
    newer = trainer(run, fingerprint="other")
    newer.label.settings["training"]["discovery"] = False
    with pytest.raises(CheckpointError, match=r"training\.discovery is False, and the version of nmt that began it"):
        newer.resume()


def test_a_setting_of_the_model_that_a_checkpoint_does_not_know_changes_nothing(run: Path) -> None:
    newer = trainer(run)
    assert newer.label.settings["model"]["connection"] == "residual"
    newer.label.settings["model"]["discovery"] = False
    assert newer.resume()
    assert not any("discovery" in note for note in newer.notes)


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=200, deadline=None)
def test_whichever_bit_turns_it_is_noticed(tmp_path_factory: pytest.TempPathFactory, place: float, bit: int) -> None:
    path = tmp_path_factory.getbasetemp() / "sealed"
    write_hashed_tensors(
        path, {"b": torch.arange(30.0), "a": torch.ones(2, 3), "n": torch.tensor(3.0)}, {"format": "2"}
    )
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    with pytest.raises(CheckpointDamaged):
        read_hashed_tensors(path)
