"""The arrays stored beside a package's graphs, which the runtime unfolds once or reads rows from."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt
from nmt.runtime.quantization import WEIGHT_LIMIT, quantize_rows
from nmt.runtime.short_lists import CLOSED, OutputLayer, ShortLists
from tokenizer import PAD_ID

Arrays = dict[str, NDArray[Any]]

_CHUNK = 256
"""Number of table rows computed at a time, to bound memory use."""


@dataclass(frozen=True, slots=True)
class ModelArrays:
    """Lookup tables, output layer and short lists of one model."""

    source_table: NDArray[np.floating] | None
    """Shape (D x V, G x H): the contribution of each subword's embedding to the gates of the encoder's first layer. The
    rows of the backward direction follow those of the forward direction. Stored in half precision beside int8
    graphs. None for a model that reads no text."""
    target_table: NDArray[np.floating]
    """(V, G x H), the same for the decoder."""
    word_table: NDArray[np.floating] | None
    """Shape (V, E): the contribution of each source subword's embedding to the combining layer of a lexical model. None
    for other models."""
    output: OutputLayer
    short_lists: ShortLists | None
    """If None, every sentence may use every word."""

    @classmethod
    def read(cls, file: BinaryIO) -> ModelArrays:
        """Unfold a package's `ARRAYS` file. Raises PackageCorrupt."""
        try:
            with np.load(file, allow_pickle=False) as stored:
                return cls._unfold(with_output(dict(stored)))
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise PackageCorrupt(f"arrays.npz: {error}; export the package again") from error

    @classmethod
    def _unfold(cls, stored: Arrays) -> ModelArrays:
        lists, always = None, np.empty(0, dtype=np.int64)
        if "short_list.always" in stored:
            always = stored["short_list.always"].astype(np.int64)
            lists = ShortLists(
                always,
                stored["short_list.translations"],
                len(stored["output.bias"]),
            )
        return cls(
            _table(stored, "source", "source") if "source.input" in stored else None,
            _table(stored, "target", "target"),
            _table(stored, "source", "word") if "word.input" in stored else None,
            _output_layer(stored, always),
            lists,
        )


def _output_layer(stored: Arrays, always: NDArray[np.int64]) -> OutputLayer:
    rows = [stored.get(name) for name in ("output", "output.scale", "output.bias")]
    if CLOSED not in stored:
        weight, scale, bias = rows
    else:
        closed = (stored.get(name) for name in (CLOSED, f"{CLOSED}.scale", f"{CLOSED}.bias"))
        pairs = zip(rows, closed, strict=True)
        weight, scale, bias = (None if of is None or row is None else np.concatenate((of, row)) for of, row in pairs)
    if weight is None or bias is None:
        raise KeyError("output")
    return OutputLayer(weight, scale, bias, always, CLOSED in stored)


def with_output(stored: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Add the output layer to the arrays of a model whose output layer is its target embedding. Raises KeyError.

    Embeddings keep 8 bits, the output layer has the 7 bits of a matrix that is multiplied by 8-bit activations.
    """
    if "output" in stored:
        return dict(stored)
    name = embedding_name(stored, "target")
    if f"{name}.scale" not in stored:
        return {**stored, "output": stored[name]}
    output, scale = quantize_rows(_floats(stored, name), WEIGHT_LIMIT)
    return {**stored, "output": output, "output.scale": scale}


def embedding_name(stored: Mapping[str, NDArray[Any]], side: str) -> str:
    """Return the name under which the embedding of `side` is stored: the source's in a model with one for both."""
    return f"{side}.embedding" if f"{side}.embedding" in stored else "source.embedding"


def _table(stored: Arrays, side: str, reader: str) -> NDArray[np.floating]:
    """Return the table (D x V, N) of what the words of `side` contribute to `reader` in D directions. <PAD> contributes
    zero.

    The table is embedding x input weights, plus their bias if there is one.
    """
    name = embedding_name(stored, side)
    embedding = stored[name]  # (V, E)
    scale = stored.get(f"{name}.scale")
    weights = _floats(stored, f"{reader}.input")  # (D, N, E)
    bias = stored.get(f"{reader}.input.bias", np.zeros(weights.shape[:2], dtype=np.float32))  # (D, N)
    size = len(embedding)
    table = np.empty((len(weights) * size, weights.shape[1]), dtype=np.float32 if scale is None else np.float16)
    for direction, weight in enumerate(weights):
        for start in range(0, size, _CHUNK):
            rows = slice(start, start + _CHUNK)
            part = embedding[rows] if scale is None else embedding[rows] * scale[rows, np.newaxis]
            begin = direction * size + start
            table[begin : begin + len(part)] = part @ weight.T + bias[direction]
        table[direction * size + PAD_ID] = 0.0
    return table


def _floats(stored: Mapping[str, NDArray[Any]], name: str) -> NDArray[Any]:
    scale = stored.get(f"{name}.scale")
    return stored[name] if scale is None else stored[name] * scale[..., np.newaxis]
