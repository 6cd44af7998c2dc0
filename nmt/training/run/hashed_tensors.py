"""Tensors in a safetensors file (never a pickle) with a hash of its content, to detect damage.

Writes are atomic: a file is written beside its final path and then renamed, so a reader always finds a complete file,
even after a process was killed while writing.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from nmt.errors import CheckpointDamaged
from nmt.training.run.disk_space import reporting_full_disk

_HASH = "sha256"


def write_hashed_tensors(
    path: Path, tensors: dict[str, Tensor], metadata: dict[str, str], before: Path | None = None
) -> None:
    """Write `tensors` and `metadata` to `path`; an existing file is renamed to `before`. Raises DiskFull."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    partial = path.with_suffix(".partial")
    with reporting_full_disk(path, sum(tensor.nbytes for tensor in tensors.values()), partial):
        save_file(tensors, partial, {**metadata, _HASH: _hash(tensors, metadata)})
        with partial.open("rb") as written:
            os.fsync(written.fileno())
    if before is not None and path.exists():
        os.replace(path, before)
    os.replace(partial, path)


def read_hashed_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Return the tensors and metadata in `path`. Raises CheckpointDamaged if it is unreadable or its hash differs."""
    try:
        with safe_open(path, framework="pt") as stored:
            metadata: dict[str, str] = stored.metadata() or {}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError) as error:
        raise CheckpointDamaged(f"{path}: no readable checkpoint ({error})") from error
    expected = metadata.pop(_HASH, "")
    if expected != (found := _hash(tensors, metadata)):
        was = expected[:12] or "not recorded"
        raise CheckpointDamaged(f"{path}: damaged (SHA-256 of its content is {found[:12]}, was {was})")
    return tensors, metadata


def read_metadata(path: Path) -> dict[str, str]:
    """Return the unverified metadata of a possibly truncated file, or an empty dict if it cannot be read."""
    try:
        with path.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            metadata = json.loads(stream.read(min(size, path.stat().st_size)))["__metadata__"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return metadata if isinstance(metadata, dict) else {}


def _hash(tensors: dict[str, Tensor], metadata: dict[str, str]) -> str:
    """Return the SHA-256 of the metadata and of the names, dtypes, shapes and values of the tensors."""
    digest = hashlib.sha256(json.dumps(metadata, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).numpy().data)
    return digest.hexdigest()
