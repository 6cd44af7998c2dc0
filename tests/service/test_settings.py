"""Settings come from the environment and every one of them is documented."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from nmt.errors import ConfigError
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
    line = next(line for line in README.read_text().splitlines() if line.startswith(f"| `NMT_{name.upper()}`"))
    default = Settings.model_fields[name].default
    assert default is None or f"`{default}`" in line


def test_a_file_sets_them_and_the_environment_counts_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "service.toml"
    file.write_text('port = 8080\nhost = "0.0.0.0"\ntrusted_proxies = ["10.0.0.0/8"]\n')
    monkeypatch.setenv("NMT_CONFIG", str(file))
    monkeypatch.setenv("NMT_PORT", "9090")
    assert (Settings().port, Settings().host, Settings().trusted_proxies) == (9090, "0.0.0.0", ("10.0.0.0/8",))
    assert Settings(host="::1").host == "::1"


@pytest.mark.parametrize(
    ("text", "named"), [("prot = 8080\n", "prot"), ("port = many\n", "settings.toml"), (None, "no such file")]
)
def test_a_file_that_cannot_be_used_is_refused(
    text: str | None, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv("NMT_CONFIG", str(file))
    with pytest.raises((ValidationError, ConfigError), match=named):
        Settings()


@pytest.mark.parametrize("proxy", ["nonsense", "10.0.0.1/8", "10.0.0.0/99"])
def test_a_proxy_that_is_no_address_is_refused(proxy: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings(trusted_proxies=(proxy,))
