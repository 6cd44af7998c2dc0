"""Resolve the settings of a training with a preset, and store both in the run directory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from nmt.errors import CheckpointError
from nmt.training.run.disk_space import write_small_file
from nmt.training.run.files import PRESET, SETTINGS, has_begun
from nmt.training.settings.overrides import nested
from nmt.training.settings.presets import Preset, preset_for
from nmt.training.settings.settings import Settings
from nmt.training.settings.yaml_file import ALL_SETTINGS


def resolved_settings(settings: Settings, pairs: int, run: Path, preset: Preset | None = None) -> Settings:
    """Return `settings` completed by `preset`, by default the one for `pairs` training pairs.

    A training that has begun in `run` keeps its own preset. Raises CheckpointError if that cannot be read.
    """
    return settings.with_preset(read_preset(run) or preset or preset_for(pairs))


def read_preset(run: Path) -> Preset | None:
    """Return the preset that the training in `run` began with, or None if no training has begun.

    Raises CheckpointError if the preset cannot be read.
    """
    kept = run / PRESET
    if not has_begun(run) or not kept.exists():
        return None
    try:
        return TypeAdapter(Preset).validate_json(kept.read_bytes())
    except (OSError, ValidationError) as error:
        raise CheckpointError(
            f"{kept}: cannot be read as the preset that the training there began with; name all its settings "
            f"(--settings {run / SETTINGS}) and remove the file, or pass --restart"
        ) from error


def write_resolved_settings(settings: Settings, run: Path) -> None:
    """Write the settings to `run`, and the preset for resuming."""
    write_small_file(run / SETTINGS, settings_text(settings).encode())
    if settings.preset:
        write_small_file(run / PRESET, TypeAdapter(Preset).dump_json(settings.preset, indent=1))


def preset_summary(settings: Settings, pairs: int) -> str:
    """Return a line for display: which preset was chosen and why."""
    preset = settings.preset
    if preset is None:
        return f"{pairs:,} pairs: no preset"
    otherwise = sum(name in settings.given for name in preset.values)
    but = f" ({otherwise} of its {len(preset.values)} settings are set otherwise)" if otherwise else ""
    return f"{pairs:,} pairs: preset `{preset.name}`{but}: {preset.why}"


def settings_text(settings: Settings) -> str:
    """Return all settings as YAML, each with its origin; passed to --settings, they reproduce the training."""
    preset = settings.preset
    lines = [
        f"{ALL_SETTINGS}; nmt train --settings THIS-FILE on the same pairs (--teacher too) gives the same training."
    ]
    if preset:
        lines.append(f"# Preset {preset.name}: {preset.why}.")
    return "\n".join([*lines, *_lines(settings, nested(settings.values()), "")]) + "\n"


def _lines(settings: Settings, values: dict[str, Any], prefix: str) -> Iterator[str]:
    indent = "  " * prefix.count(".")
    for name, value in values.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(settings, value, f"{prefix}{name}.")
        else:
            origin = settings.origin(f"{prefix}{name}")
            comment = "" if origin == "default" else f"  # {origin}"
            yield f"{indent}{yaml.safe_dump({name: value}).strip()}{comment}"
