"""The arrays that a package stores beside its graphs; `nmt.runtime.arrays` reads them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt.model import DecoderModel, ModelConfig
from nmt.runtime.quantization import WEIGHT_LIMIT, quantize_rows
from nmt.runtime.short_lists import CLOSED, ShortLists
from nmt.training.export.graphs.builder import Floats
from nmt.training.export.graphs.encoder import encoder_cells
from nmt.training.export.graphs.step import decoder_cell

_EMBEDDING_LIMIT = 127


def weights_of(model: DecoderModel) -> dict[str, Floats]:
    """Return all weights by torch name, tied ones under each of their names."""
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in model.state_dict().items()}


def model_arrays(
    config: ModelConfig,
    weights: dict[str, Floats],
    int8: bool,
    short_lists: ShortLists | None = None,
    closed_words: Floats | None = None,
) -> bytes:
    """Return embeddings, first layers' input weights, output layer and short lists, as the bytes of an .npz file.

    `closed_words` (E + 1,) are the weights and the bias of the words that are not on a short list.
    """
    arrays: dict[str, NDArray[Any]] = {"output.bias": weights["output.bias"]}

    def keep(name: str, weight: Floats, limit: int = _EMBEDDING_LIMIT) -> None:
        arrays[name] = weight
        if int8:
            arrays[name], arrays[f"{name}.scale"] = quantize_rows(weight, limit)

    sides = [("target", [decoder_cell(config, weights, 0)])]
    if "encoder.embedding.weight" in weights:  # else the encoder reads no text
        sides.insert(0, ("source", encoder_cells(config, weights, 0)))
    for side, cells in sides:
        part = "encoder" if side == "source" else "decoder"
        if side == "source" or config.tie != "all":  # else the runtime reads both sides from the source's
            keep(f"{side}.embedding", weights[f"{part}.embedding.weight"])
        keep(f"{side}.input", np.stack([cell.from_input[:, : config.embedding_size] for cell in cells]))
        arrays[f"{side}.input.bias"] = np.stack([cell.input_bias for cell in cells])
    if config.word_size:
        keep("word.input", weights["decoder.combine.weight"][np.newaxis, :, -config.word_size :])
    if config.tie == "none":  # else the runtime makes it of the embeddings
        keep("output", weights["output.weight"], WEIGHT_LIMIT)
    if short_lists is not None:
        arrays |= short_list_arrays(short_lists, closed_words, int8)
    return packed(arrays)


def short_list_arrays(lists: ShortLists, closed_words: Floats | None, int8: bool) -> dict[str, NDArray[Any]]:
    """Return the arrays of `lists` in the smallest integers that hold the target vocabulary, and those of the words
    that are not on them."""
    smallest = np.min_scalar_type(lists.padding)
    arrays: dict[str, NDArray[Any]] = {
        "short_list.always": lists.always.astype(smallest),
        "short_list.translations": lists.translations.astype(smallest),
    }
    if closed_words is not None:
        arrays[CLOSED] = closed_words[np.newaxis, :-1]
        arrays[f"{CLOSED}.bias"] = closed_words[-1:]
        if int8:
            arrays[CLOSED], arrays[f"{CLOSED}.scale"] = quantize_rows(arrays[CLOSED], WEIGHT_LIMIT)
    return arrays


def packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return `arrays` as the bytes of an .npz file."""
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()
