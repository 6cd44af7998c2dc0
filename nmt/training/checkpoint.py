"""A checkpoint: weights, optimizer, random state and counters in one safetensors file, never a pickle.

The file is written beside its place and renamed into it, so a reader, or a process killed in between, finds a
whole checkpoint or the one before.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from nmt.errors import CheckpointError
from nmt.model import Seq2Seq
from nmt.training.averaging import AveragedWeights
from nmt.training.schedule import Progress

_FORMAT = "1"

LAST, BEST = "last.safetensors", "best.safetensors"
"""File names in a run directory: where training stands, and the best weights so far."""


@dataclass(slots=True)
class Position:
    """Where training stands; with the seed it determines all that follows."""

    update: int = 0
    """Optimizer steps made."""
    epoch: int = 0
    """Epochs finished."""
    batch: int = 0
    """Batches of the running epoch already used."""
    seconds: float = 0.0
    """Time spent training, over all processes."""
    target_tokens: int = 0
    clipped_updates: int = 0
    progress: Progress = field(default_factory=Progress)


def save_checkpoint(
    path: Path,
    model: Seq2Seq,
    optimizer: torch.optim.Optimizer,
    position: Position,
    fingerprint: str,
    average: AveragedWeights | None = None,
) -> None:
    """Write everything that the next update depends on; `fingerprint` names configuration and corpus."""
    tensors = {f"model.{name}": tensor for name, tensor in _weights(model).items()}
    for index, values in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": value.clone() for name, value in values.items()}
    if average:
        tensors |= {f"average.{name}": tensor for name, tensor in average.tensors.items()}
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    metadata = {"format": _FORMAT, "fingerprint": fingerprint, "position": json.dumps(asdict(position))}
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata)
    with partial.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(partial, path)


def load_checkpoint(
    path: Path,
    model: Seq2Seq,
    optimizer: torch.optim.Optimizer,
    fingerprint: str,
    average: AveragedWeights | None = None,
) -> Position:
    """Put model, optimizer, average and random state back as they were saved. Raises CheckpointError."""
    tensors, metadata = _read(path)
    if metadata.get("fingerprint") != fingerprint:
        raise CheckpointError(
            f"{path}: made with another configuration or corpus; train into another --run-dir, or pass "
            f"--restart to begin again"
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
            tensor.copy_(tensors[f"average.{name}"])
    torch.set_rng_state(tensors["random.cpu"])
    if "random.cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["random.cuda"])
    values: dict[str, Any] = json.loads(metadata["position"])
    return Position(**{**values, "progress": Progress(**values["progress"])})


def load_weights(path: Path, model: Seq2Seq) -> None:
    """Put only the weights of the checkpoint at `path` into `model`. Raises CheckpointError."""
    tensors, _ = _read(path)
    _set_weights(model, tensors)


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(path, framework="pt") as stored:
            metadata = stored.metadata() or {}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path}: no readable checkpoint ({error}); remove it to go on from the other one in "
            f"{path.parent}, or pass --restart"
        ) from error
    if metadata.get("format") != _FORMAT:
        raise CheckpointError(f"{path}: checkpoint format {metadata.get('format')!r}, this version reads {_FORMAT!r}")
    return tensors, metadata


def _weights(model: Seq2Seq) -> dict[str, Tensor]:
    # A tied matrix has several names; parameters() yields it once, and safetensors refuses shared memory.
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


def _set_weights(model: Seq2Seq, tensors: dict[str, Tensor]) -> None:
    for name, parameter in model.named_parameters():
        stored = tensors.get(f"model.{name}")
        if stored is None or stored.shape != parameter.shape:
            found = "nothing" if stored is None else tuple(stored.shape)
            raise CheckpointError(f"checkpoint: weight {name} needs shape {tuple(parameter.shape)}, found {found}")
        with torch.no_grad():
            parameter.copy_(stored)
