"""Two trainings in one run directory: the second is refused, and told who the first is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nmt.errors import RunBusy
from nmt.training.run.lock import run_lock

HOLD = """
import sys
from pathlib import Path
from nmt.training.run.lock import run_lock
with run_lock(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_a_second_training_is_refused_until_the_first_has_ended_even_by_kill_9(tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-c", HOLD, str(run)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"locked\n"
        message = rf"run: process {first.pid} is training there; wait for it, stop it, or train into another --run-dir"
        for _ in range(2):
            with pytest.raises(RunBusy, match=message), run_lock(run):
                pass
        first.kill()
    with run_lock(run):
        assert (run / "lock").read_text() == f"{os.getpid()}\n"


def test_a_directory_in_which_nothing_was_written_is_taken_away(tmp_path: Path) -> None:
    for name in ("empty", "used"):
        with run_lock(tmp_path / name):
            if name == "used":
                (tmp_path / name / "log.jsonl").touch()
    assert os.listdir(tmp_path) == ["used"]
