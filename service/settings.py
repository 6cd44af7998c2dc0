"""Settings of the service: arguments, environment variables (prefix NMT_), or a TOML file."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from nmt.errors import ConfigError


class Settings(BaseSettings):
    """Settings with their units. `NMT_PORT=8080` sets `port`, as does `port = 8080` in the TOML file of NMT_CONFIG."""

    model_config = SettingsConfigDict(env_prefix="NMT_", frozen=True)

    models_dir: Path = Path("models")
    """Directory whose subdirectories are model packages."""
    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for all interfaces."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Port to listen on; 0 selects a free port."""
    threads: int | None = Field(default=None, ge=1)
    """Number of decoding threads per translator. Defaults to the number of available processors."""
    url_prefix: str | None = None
    """Path below which a reverse proxy shows the service, such as /translator."""
    plain_names: str = Field(default="source,target,text,translation", pattern=r"^[^,\s]+(,[^,\s]+){3}$")
    """Names of the fields of /plain/translate: the source and the target language, the text, and its translation."""
    metrics_token: str | None = Field(default=None, min_length=1)
    """Token that /metrics requires, as `Authorization: Bearer TOKEN`."""
    pivot: bool = True
    """Whether a pair without a package of its own is translated through a third language, by two packages."""
    cached_sentences: int = Field(default=0, ge=0)
    """Maximum number of sentences whose translations are kept in memory, for when they are asked for again."""
    max_request_characters: int = Field(default=200_000, ge=1)
    """Maximum number of characters of all texts of a request together."""
    max_beam_size: int = Field(default=10, ge=1, le=64)
    """Maximum beam size of a request."""
    max_body_bytes: int = Field(default=4 * 1024 * 1024, ge=1)
    """Maximum size of a request body."""
    max_document_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    """Maximum size of a document."""
    max_document_characters: int = Field(default=1_000_000, ge=1)
    """Maximum number of characters to translate in a document."""
    max_picture_bytes: int = Field(default=10 * 1024 * 1024, ge=1)
    """Maximum size of a picture's file."""
    max_picture_pixels: int = Field(default=25_000_000, ge=1)
    """Maximum width times height of a picture."""
    document_hours: float = Field(default=24.0, gt=0.0)
    """How long a document and its translation are kept."""
    max_waiting: int = Field(default=1024, ge=1)
    """Maximum number of sentences in the queue of a translator. Further requests get status 429."""
    timeout_seconds: float = Field(default=30.0, gt=0.0)
    """Maximum time for a request, after which it gets status 503."""
    reload_seconds: float = Field(default=5.0, gt=0.0)
    """Interval between checks of the models directory for new, changed and removed packages."""
    memory: bool = False
    """Whether the service answers from the translation memory, which `nmt memory import` fills."""
    suggestions: bool = False
    """Whether clients may add better translations to the translation memory, for every client. Implies `memory`."""
    state_dir: Path = Path("state")
    """Directory of the data that survives a restart: API keys and their usage, the translation memory, glossaries,
    documents."""
    read_seconds: float = Field(default=20.0, gt=0.0)
    """Timeout for receiving request headers, for receiving the body, and for a client that stops reading."""
    max_connections: int = Field(default=1000, ge=1)
    """Maximum number of simultaneous connections. Requests on further connections get status 503."""
    api_keys: Literal["off", "optional", "required"] = "off"
    """Whether requests need a key made by `nmt keys add`. With optional keys, a request without one is anonymous."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """Rate limit of each client address, and of each API key without a limit of its own."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of the reverse proxies whose X-Forwarded-For header is trusted, as a JSON list."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the service from a browser, as a JSON list; ["*"] allows every origin, as
    LibreTranslate does."""

    @field_validator("url_prefix")
    @classmethod
    def _is_path(cls, prefix: str | None) -> str | None:
        """Return the prefix with a slash before it and none after it."""
        path = (prefix or "").strip("/")
        return f"/{path}" if path else None

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            ip_network(proxy)  # raises ValueError with a clear message
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
        """Return the sources in order of precedence: arguments, environment variables, the file."""
        file = os.environ.get("NMT_CONFIG")
        if not file:
            return init_settings, env_settings
        if not Path(file).is_file():
            raise ConfigError(f"NMT_CONFIG is {file}, but there is no such file: create it, or unset NMT_CONFIG")
        try:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{file} is not a valid settings file: {error}; use TOML such as port = 8080") from error
