"""All settings of a training run, from defaults and `name=value` overrides, validated before anything is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from nmt.errors import ConfigError
from nmt.model import ModelConfig
from nmt.training.config import DataConfig, TrainingConfig

T = TypeVar("T")

_ANY_VOCABULARY = 1000
"""Stands for the vocabulary sizes, which are known only after the tokenizers are learned."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The three groups of settings: `data.*`, `model.*`, `training.*`."""

    data: DataConfig = field(default_factory=DataConfig)
    model: dict[str, Any] = field(default_factory=dict)
    """Given values of ModelConfig; the rest are its defaults."""
    training: TrainingConfig = field(default_factory=TrainingConfig)

    @classmethod
    def parse(cls, overrides: Sequence[str]) -> Settings:
        """Settings from lines like `model.dropout.hidden=0.3`. Raises ConfigError naming the line at fault."""
        groups: dict[str, Any] = {"data": {}, "model": {}, "training": {}}
        for override in overrides:
            _put(groups, override)
        settings = cls(_build(DataConfig, groups["data"]), groups["model"], _build(TrainingConfig, groups["training"]))
        settings.model_config(_ANY_VOCABULARY, _ANY_VOCABULARY)
        return settings

    def model_config(self, source_vocabulary: int, target_vocabulary: int) -> ModelConfig:
        """The model's configuration for these vocabulary sizes; one joint vocabulary ties all embeddings."""
        values = {"tie": "all" if self.data.joint else "output", **self.model}
        return _build(
            ModelConfig, {**values, "source_vocabulary": source_vocabulary, "target_vocabulary": target_vocabulary}
        )

    def to_dict(self, model: ModelConfig) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"data": asdict(self.data), "model": model.to_dict(), "training": self.training.to_dict()}


def _put(groups: dict[str, Any], override: str) -> None:
    name, separator, text = override.partition("=")
    *path, last = name.strip().split(".")
    if not separator or not path or path[0] not in groups:
        raise ConfigError(
            f"setting {override!r}: expected NAME=VALUE with a name that begins with {', '.join(groups)}, "
            f"such as training.max_updates=2000"
        )
    place = groups
    for part in path:
        place = place.setdefault(part, {})
    try:
        place[last] = json.loads(text)
    except json.JSONDecodeError:
        place[last] = text


def _build(kind: type[T], values: dict[str, Any]) -> T:
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{kind.__name__} {name}: {first['msg']}, found {first['input']!r}") from error
