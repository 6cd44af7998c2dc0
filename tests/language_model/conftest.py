"""Small packages with random weights, and the torch models that they were exported from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from nmt.language_model import LanguageModel
from nmt.language_model.symbols import Characters
from nmt.training.language_model.export import export_language_model
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import parse_settings

Made = tuple[LanguageModel, RecurrentLanguageModel]
SYMBOLS = Characters("abcdefgh ")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Made]:
    def make(*overrides: str, int8: bool = False, language: str | None = None) -> Made:
        torch.set_num_threads(1)
        torch.manual_seed(0)
        settings = parse_settings(["hidden=24", "embedding=8", *overrides])
        model = RecurrentLanguageModel(settings, SYMBOLS.size).eval()
        with torch.no_grad():
            model.output.weight *= 3.0  # further from uniform
        export_language_model(tmp_path / "package", model, SYMBOLS, settings, 1.0, int8, language)
        return LanguageModel.load(tmp_path / "package"), model

    return make
