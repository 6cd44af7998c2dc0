"""Names of the files in a run directory, and which of them `--restart` removes."""

from __future__ import annotations

import shutil
from pathlib import Path

LAST, PREVIOUS, BEST = "last.safetensors", "previous.safetensors", "best.safetensors"
"""Checkpoints: the latest, the one before it, and the one with the best weights so far."""
LOG = "log.jsonl"
"""One JSON object per logged update, evaluation and note."""
SETTINGS = "settings.yaml"
"""All settings of a training, both in its run directory and in its package."""
PRESET = "preset.json"
"""The preset that a training began with; later versions may change the values of a preset."""
ENCODED = "corpus"
"""The directory of the encoded corpus."""
START = "start.json"
"""The package that fine-tuning started from; its tokenizers are beside this file."""
BEFORE = "before"
"""A copy of the package that the new one replaced; empty when there was none."""
UNTAUGHT = "untaught"
"""Directory of the encoded corpus without teachers, its text, and the teachers' translations of it."""
DISTILLATION_CORPUS = f"{UNTAUGHT}/lesson.json"
"""Record of the teachers of a distillation corpus; written once they have translated everything."""

_REMOVED_BY_RESTART = (
    ENCODED, DISTILLATION_CORPUS, BEFORE, "*.spm", "*.safetensors", "*.damaged", "*.partial", LOG, START, SETTINGS,
    PRESET, "settings.json", "standard-input", "corpus.html", "corpus.json", "report.html", "report.json",
)  # fmt: skip
"""Everything a training writes, except its lock and the teachers' translations, which are slow to produce."""


def has_begun(run: Path) -> bool:
    """Return whether `run` has checkpoints of a training."""
    return any((run / name).exists() for name in (LAST, PREVIOUS, BEST))


def forget_run(run: Path) -> None:
    """Remove an earlier training from `run`, which this process has locked. Files not written by a training stay."""
    for pattern in _REMOVED_BY_RESTART:
        for path in run.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
