"""Every setting of the service: given directly, from the environment (prefix NMT_), or from a file."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from nmt.errors import ConfigError


class Settings(BaseSettings):
    """Settings with their units. `NMT_PORT=8080` sets `port`, or `port = 8080` in the TOML file NMT_CONFIG names."""

    model_config = SettingsConfigDict(env_prefix="NMT_", frozen=True)

    models_dir: Path = Path("models")
    """Directory whose subdirectories are model packages."""
    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for every interface."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    threads: int | None = Field(default=None, ge=1)
    """Decoding threads of one translator; one for each available processor when not set."""
    max_text_characters: int = Field(default=5000, ge=1)
    """Longest text of a request, in characters."""
    max_texts: int = Field(default=128, ge=1)
    """Most texts of a request."""
    max_beam_size: int = Field(default=10, ge=1, le=64)
    """Widest beam a request may ask for."""
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1)
    """Largest request body."""
    max_document_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    """Largest document."""
    max_document_characters: int = Field(default=1_000_000, ge=1)
    """Most characters of a document that are to be translated."""
    document_hours: float = Field(default=24.0, gt=0.0)
    """How long a document and its translation are kept."""
    max_waiting: int = Field(default=1024, ge=1)
    """Sentences that may wait for one translator before requests are answered 429."""
    timeout_seconds: float = Field(default=30.0, gt=0.0)
    """Longest a request may take before it is answered 503."""
    reload_seconds: float = Field(default=5.0, gt=0.0)
    """How often the models directory is looked at for packages that are new, changed or gone."""
    suggestions: bool = False
    """Whether anybody may send corrections, which are answered to whoever sends the same text."""
    state_dir: Path = Path("state")
    """Directory for what must survive a restart: keys and what they used, suggestions, glossaries, documents."""
    read_seconds: float = Field(default=20.0, gt=0.0)
    """Longest a client may take to send a request's headers, and its body."""
    max_connections: int = Field(default=1000, ge=1)
    """Connections at a time; requests of more are answered 503."""
    api_keys: Literal["off", "optional", "required"] = "off"
    """Whether callers need a key that `nmt keys add` made; with optional keys, who has none is anybody."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """Most requests of a key without a limit of its own, or of an address."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of reverse proxies whose X-Forwarded-For is believed, as a JSON list."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the service from a browser, as a JSON list; ["*"] is everybody."""

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            ip_network(proxy)  # raises ValueError, which says what is wrong
        return proxies

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given directly counts more than the environment, and that more than the file."""
        file = os.environ.get("NMT_CONFIG")
        if not file:
            return init_settings, env_settings
        if not Path(file).is_file():
            raise ConfigError(f"NMT_CONFIG names {file}, but there is no such file: write it, or unset NMT_CONFIG")
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{file} is no settings file: {error}; write lines such as port = 8080") from error
