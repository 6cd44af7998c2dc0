"""The weights that a package keeps for fine-tuning: a quarter of their size in training.

Beside int8 graphs a matrix has eight bits a number and a scale for each row, no coarser than what is served, and
vectors have float16. Beside float32 graphs, and in packages of before, all have float16.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from nmt.errors import ConfigError
from nmt.model import Seq2Seq
from nmt.training.export.graphs.builder import quantize_rows

_LIMIT = 127
_SCALE = ".scale"


def packed(model: Seq2Seq, int8: bool) -> bytes:
    """The weights of `model`, tied ones once, for a package whose graphs are `int8` or float32."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        weight = parameter.detach().float().cpu()
        if weight.ndim < 2 or not int8:
            tensors[name] = weight.half()
            continue
        integers, scales = quantize_rows(weight.numpy(), _LIMIT)
        tensors[name], tensors[name + _SCALE] = torch.from_numpy(integers), torch.from_numpy(scales)
    serialised: bytes = save(tensors)
    return serialised


def unpacked(path: Path) -> dict[str, Tensor]:
    """By name, in float32, what `packed` wrote to `path`. Raises ConfigError when it cannot be read."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); copy the package again") from error
    scales = {name: tensors.pop(name) for name in list(tensors) if name.endswith(_SCALE)}
    return {
        name: tensor.float() * scales[name + _SCALE].unsqueeze(-1) if name + _SCALE in scales else tensor.float()
        for name, tensor in tensors.items()
    }
