"""Untrained models in every form, as graphs and arrays, for the two engines that decode with them."""

from __future__ import annotations

import functools
import io
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import torch

from nmt.decoding import RareWord
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.native.engine import NativeEngine
from nmt.runtime.native.library import Library, installed_library
from nmt.runtime.native.shape import Shape
from nmt.runtime.native.weights import Weights, read_weights
from nmt.runtime.onnx.model import OnnxModel
from nmt.runtime.short_lists import ShortLists
from nmt.runtime.words import Spelling, Subwords, WordBeginnings, beginnings_of
from nmt.training.export.graphs import attention_graph, encoder_graph, model_arrays, step_graph, weights_of
from tokenizer import END_ID, PAD_ID

SOURCES, TARGETS = 50, 70
"""Vocabulary sizes."""


@dataclass(frozen=True)
class Form:
    """What a model is made of."""

    cell: str = "lstm"
    attention: str = "dot"
    heads: int = 1
    layers: int = 1
    bidirectional: bool = True
    lexical: bool = False
    connection: str = "residual"
    short_lists: bool = True
    closed_words: bool = False
    tie: str = "output"
    hidden: int = 32
    seed: int = 0


FORMS = [
    *(
        Form(cell, attention, layers=layers, lexical=layers == 1)
        for cell in ("lstm", "gru", "rnn")
        for attention in ("none", "dot", "additive")
        for layers in (1, 2)
    ),
    Form(heads=4, layers=2, lexical=True),
    Form(heads=4, layers=2, closed_words=True),
    Form("gru", attention="additive", closed_words=True, hidden=36),
    Form("gru", heads=2, layers=3, bidirectional=False, connection="highway"),
    Form("rnn", attention="additive", layers=2, connection="highway", short_lists=False),
    Form(bidirectional=False, short_lists=False, tie="none", hidden=20),
    Form(heads=2, layers=2, lexical=True, hidden=36, short_lists=False),
]


def random_spelling(known: int, seed: int = 0) -> Spelling:
    """How the targets are spelled, with as many `known` words: subwords of letters, marks and bytes."""
    random = Random(seed)
    specials = ["<PAD>", "<UNK>", "<START>", "<END>"]
    shapes = ["\u2581{}", "\u2581{}", "{}", "{}", "{}", ".", "<0x{:02X}>", "\u2581"]
    letters = ["a", "B", "\u00e7\u00c9", "xyz", "\u0434\u043e\u043c"]
    pieces = [
        shape.format(number if "X" in shape else random.choice(letters))
        for number, shape in ((number, random.choice(shapes)) for number in range(TARGETS - len(specials)))
    ]
    subwords = Subwords([*specials, *pieces])
    words = ([random.randrange(4, TARGETS) for _ in range(3)] for _ in range(known))
    return Spelling(subwords, WordBeginnings.of(each for word in words for each in beginnings_of(subwords, word)))


def random_rare_words(random: Random, length: int) -> list[RareWord]:
    """Rare words of a source of `length` subwords, each with one to three translations of up to four subwords, which
    often begin alike."""
    positions = sorted(random.sample(range(length), random.randint(0, min(3, length))))
    letters = [random.randrange(4, TARGETS) for _ in range(3)]

    def spelled() -> tuple[int, ...]:
        return tuple(random.choice(letters) for _ in range(random.randint(1, 4)))

    return [
        RareWord(
            first,
            min(length - 1, first + random.randint(0, 1)),
            tuple(spelled() for _ in range(random.randint(1, 3))),
            random.choice([-1, *letters]),
        )
        for first in positions
    ]


@dataclass(frozen=True)
class Exported:
    """A model as a package has it."""

    shape: Shape
    encoder: bytes
    step: bytes
    arrays: dict[str, Any]
    attention: bytes | None

    def weights(self) -> Weights:
        weights = read_weights(self.shape, self.encoder, self.step, self.arrays)
        assert weights is not None
        return weights

    def native(self, library: Library | None = None, spelling: Spelling | None = None) -> NativeEngine:
        library = library or installed_library()
        assert library is not None
        return NativeEngine(library, self.weights(), spelling)

    def onnx_arrays(self) -> ModelArrays:
        content = io.BytesIO()
        np.savez(content, **self.arrays)
        content.seek(0)
        return ModelArrays.read(content)

    def onnx(self) -> OnnxModel:
        return OnnxModel(self.encoder, self.step, self.onnx_arrays(), self.attention)


@functools.cache
def exported(form: Form) -> Exported:
    """An int8 model with random weights, large enough that different inputs give different outputs."""
    torch.manual_seed(form.seed)
    config = ModelConfig(
        SOURCES,
        TARGETS,
        cell=form.cell,  # type: ignore[arg-type]
        attention=form.attention,  # type: ignore[arg-type]
        attention_heads=form.heads,
        connection=form.connection,  # type: ignore[arg-type]
        bidirectional=form.bidirectional,
        lexical=form.lexical,
        tie=form.tie,  # type: ignore[arg-type]
        encoder_layers=form.layers,
        decoder_layers=form.layers,
        embedding_size=form.hidden // 2,
        encoder_hidden=form.hidden // 2,
        decoder_hidden=form.hidden,
    )
    model = Seq2Seq(config, PAD_ID).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2.0)
            if parameter.dim() == 1:
                torch.nn.init.normal_(parameter, std=0.1)
        model.output.bias[END_ID] += 1.0
    weights = weights_of(model)
    generator = np.random.default_rng(form.seed)
    always = np.union1d(generator.choice(TARGETS, TARGETS // 3, replace=False), [END_ID])
    lists = ShortLists(always, generator.integers(4, TARGETS + 1, (SOURCES, 5)), TARGETS)
    closed = generator.normal(size=config.embedding_size + 1).astype(np.float32)
    closed[-1] += 2.0  # so likely that they would be chosen if they could be
    content = model_arrays(
        config, weights, True, lists if form.short_lists else None, closed if form.closed_words else None
    )
    with np.load(io.BytesIO(content)) as arrays:
        return Exported(
            Shape.model_validate({**config.to_dict(), "precision": "int8"}),
            encoder_graph(config, weights, True),
            step_graph(config, weights, True),
            dict(arrays),
            None if form.attention == "none" else attention_graph(config, weights, True),
        )
