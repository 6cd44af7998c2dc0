"""The decoder: computes the next subword's state from the previous target subwords and the encoded source.

The first layer reads target embeddings alone. Its output queries the attention. Further layers read that output and the
context. No layer waits for the attention of the previous step (no input feeding), so under teacher forcing all time
steps of a layer run in one call.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.model.attention import attend, build_attention
from nmt.model.config import ModelConfig
from nmt.model.dropout import SequenceDropout, WordDropout
from nmt.model.encoder import Encoded
from nmt.model.highway import Highway
from nmt.model.rnn import LayerState, RecurrentLayer


class DecoderState(NamedTuple):
    """State that the decoder carries from step to step, and the source it attends to."""

    layers: tuple[LayerState, ...]
    """State of each layer: (h, c) or (h,), each (1, B, H)."""
    values: Tensor
    """Shape (B, S, D): the values that attention averages. (B, S, D + E), with the source embeddings, in a lexical
    model."""
    keys: Tensor | None
    """Shape (B, S, H), or None without attention."""
    mask: Tensor
    """(B, S)."""
    vector: Tensor | None = None
    """Shape (B, P): read by the first layer at every step, beside the embedding. None in a translator."""


class Decoder(nn.Module):
    """A stack of recurrent layers over the embedded target, with attention after the first."""

    def __init__(self, config: ModelConfig, embedding: nn.Embedding, vector_size: int = 0) -> None:
        """`vector_size` is P, the width of a vector that takes the place of an encoder's outputs; 0 in a translator."""
        super().__init__()
        dropout = config.dropout
        hidden = config.decoder_hidden
        context = 0 if config.attention == "none" else config.memory_size
        self.context_size = context
        self._hidden = hidden
        self._state_parts = len(config.state_names)
        self.word_size = config.word_size
        self.embedding = embedding
        self.word_dropout = WordDropout(dropout.word)
        self.embedding_dropout = SequenceDropout(dropout.embedding, dropout.kind)
        self.hidden_dropout = SequenceDropout(dropout.hidden, dropout.kind)
        bridges = 0 if vector_size else config.decoder_layers * len(config.state_names)
        self.bridges = nn.ModuleList(nn.Linear(config.memory_size, hidden) for _ in range(bridges))
        first = config.embedding_size + vector_size
        self.layers = nn.ModuleList(
            RecurrentLayer(config, first if index == 0 else hidden + context, hidden, False)
            for index in range(config.decoder_layers)
        )
        gates = config.decoder_layers - 1 if config.connection == "highway" else 0
        self.highways = nn.ModuleList(Highway(hidden) for _ in range(gates))
        self.attention = build_attention(config)
        self.combine = nn.Linear(hidden + context + self.word_size, config.embedding_size)

    def start(self, encoded: Encoded) -> DecoderState:
        """Return the state before the first step: a projection of the encoder's last state for each layer."""
        count = len(encoded.last)
        layers = []
        for index in range(len(self.layers)):
            bridges = self.bridges[index * count : (index + 1) * count]
            # tanh keeps h in (-1, 1), the range in which the cell keeps it. c is unbounded.
            parts = [bridge(last) for bridge, last in zip(bridges, encoded.last, strict=True)]
            state = (torch.tanh(parts[0]), *parts[1:])
            layers.append(tuple(part.unsqueeze(0).contiguous() for part in state))  # (1, B, H)
        keys = None if self.attention is None else self.attention.keys(encoded.memory)
        values = torch.cat((encoded.memory, encoded.words), dim=2) if self.word_size else encoded.memory
        return DecoderState(tuple(layers), values, keys, encoded.mask)

    def start_with(self, vector: Tensor) -> DecoderState:
        """Return the state before the first step that reads `vector` (B, P) at every step: all layers are zero."""
        batch = len(vector)
        zero = vector.new_zeros(1, batch, self._hidden)
        layers = tuple((zero,) * self._state_parts for _ in self.layers)
        nothing = vector.new_zeros(batch, 0)
        return DecoderState(layers, nothing.unsqueeze(2), None, nothing.bool(), vector)

    def forward(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState, Tensor | None]:
        """Read `tokens` (B, T) after `state`.

        Returns the states before the output projection (B, T, E), the decoder's next state, and the first head's
        attention weights (B, T, S), or None without attention.
        """
        sequence = self.embedding_dropout(self.word_dropout(self.embedding(tokens)))  # (B, T, E)
        if state.vector is not None:
            # W_xh x_t + W_ih v is one product with [x_t, v], so W_ih is the last P columns of the input weights.
            repeated = state.vector.unsqueeze(1).expand(-1, tokens.shape[1], -1)
            sequence = torch.cat((sequence, repeated.to(sequence.dtype)), dim=2)  # (B, T, E + P)
        outputs, first = self.layers[0](sequence, state=state.layers[0])  # (B, T, H)
        outputs = self.hidden_dropout(outputs)
        context, weights = self._attend(outputs, state)
        next_layers = [first]
        for number, (layer, layer_state) in enumerate(zip(self.layers[1:], state.layers[1:], strict=True)):
            read = None if context is None else context[..., : self.context_size]  # words are for the output alone
            above, after = layer(_join(outputs, read), state=layer_state)
            above = self.hidden_dropout(above)
            outputs = self.highways[number](outputs, above) if self.highways else above + outputs
            next_layers.append(after)
        combined = torch.tanh(self.combine(_join(outputs, context)))  # (B, T, E)
        return self.hidden_dropout(combined), state._replace(layers=tuple(next_layers)), weights

    def _attend(self, queries: Tensor, state: DecoderState) -> tuple[Tensor | None, Tensor | None]:
        if self.attention is None or state.keys is None:
            return None, None
        memory = state.values[..., : self.context_size]
        heads, context = attend(self.attention.scores(queries, state.keys), memory, state.mask)
        weights = heads[:, 0]
        if self.word_size:
            words = weights.to(memory.dtype) @ state.values[..., self.context_size :]
            context = torch.cat((context, words), dim=2)
        return context, weights


def _join(outputs: Tensor, context: Tensor | None) -> Tensor:
    return outputs if context is None else torch.cat((outputs, context), dim=2)
