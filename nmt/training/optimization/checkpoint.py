"""Checkpoints: weights, optimizer state and counters in one file, to resume training as if it had not stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nmt.errors import CheckpointDamaged, CheckpointError
from nmt.training.optimization.schedule import Progress
from nmt.training.optimization.weight_averaging import AveragedWeights
from nmt.training.run.files import BEST, ENCODED, LAST, PREVIOUS
from nmt.training.run.hashed_tensors import read_hashed_tensors, read_metadata, write_hashed_tensors
from nmt.training.settings.config import MAY_CHANGE

_FORMAT = "2"
_CARRIED = "carried."


@dataclass(slots=True)
class Position:
    """The position of training; together with the seed, it determines all later updates."""

    update: int = 0
    """Optimizer steps made."""
    epoch: int = 0
    """Epochs finished."""
    batch: int = 0
    """Batches of the current epoch already used."""
    batches_an_update: int = 1
    """Batches whose gradients are summed in an update: one per process that the training began with."""
    seconds: float = 0.0
    """Time spent training, over all sessions."""
    target_tokens: int = 0
    clipped_updates: int = 0
    progress: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True)
class Label:
    """Which training a checkpoint belongs to."""

    fingerprint: str
    """Hash of the corpus and the settings that may not change."""
    settings: dict[str, Any]
    """All settings, by group, to report which have changed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored checkpoint."""

    position: Position
    notes: tuple[str, ...]
    """Messages for the user: changed settings and damaged files."""
    carried: Mapping[str, Tensor] = field(default_factory=dict)
    """What training carries from update to update besides, such as the state of a language model's streams."""


def save_checkpoint(
    path: Path,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    position: Position,
    label: Label,
    average: AveragedWeights | None = None,
    carried: Mapping[str, Tensor] | None = None,
) -> None:
    """Write everything that the next update depends on. An existing last checkpoint becomes the previous one.

    Raises DiskFull.
    """
    tensors = {f"model.{name}": tensor for name, tensor in _weights(model).items()}
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value.clone() for name, value in values.items()}
    if average:
        tensors |= {f"average.{name}": tensor for name, tensor in average.tensors.items()}
    tensors |= {f"{_CARRIED}{name}": tensor for name, tensor in (carried or {}).items()}
    metadata = {
        "format": _FORMAT,
        "fingerprint": label.fingerprint,
        "settings": json.dumps(label.settings),
        "position": json.dumps(asdict(position)),
    }
    write_hashed_tensors(path, tensors, metadata, path.with_name(PREVIOUS) if path.name == LAST else None)


def load_latest(
    run: Path, model: nn.Module, optimizer: torch.optim.Optimizer, label: Label, average: AveragedWeights | None = None
) -> Restored | None:
    """Restore the last checkpoint in `run`, or an earlier one if it is damaged; return None if there is none.

    Raises CheckpointError.
    """
    found = [path for path in (run / LAST, run / PREVIOUS, run / BEST) if path.exists()]
    damaged: dict[Path, CheckpointDamaged] = {}
    for path in found:
        try:
            restored = _load(path, model, optimizer, label, average)
        except CheckpointDamaged as error:
            damaged[path] = error
            continue
        notes = [_note(each, error, path, restored.position.update) for each, error in damaged.items()]
        for each in damaged:
            os.replace(each, each.with_suffix(".damaged"))  # so that it does not become the previous one
        return replace(restored, notes=(*notes, *restored.notes))
    if damaged:
        raise CheckpointDamaged(
            f"{'; '.join(map(str, damaged.values()))}: no whole checkpoint is left in {run}; begin again with --restart"
        )
    return None


def load_weights(path: Path, model: nn.Module) -> None:
    """Load only the weights of the checkpoint at `path` into `model`. Raises CheckpointError."""
    tensors, _ = _read(path)
    _set_weights(model, tensors)


def is_whole(path: Path) -> bool:
    """Return whether `path` has an undamaged checkpoint."""
    try:
        _read(path)
    except CheckpointDamaged:
        return False
    return True


def _load(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, label: Label, average: AveragedWeights | None
) -> Restored:
    tensors, metadata = _read(path)
    changes = list(_changes(json.loads(metadata["settings"]), label.settings))
    if metadata["fingerprint"] != label.fingerprint:
        forbidden = [_told(*change) for change in changes if not _may_change(change[0])]
        corpus = f"the corpus differs; if no source has, remove {path.parent / ENCODED}, and it is read again"
        raise CheckpointError(
            f"{path}: made with another configuration or corpus ({'; '.join(forbidden) or corpus}); "
            f"train into another --run-dir, or pass --restart to begin again"
        )
    _set_weights(model, tensors)
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith("optimizer."):
            _, index, name = key.split(".", 2)
            state.setdefault(int(index), {})[name] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    if average:
        for name, tensor in average.tensors.items():
            # The weights of the best checkpoint are the average.
            tensor.copy_(tensors.get(f"average.{name}", tensors[f"model.{name}"]))
    values: dict[str, Any] = json.loads(metadata["position"])
    position = Position(**{**values, "progress": Progress(**values["progress"])})
    carried = {name.removeprefix(_CARRIED): each for name, each in tensors.items() if name.startswith(_CARRIED)}
    # The fingerprints are equal: a setting of the model can only be new, with the value that the older version had.
    notes = tuple(_told(*change) for change in changes if not change[0].startswith("model."))
    return Restored(position, notes, carried)


def _note(damaged: Path, error: CheckpointDamaged, taken: Path, update: int) -> str:
    stated = read_metadata(damaged).get("position")
    lost = f"{json.loads(stated)['update'] - update:,} updates" if stated else "the updates since then"
    return f"{error}; going on from {taken.name} at update {update:,}, so that {lost} are made again"


def _changes(before: dict[str, Any], now: dict[str, Any], group: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (name, value before, value now) of each setting that differs."""
    for name, value in now.items():
        was = before.get(name)
        if isinstance(value, dict) and isinstance(was, dict):
            yield from _changes(was, value, f"{group}{name}.")
        elif was != value:
            yield f"{group}{name}", was, value


def _told(name: str, was: object, now: object) -> str:
    if was is None:
        return f"{name} is {now}, and the version of nmt that began it, which can finish it, had no such setting"
    return f"{name} was {was} and is {now}"


def _may_change(name: str) -> bool:
    group, _, setting = name.partition(".")
    return group == "training" and setting in MAY_CHANGE


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    tensors, metadata = read_hashed_tensors(path)
    if metadata.get("format") != _FORMAT:
        raise CheckpointError(
            f"{path}: checkpoint format {metadata.get('format')!r}, this version reads {_FORMAT!r}; finish the "
            f"training with the version that began it, or pass --restart"
        )
    return tensors, metadata


def _weights(model: nn.Module) -> dict[str, Tensor]:
    # A tied matrix has several names; named_parameters() yields it once. safetensors rejects shared memory.
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


def _set_weights(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    for name, parameter in model.named_parameters():
        stored = tensors.get(f"model.{name}")
        if stored is None or stored.shape != parameter.shape:
            found = "nothing" if stored is None else tuple(stored.shape)
            raise CheckpointError(f"checkpoint: weight {name} needs shape {tuple(parameter.shape)}, found {found}")
        with torch.no_grad():
            parameter.copy_(stored)
