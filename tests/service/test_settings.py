"""Settings come from the environment and every one of them is documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import Settings

README = Path(__file__).parents[2] / "docs" / "service.md"


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NMT_PORT", "8080")
    monkeypatch.setenv("NMT_MODELS_DIR", "/somewhere")
    assert (Settings().port, Settings().models_dir) == (8080, Path("/somewhere"))


def test_a_value_that_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NMT_PORT", "many")
    with pytest.raises(ValidationError, match="port"):
        Settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_stands_in_the_docs_with_its_default(name: str) -> None:
    line = next(line for line in README.read_text().splitlines() if f"`NMT_{name.upper()}`" in line)
    default = Settings.model_fields[name].default
    assert default is None or f"`{default}`" in line
