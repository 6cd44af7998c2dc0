"""Gather what `nmt inspect cells` reports of the texts that a model read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from nmt.errors import ConfigError
from nmt.inspect.reading_text import Attention, ReadText
from nmt.inspect.text_features import features_of
from nmt.inspect.unit_search import FeatureReport, UnitReport, report_units, unknown_units

VERSION = 1
"""Version of the JSON report, increased when a field changes its name or meaning."""
_SHOWN = 2000
"""Characters that are coloured."""


@dataclass(frozen=True, slots=True)
class ColoredText:
    """The beginning of a text and what one unit says after each of its characters."""

    unit: str
    why: str
    """What it follows, or that it was asked for."""
    text: str
    activations: tuple[float, ...]
    """h or tanh(c), -1 to 1."""


@dataclass(frozen=True, slots=True)
class PartReport:
    """What the units of one part of a model follow."""

    title: str
    characters: int
    features: tuple[FeatureReport, ...]
    units: tuple[UnitReport, ...]
    """Of all units, the strongest correlation first."""
    colored: tuple[ColoredText, ...]


@dataclass(frozen=True, slots=True)
class CellsReport:
    """The contents of the report."""

    model: str
    parts: tuple[PartReport, ...]
    attention: tuple[Attention, ...]

    def to_json(self) -> str:
        """Return the report as JSON, in ASCII."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=True, allow_nan=False, indent=1)


def report_cells(
    model: str, read: Sequence[ReadText], attention: Sequence[Attention] = (), wanted: Sequence[str] = ()
) -> CellsReport:
    """Report on what `model` has `read`; the units `wanted` by name are coloured beside those that follow a feature.

    Raises ConfigError if no part has such a unit.
    """
    every = {name: values for part in read for name, values in part.units.items()}
    unknown = unknown_units(wanted, every)
    if unknown:
        layers = ", ".join(f"'{name} 0' to '{name} {values.shape[1] - 1}'" for name, values in every.items())
        raise ConfigError(f"{model} has no unit {unknown[0]!r}: it has {layers}")
    return CellsReport(model, tuple(_part(part, wanted) for part in read), tuple(attention))


def _part(read: ReadText, wanted: Sequence[str]) -> PartReport:
    units, features = report_units(read.units, features_of(read.texts))
    reasons = {name: "asked for" for name in wanted if name.rpartition(" ")[0] in read.units}
    for each in features:
        reasons.setdefault(each.unit, f"follows best: {each.feature}")
    return PartReport(
        read.title,
        sum(map(len, read.texts)),
        features,
        tuple(sorted(units, key=lambda unit: -abs(unit.correlation))),
        tuple(_colored(read, unit, why) for unit, why in reasons.items()),
    )


def _colored(read: ReadText, unit: str, why: str) -> ColoredText:
    layer, _, number = unit.rpartition(" ")
    shown, start = "", 0
    values: list[float] = []
    for text in read.texts:
        if len(shown) + len(text) > _SHOWN and shown:
            break
        taken = text[:_SHOWN]
        shown += ("\n" if shown else "") + taken
        values += ([0.0] if values else []) + read.units[layer][start : start + len(taken), int(number)].tolist()
        start += len(text)
    return ColoredText(unit, why, shown, tuple(round(value, 3) for value in values))
