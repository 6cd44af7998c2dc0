"""The weights that a package keeps for fine-tuning, at less than a quarter of their size in training.

With int8 graphs, matrices are stored in 8 bits with a scale per row, no coarser than what is served, and vectors in
float16. With float32 graphs, and in packages of earlier versions, all weights are float16. gzip takes a tenth of that
away, since most of a row's weights are small; packages before format 9 are not compressed.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from nmt.errors import ConfigError
from nmt.runtime.package import compressed_weights
from nmt.runtime.quantization import quantize_rows

_LIMIT = 127
_SCALE = ".scale"
_GZIP = b"\x1f\x8b"


def pack_weights(model: nn.Module, int8: bool) -> bytes:
    """Serialize the weights of `model`, tied ones once, for a package with `int8` or float32 graphs."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        weight = parameter.detach().float().cpu()
        if weight.ndim < 2 or not int8:
            tensors[name] = weight.half()
            continue
        integers, scales = quantize_rows(weight.numpy(), _LIMIT)
        tensors[name], tensors[name + _SCALE] = torch.from_numpy(integers), torch.from_numpy(scales)
    return compressed_weights(save(tensors))


def unpack_weights(path: Path) -> dict[str, Tensor]:
    """Read what `pack_weights` wrote to `path`, as float32 tensors by name. Raises ConfigError if it cannot be read."""
    try:
        content = path.read_bytes()
        tensors = load(gzip.decompress(content) if content.startswith(_GZIP) else content)
    except (EOFError, OSError, SafetensorError, zlib.error) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); copy the package again") from error
    scales = {name: tensors.pop(name) for name in list(tensors) if name.endswith(_SCALE)}
    return {
        name: tensor.float() * scales[name + _SCALE].unsqueeze(-1) if name + _SCALE in scales else tensor.float()
        for name, tensor in tensors.items()
    }
