"""The encoder: maps source subwords to a memory of S vectors and the decoder's first state."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from nmt.model.config import ModelConfig
from nmt.model.dropout import SequenceDropout, WordDropout
from nmt.model.rnn import LayerState, RecurrentLayer


class Encoded(NamedTuple):
    """Encoder outputs for a batch of source sentences."""

    memory: Tensor
    """(B, S, D), zero at padding."""
    mask: Tensor
    """(B, S), true where there is a subword."""
    words: Tensor
    """(B, S, E): the embeddings that the first layer reads."""
    last: tuple[Tensor, ...]
    """Last state of the top layer, directions side by side: (h, c) or (h,), each (B, D)."""


class Encoder(nn.Module):
    """A stack of recurrent layers over the embedded source, with residual connections from layer 2 on."""

    def __init__(self, config: ModelConfig, embedding: nn.Embedding) -> None:
        super().__init__()
        dropout = config.dropout
        self.embedding = embedding
        self.word_dropout = WordDropout(dropout.word)
        self.embedding_dropout = SequenceDropout(dropout.embedding, dropout.kind)
        self.hidden_dropout = SequenceDropout(dropout.hidden, dropout.kind)
        self.layers = nn.ModuleList(
            RecurrentLayer(
                config,
                config.embedding_size if index == 0 else config.memory_size,
                config.encoder_hidden,
                config.bidirectional,
            )
            for index in range(config.encoder_layers)
        )

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Encode `source` (B, S), padded on the right, with `lengths` (B,) on the CPU, each at least 1."""
        words = self.embedding_dropout(self.word_dropout(self.embedding(source)))  # (B, S, E)
        sequence = words
        state: LayerState = ()
        for index, layer in enumerate(self.layers):
            outputs, state = layer(sequence, lengths)  # (B, S, D)
            sequence = outputs if index == 0 else outputs + sequence
            sequence = self.hidden_dropout(sequence)
        positions = torch.arange(source.shape[1], device=source.device)
        mask = positions.unsqueeze(0) < lengths.to(source.device).unsqueeze(1)  # (B, S)
        last = tuple(torch.cat(tuple(part), dim=1) for part in state)  # (directions, B, H) -> (B, D)
        return Encoded(sequence, mask, words, last)
