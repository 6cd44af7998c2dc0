"""Settings as someone gave them: a value for a name, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, get_type_hints

from nmt.errors import ConfigError
from nmt.model import ModelConfig
from nmt.training.settings.config import DataConfig, TrainingConfig

GROUPS: dict[str, type] = {"data": DataConfig, "model": ModelConfig, "training": TrainingConfig}
"""The groups of settings, by the first part of their names."""
_LEARNED = frozenset({"source_vocabulary", "target_vocabulary"})
"""Fields of ModelConfig that nobody sets: they follow from the tokenizers."""


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is not the default."""

    value: Any
    origin: str
    """For people: `--set`, `mine.yaml line 3`, `preset 30k`."""


def _leaves(kind: type, prefix: str) -> Iterator[str]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        name = f"{prefix}.{field.name}"
        if is_dataclass(hints[field.name]):
            yield from _leaves(hints[field.name], name)
        elif field.name not in _LEARNED:
            yield name


NAMES = tuple(name for prefix, kind in GROUPS.items() for name in _leaves(kind, prefix))
"""Every setting, such as `model.dropout.hidden`, in the order of the configuration."""


def is_group(name: str) -> bool:
    """Whether `name` holds settings and has no value itself: `data`, or `model.dropout`."""
    return any(each.startswith(f"{name}.") for each in NAMES)


def check_name(name: str, origin: str) -> None:
    """Raises ConfigError, with the nearest names, when `name` is no setting."""
    if name in NAMES:
        return
    if is_group(name):
        inside = [each for each in NAMES if each.startswith(f"{name}.")]
        raise ConfigError(f"{origin}: {name} is a group of settings; set one of {', '.join(inside)}")
    last = name.split(".")[-1]
    near = get_close_matches(name, NAMES, n=2, cutoff=0.75) or [each for each in NAMES if each.endswith(f".{last}")]
    hint = f"did you mean {' or '.join(near)}?" if near else "docs/training.md lists them"
    raise ConfigError(f"{origin}: there is no setting {name}; {hint}")


def given_on_the_line(overrides: Sequence[str]) -> dict[str, Given]:
    """What `--set` said, by name; of several values for one the last. Raises ConfigError naming the text at fault."""
    given: dict[str, Given] = {}
    for override in overrides:
        name, separator, text = override.partition("=")
        name = name.strip()
        if not separator or name.split(".")[0] not in GROUPS:
            raise ConfigError(
                f"setting {override!r}: expected NAME=VALUE with a name that begins with {', '.join(GROUPS)}, "
                f"such as training.max_updates=2000"
            )
        for leaf, value in _flattened(name, value_of(text)):
            check_name(leaf, "--set")
            given[leaf] = Given(value, "--set")
    return given


def value_of(text: str) -> Any:
    """A number, a flag or anything else that is JSON, or else `text` itself."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def nested(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Values by name as the groups that they belong to: `{"data.seed": 1}` as `{"data": {"seed": 1}, ...}`."""
    groups: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for name, value in values.items():
        *path, last = name.split(".")
        place: dict[str, Any] = groups
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return groups


def _flattened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """`model.dropout={"hidden": 0.3}` sets what is in it."""
    if isinstance(value, dict):
        for part, inside in value.items():
            yield from _flattened(f"{name}.{part}", inside)
    else:
        yield name, value
