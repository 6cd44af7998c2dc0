"""Two processes under torchrun: what one process would compute, what survives a kill, and one sentence at the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
import torch
from tiny_training import Recorder, evaluate, trainer

from nmt.errors import CheckpointError
from nmt.runtime import ModelPackage
from nmt.runtime.manifest import CHARACTERS, DICTIONARY, KNOWN_WORDS, WORD_BEGINNINGS
from nmt.training.optimization.distributed import Ranks
from nmt.training.run.files import LAST
from nmt.training.run.hashed_tensors import read_hashed_tensors, read_metadata

T = TypeVar("T")
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """What two processes did: a training, the same stopped and taken up, and one with a NaN in the second process."""
    directory = tmp_path_factory.mktemp("two")
    script = directory / "train.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        f"from tiny_training import *; train_as_one_of_several({str(directory)!r})"
    )
    return directory, subprocess.run([*TORCHRUN, str(script)], capture_output=True, text=True, check=False)


Two = tuple[Path, subprocess.CompletedProcess[str]]


def test_two_processes_do_what_one_does_with_the_summed_batches(tmp_path: Path, two: Two) -> None:
    alone = trainer(tmp_path)
    alone.position.batches_an_update = 2
    alone.run(evaluate, recorder := Recorder())
    together = json.loads((two[0] / "losses.json").read_text())
    assert together["tokens"] == recorder.tokens
    torch.testing.assert_close(together["losses"], recorder.losses, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(together["norms"], recorder.norms, rtol=1e-3, atol=1e-3)
    tensors, _ = read_hashed_tensors(two[0] / "whole" / LAST)
    for name, expected in read_hashed_tensors(tmp_path / LAST)[0].items():
        torch.testing.assert_close(tensors[name], expected, rtol=1e-3, atol=1e-3)


def test_all_have_what_the_first_one_has(two: Two) -> None:
    taken = [json.loads((two[0] / f"taken-by-{rank}.json").read_text()) for rank in (0, 1)]
    assert taken == [[[0.0] * 3] * 2] * 2


def test_two_processes_stopped_and_taken_up_give_the_same_bits(two: Two) -> None:
    whole, stopped = (read_hashed_tensors(two[0] / name / LAST)[0] for name in ("whole", "stopped"))
    assert whole.keys() == stopped.keys()
    assert all(torch.equal(tensor, stopped[name]) for name, tensor in whole.items())


def test_a_nan_in_one_process_stops_all_with_one_sentence(two: Two) -> None:
    _, done = two
    assert done.returncode == 1
    assert done.stdout.count("a lower learning rate") == 1
    assert done.stdout.startswith("after 0 updates: loss nan")


def test_fewer_processes_go_on_with_the_same_batches_and_more_are_refused(two: Two) -> None:
    alone = trainer(two[0] / "stopped")
    assert alone.resume()
    assert alone.position.batches_an_update == 2
    assert "began with 2 processes: 1 do the same work, and take longer" in alone.notes
    with pytest.raises(CheckpointError, match=r"began with 2 processes .*: 3 are too many; start 2 or fewer"):
        trainer(two[0] / "stopped", ranks=InconsistentTranslations(0, 3)).resume()


class InconsistentTranslations(Ranks):
    """As many processes as are said, of which only this one is there."""

    def of_first(self, function: Callable[[], T]) -> T:
        return function()


def test_nmt_train_is_killed_and_goes_on_and_writes_a_package(tmp_path: Path, package: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"number {n} and {m}\tZahl {n} und {m}\n" for n in range(12) for m in range(12)))
    run, output = tmp_path / "run", tmp_path / "en-de"
    settings = {
        "data.vocabulary_size": 300,
        "model.embedding_size": 8,
        "model.encoder_hidden": 8,
        "model.decoder_hidden": 8,
        "training.batch_tokens": 150,
        "training.max_updates": 100_000,
        "training.evaluate_every": 1,
        "training.evaluate_pairs": 4,
    }

    def command() -> list[str]:
        given = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        paths = ["--train", str(pairs), "--output", str(output), "--run-dir", str(run)]
        return [*TORCHRUN, "-m", "nmt", "train", "--source", "en", "--target", "de", "--device", "cpu", *paths, *given]

    with subprocess.Popen(command(), stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        assert any("update 3: validation loss" in line for line in first.stderr)
        os.kill(int((run / "lock").read_text()), signal.SIGKILL)
        first.stderr.read()
        assert first.wait() != 0
    saved = json.loads(read_metadata(run / LAST)["position"])["update"]
    assert saved >= 2
    settings["training.max_updates"] = saved + 3
    done = subprocess.run(command(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("going on from update") == done.stderr.count("wrote ") == 1
    made = ModelPackage.open(output)
    learned = {CHARACTERS, KNOWN_WORDS, DICTIONARY, WORD_BEGINNINGS}
    assert set(made.manifest.files) == set(ModelPackage.open(package).manifest.files) | learned
    assert "torchrun --nproc-per-node 2 -m nmt train --source en" in (output / "CARD.md").read_text()


def test_one_that_is_alone_exchanges_nothing() -> None:
    alone, tensor = Ranks(), torch.ones(3)
    alone.wait()
    alone.take_from_first([tensor])
    alone.sum([tensor])
    assert tensor.tolist() == [1.0, 1.0, 1.0]
    assert alone.of_first(lambda: 5) == 5
    assert alone.share(range(4)) == range(4)


def test_the_ranks_share_everything_between_them() -> None:
    shares = [Ranks(rank, 3).share(range(8)) for rank in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(8))
