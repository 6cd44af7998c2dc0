"""Small packages with random weights, and the torch models that they were exported from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from language_model_packages import write_language_model

from nmt.language_model import LanguageModel
from nmt.training.language_model.network import RecurrentLanguageModel

Made = tuple[LanguageModel, RecurrentLanguageModel]


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Made]:
    def make(*overrides: str, int8: bool = False, language: str | None = None) -> Made:
        model = write_language_model(tmp_path / "package", *overrides, int8=int8, language=language)
        return LanguageModel.load(tmp_path / "package"), model

    return make
