"""Which library and instruction set decode, and what happens where nothing was compiled."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from nmt.errors import ConfigError
from nmt.runtime import ModelPackage, Translator
from nmt.runtime.native import library, native_engine
from nmt.runtime.native.library import SETTING, installed_library

TEXTS = ["red cat", "small old house and tree", "blue dog runs not"]


def texts_of(package: Path) -> list[list[str]]:
    with Translator.load(package, threads=1) as translator:
        results = translator.translate(TEXTS, beam_size=3, n_best=3)
    return [[each.text for each in result.translations] for result in results]


def test_where_nothing_was_compiled_onnx_runtime_gives_the_same_and_it_is_said_once(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = texts_of(package)
    monkeypatch.delenv(SETTING, raising=False)
    monkeypatch.setattr(library, "PATH", tmp_path / "libnmt.so")
    with caplog.at_level(logging.WARNING):
        assert [texts_of(package), texts_of(package)] == [expected, expected]
    (said,) = [each.getMessage() for each in caplog.records if "compiled decoder" in each.getMessage()]
    assert "ONNX Runtime decodes instead" in said


def test_the_setting_turns_the_compiled_decoder_off(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "none")
    assert native_engine(ModelPackage.open(package)) is None


def test_the_setting_names_an_instruction_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    if installed_library() is None:
        pytest.skip("the decoder was not compiled here")
    monkeypatch.setenv(SETTING, "portable")
    found = installed_library()
    assert found is not None
    assert found.instruction_set == "portable"
    monkeypatch.setenv(SETTING, "pocket-calculator")
    with pytest.raises(ConfigError, match=rf"{SETTING} is 'pocket-calculator', this processor has: .*portable"):
        installed_library()
