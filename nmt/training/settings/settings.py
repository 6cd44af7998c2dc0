"""All settings of a training: defaults, preset, YAML file and `name=value`, validated before any corpus is read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from nmt.errors import ConfigError
from nmt.model import ModelConfig
from nmt.training.settings.config import DataConfig, TrainingConfig
from nmt.training.settings.overrides import GROUPS, NAMES, Override, nested, parse_overrides
from nmt.training.settings.presets import Preset
from nmt.training.settings.yaml_file import read_settings

_ANY_VOCABULARY = 1000
"""Placeholder for the vocabulary sizes, which are unknown until the tokenizers are learned."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The three groups of settings: `data.*`, `model.*`, `training.*`."""

    data: DataConfig = field(default_factory=DataConfig)
    model: dict[str, Any] = field(default_factory=dict)
    """Values of ModelConfig that override its defaults."""
    training: TrainingConfig = field(default_factory=TrainingConfig)
    given: Mapping[str, Override] = field(default_factory=dict)
    """Values that the user set, by name."""
    preset: Preset | None = None
    """The source of values that the user did not set; None until the pairs have been counted."""

    @classmethod
    def parse(cls, overrides: Sequence[str], file: Path | None = None) -> Settings:
        """Parse a YAML file and overrides such as `model.dropout.hidden=0.3`, which take precedence over the file.

        A file with all settings of a training reproduces it: settings that its version did not have take their
        defaults, whatever the presets say now. Raises ConfigError with the line at fault.
        """
        given, complete = read_settings(file) if file else ({}, False)
        if file and complete:
            origin = f"default, not in {file.name}"
            given = {name: Override(value, origin) for name, value in cls().values().items()} | given
        given |= parse_overrides(overrides)
        for name, item in given.items():
            _check(name, item)
        return cls._of(given, None)

    def with_preset(self, preset: Preset) -> Settings:
        """Return these settings with the preset's values for those that the user did not set."""
        return self._of(self.given, preset)

    @classmethod
    def _of(cls, given: Mapping[str, Override], preset: Preset | None) -> Settings:
        values = {**(preset.values if preset else {}), **{name: item.value for name, item in given.items()}}
        groups = nested(values)
        settings = cls(
            _build("data", groups["data"]), groups["model"], _build("training", groups["training"]), given, preset
        )
        settings.model_config(_ANY_VOCABULARY, _ANY_VOCABULARY)
        return settings

    def model_config(self, source_vocabulary: int, target_vocabulary: int) -> ModelConfig:
        """Return the model configuration for these vocabulary sizes; a joint vocabulary ties all embeddings."""
        values = {"tie": "all" if self.data.joint else "output", **self.model}
        config: ModelConfig = _build(
            "model", {**values, "source_vocabulary": source_vocabulary, "target_vocabulary": target_vocabulary}
        )
        return config

    def values(self) -> dict[str, Any]:
        """Return the value of every setting, by name."""
        model = self.model_config(_ANY_VOCABULARY, _ANY_VOCABULARY)
        groups = {"data": asdict(self.data), "model": model.to_dict(), "training": self.training.to_dict()}
        found = dict(_named(groups))
        return {name: found[name] for name in NAMES}

    def origin(self, name: str) -> str:
        """Return where the value of a setting comes from, for display."""
        if name in self.given:
            return self.given[name].origin
        return f"preset {self.preset.name}" if self.preset and name in self.preset.values else "default"


def _named(groups: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in groups.items():
        if isinstance(value, dict):
            yield from _named(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _check(name: str, item: Override) -> None:
    """Raise ConfigError with the origin of a value that is invalid regardless of the other settings."""
    group = name.partition(".")[0]
    if isinstance(item.value, float) and not math.isfinite(item.value):
        raise ConfigError(f"{item.origin}: {name}: expected a finite number, found {item.value}")
    values = nested({name: item.value})[group]
    if group == "model":
        values |= {"source_vocabulary": _ANY_VOCABULARY, "target_vocabulary": _ANY_VOCABULARY}
    try:
        built = _build(group, values)
    except ConfigError as error:
        place = item.origin if str(error).startswith(name) else f"{item.origin}: {name}"
        raise ConfigError(f"{place}: {error}") from error
    # Python accepts true as 1, and pydantic accepts 1 as true; reject both.
    is_flag = isinstance(dict(_named({group: asdict(built)}))[name], bool)
    if isinstance(item.value, bool) is not is_flag:
        wanted = "true or false" if is_flag else "a number"
        raise ConfigError(f"{item.origin}: {name}: expected {wanted}, found {item.value!r}")


@cache
def _adapter(group: str) -> TypeAdapter[Any]:
    return TypeAdapter(GROUPS[group])


def _build(group: str, values: dict[str, Any]) -> Any:
    try:
        return _adapter(group).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join((group, *map(str, first["loc"])))
        raise ConfigError(f"{name}: {first['msg']}, found {first['input']!r}") from error
