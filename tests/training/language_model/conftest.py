"""A small text and settings for quick trainings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console

from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.language_model.streams import Streams
from nmt.training.language_model.text import EncodedText, encode_text
from nmt.training.language_model.train import LanguageModelRequest

SMALL = LanguageModelSettings(
    hidden=16, embedding=8, streams=4, k=8, max_updates=12, evaluate_every=6, warmup_updates=2, learning_rate=0.01,
    precision="float32",
)  # fmt: skip


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("".join(f"{number} is followed by {number + 1}\n" for number in range(100)), encoding="utf-8")
    return path


@pytest.fixture
def settings() -> LanguageModelSettings:
    return replace(SMALL)


@pytest.fixture
def encoded(text_file: Path, settings: LanguageModelSettings, tmp_path: Path) -> EncodedText:
    return encode_text([text_file], [], settings, tmp_path / "run")


@pytest.fixture
def streams(encoded: EncodedText, settings: LanguageModelSettings) -> Streams:
    return Streams(encoded.train, settings.streams, settings.k)


@pytest.fixture
def request_(text_file: Path, tmp_path: Path) -> LanguageModelRequest:
    return LanguageModelRequest((text_file,), (), tmp_path / "package", tmp_path / "run", "float32")


@pytest.fixture
def console() -> Console:
    return Console(quiet=True)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
