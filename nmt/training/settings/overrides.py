"""Settings as the user gave them: names, values and their origins."""

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
"""The groups of settings, by the first part of the setting's name."""
_LEARNED = frozenset({"source_vocabulary", "target_vocabulary"})
"""Fields of ModelConfig that follow from the tokenizers and cannot be set."""


@dataclass(frozen=True, slots=True)
class Override:
    """A value that overrides a default."""

    value: Any
    origin: str
    """Where the value comes from, for display: `--set`, `mine.yaml line 3`, `preset 30k`."""


def _leaves(kind: type, prefix: str) -> Iterator[str]:
    hints = get_type_hints(kind)
    for field in fields(kind):
        name = f"{prefix}.{field.name}"
        if is_dataclass(hints[field.name]):
            yield from _leaves(hints[field.name], name)
        elif field.name not in _LEARNED:
            yield name


NAMES = tuple(name for prefix, kind in GROUPS.items() for name in _leaves(kind, prefix))
"""The names of all settings, such as `model.dropout.hidden`, in the order of the configuration."""


def is_group(name: str) -> bool:
    """Return whether `name` is a group of settings, such as `data` or `model.dropout`, and not a setting."""
    return any(each.startswith(f"{name}.") for each in NAMES)


def check_name(name: str, origin: str) -> None:
    """Raise ConfigError, suggesting similar names, if `name` is not a setting."""
    if name in NAMES:
        return
    if is_group(name):
        inside = [each for each in NAMES if each.startswith(f"{name}.")]
        raise ConfigError(f"{origin}: {name} is a group of settings; set one of {', '.join(inside)}")
    last = name.split(".")[-1]
    near = get_close_matches(name, NAMES, n=2, cutoff=0.75) or [each for each in NAMES if each.endswith(f".{last}")]
    hint = f"did you mean {' or '.join(near)}?" if near else "docs/training.md lists them"
    raise ConfigError(f"{origin}: there is no setting {name}; {hint}")


def parse_overrides(overrides: Sequence[str]) -> dict[str, Override]:
    """Return the settings given with `--set`, by name; the last value of a name wins.

    Raises ConfigError with the text at fault.
    """
    given: dict[str, Override] = {}
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
            given[leaf] = Override(value, "--set")
    return given


def value_of(text: str) -> Any:
    """Return `text` parsed as JSON (a number, a flag, ...), or `text` itself if it is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def nested(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Nest values by the groups in their names: `{"data.seed": 1}` becomes `{"data": {"seed": 1}, ...}`."""
    groups: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for name, value in values.items():
        *path, last = name.split(".")
        place: dict[str, Any] = groups
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return groups


def _flattened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value, or the values nested in it, by full name: `model.dropout={"hidden": 0.3}` sets one setting."""
    if isinstance(value, dict):
        for part, inside in value.items():
            yield from _flattened(f"{name}.{part}", inside)
    else:
        yield name, value
