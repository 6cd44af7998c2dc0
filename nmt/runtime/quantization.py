"""8-bit weights with a scale per row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WEIGHT_LIMIT = 63
"""Largest magnitude of an integer weight that is multiplied by 8-bit activations: on processors without VNNI, pairs of
u8 x s8 products are added in 16 bits, and 2 x 255 x 63 is the most that fits."""


def quantize_rows(weight: NDArray[np.float32], limit: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return integers in [-limit, limit] and a scale per row (last axis), such that integers x scale ~ weight."""
    scales = np.abs(weight).max(axis=-1) / limit
    scales = np.where(scales == 0.0, 1.0, scales).astype(np.float32)
    integers = np.rint(weight / scales[..., np.newaxis]).astype(np.int8)
    return integers, scales
