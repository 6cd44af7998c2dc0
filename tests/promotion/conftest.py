"""Packages that differ: of the same weights made on different days, and of other weights."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from nmt.model import Seq2Seq
from nmt.training.export import Provenance, Trained, export_package

MakePackage = Callable[..., Path]


@pytest.fixture
def make_package(trained: Trained) -> MakePackage:
    """Writes a package; its version follows from the day, and its translations from `scale` of the last weights."""

    def make(directory: Path, day: int = 1, target: str = "xx", scale: float = 1.0) -> Path:
        model: Seq2Seq = copy.deepcopy(trained.model)
        with torch.no_grad():
            model.decoder.combine.weight.mul_(scale)
        command = f"nmt train --day {day}"  # on the card, and so in the version
        provenance = Provenance(directory.name, "en", target, f"2026-01-{day:02d}", command, "")
        export_package(directory, replace(trained, model=model), provenance)
        return directory

    return make
