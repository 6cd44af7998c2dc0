"""What stood where a training writes its package, kept in the run: exports replace it, reports compare with it."""

from __future__ import annotations

import shutil
from pathlib import Path

from nmt.training.room import room_for

BEFORE = "before"
"""In a run directory: the package that its own took the place of; empty when there was none."""


def kept_before(output: Path, run: Path) -> Path:
    """A copy of what stood at `output` when the training in `run` first came to write there. Raises DiskFull.

    Said again after that, the command would find what it wrote itself.
    """
    kept = run / BEFORE
    if not kept.exists():
        partial = run / f"{BEFORE}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        with room_for(kept, partial=partial):
            if output.is_dir():
                shutil.copytree(output, partial)
            else:
                partial.mkdir()
        partial.rename(kept)
    return kept
