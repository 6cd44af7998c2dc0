"""The systems that are compared: their names, their scripts, and how one is run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import click

SCRIPTS = Path(__file__).parent / "peers"
NAMES = {"own": "this project", "onmt": "OpenNMT-py 3.5.1", "eole": "Eole 0.6.4", "joey": "JoeyNMT 2.3.0"}


def execute(command: Sequence[str], threads: int) -> tuple[str, str]:
    """Standard output and error of `command`, run with so many threads. Raises ClickException when it fails."""
    counts = {variable: str(threads) for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    environment = {**os.environ, **counts, "PYTHONPATH": str(SCRIPTS)}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise click.ClickException(f"{' '.join(command)} failed:\n{(finished.stdout + finished.stderr)[-2000:]}")
    return finished.stdout, finished.stderr
