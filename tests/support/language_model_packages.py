"""Packages of language models with random weights."""

from __future__ import annotations

from pathlib import Path

import torch

from nmt.language_model.symbols import Characters
from nmt.training.language_model.export import export_language_model
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import parse_settings

SYMBOLS = Characters("abcdefgh ")


def write_language_model(
    directory: Path, *overrides: str, int8: bool = False, language: str | None = None
) -> RecurrentLanguageModel:
    """Write a package, and give the model that it was exported from."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    settings = parse_settings(["hidden=24", "embedding=8", *overrides])
    model = RecurrentLanguageModel(settings, SYMBOLS.size).eval()
    with torch.no_grad():
        model.output.weight *= 3.0  # further from uniform
    export_language_model(directory, model, SYMBOLS, settings, 1.0, int8, language)
    return model
