"""Which feature of a text each unit follows best, and which unit follows each feature best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.inspect.text_features import Floats

_CANDIDATES = 8
"""Units of the strongest correlation, among which the one that follows a feature best is sought."""


@dataclass(frozen=True, slots=True)
class UnitReport:
    """What a unit follows best."""

    unit: str
    """Its layer, the part of the state and its number, such as `decoder.layers.0 c 17`."""
    feature: str
    correlation: float
    """Pearson's, over all characters, -1 to 1."""


@dataclass(frozen=True, slots=True)
class FeatureReport:
    """The unit that follows a feature best: of those that correlate most, the one whose threshold tells most."""

    feature: str
    unit: str
    correlation: float
    threshold: float | None
    """The activation between no and yes that is right most often in the first half of the text. None for a number."""
    accuracy: float | None
    """Share of the characters of the second half that this threshold on this unit tells right."""
    majority: float | None
    """Share of the second half that is right if its more frequent answer is always given."""


def report_units(
    units: Mapping[str, Floats], features: Mapping[str, Floats]
) -> tuple[tuple[UnitReport, ...], tuple[FeatureReport, ...]]:
    """Report on `units`, (C, H) by layer and part of the state, and `features`, (C,) by name."""
    names = [f"{layer} {unit}" for layer, values in units.items() for unit in range(values.shape[1])]
    activations = np.concatenate(list(units.values()), axis=1)  # (C, U)
    kinds = list(features)
    if not kinds:
        return (), ()
    correlations = correlate(activations, np.stack([features[kind] for kind in kinds], axis=1))  # (U, K)
    best = np.abs(correlations).argmax(axis=1)
    followed = [
        UnitReport(name, kinds[kind], float(row[kind]))
        for name, kind, row in zip(names, best, correlations, strict=True)
    ]
    leading = np.abs(correlations).argsort(axis=0)[: -_CANDIDATES - 1 : -1].T  # (K, candidates), the strongest first
    found = []
    for column, (kind, candidates) in enumerate(zip(kinds, leading, strict=True)):
        unit = _telling(candidates, activations, features[kind])
        correlation = float(correlations[unit, column])
        found.append(_feature_report(kind, features[kind], names[unit], activations[:, unit], correlation))
    return tuple(followed), tuple(found)


def correlate(left: Floats, right: Floats) -> Floats:
    """(C, U), (C, K) -> Pearson's correlations (U, K); 0 for a unit that never changes."""
    scaled = []
    for values in (left, right):
        centred = values - values.mean(axis=0)
        size = np.linalg.norm(centred, axis=0)
        scaled.append(centred / np.where(size > 1e-12 * len(values), size, np.inf))
    products: Floats = scaled[0].T @ scaled[1]
    return products


def best_threshold(activations: Floats, wanted: Floats) -> tuple[float, bool]:
    """Return the threshold that tells the 0s and 1s of `wanted` (C,) apart best, and whether 1 is above it."""
    order = np.argsort(activations, kind="stable")
    values, ones = activations[order], wanted[order]
    # With a cut after n values: right are the zeros below and the ones above, or the reverse.
    right = np.concatenate(([0.0], np.cumsum(1 - ones))) + ones.sum() - np.concatenate(([0.0], np.cumsum(ones)))
    possible = np.concatenate(([True], np.diff(values) > 0, [True]))  # equal values cannot be cut apart
    right = np.where(possible, right, len(values) / 2)
    cut = int(np.abs(right - len(values) / 2).argmax())
    ends = np.concatenate(([values[0] - 1], values, [values[-1] + 1]))
    return float((ends[cut] + ends[cut + 1]) / 2), bool(right[cut] >= len(values) / 2)


def _telling(candidates: NDArray[np.int64], activations: Floats, values: Floats) -> int:
    """Return the candidate whose threshold is right most often in the first half, or the first one for a number."""
    half = len(values) // 2
    if not _is_answer(values) or half == 0:
        return int(candidates[0])
    wanted = values[:half]
    right = [(tells(each, *best_threshold(each, wanted)) == wanted).mean() for each in activations[:half, candidates].T]
    return int(candidates[int(np.argmax(right))])


def _is_answer(values: Floats) -> bool:
    return set(np.unique(values)) <= {0.0, 1.0}


def tells(activations: Floats, threshold: float, above: bool) -> Floats:
    """Return 1 where the activation is on the side of the threshold that means yes, otherwise 0."""
    said: Floats = ((activations > threshold) == above).astype(np.float64)
    return said


def _feature_report(kind: str, values: Floats, unit: str, activations: Floats, correlation: float) -> FeatureReport:
    half = len(values) // 2
    if half == 0 or not _is_answer(values):
        return FeatureReport(kind, unit, correlation, None, None, None)
    threshold, above = best_threshold(activations[:half], values[:half])
    accuracy = float((tells(activations[half:], threshold, above) == values[half:]).mean())
    share = float(values[half:].mean())
    return FeatureReport(kind, unit, correlation, threshold, accuracy, max(share, 1 - share))


def unknown_units(wanted: Sequence[str], units: Mapping[str, Floats]) -> list[str]:
    """Return those of the `wanted` names of units that are no unit of `units`."""
    names = {f"{layer} {unit}" for layer, values in units.items() for unit in range(values.shape[1])}
    return [each for each in wanted if each not in names]
