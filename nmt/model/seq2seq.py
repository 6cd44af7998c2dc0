"""The whole model: an encoder and a decoder with separate weights, and the output projection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol

from torch import Tensor, nn

from nmt.model.config import ModelConfig
from nmt.model.decoder import Decoder, DecoderState
from nmt.model.encoder import Encoder
from nmt.model.rnn import uniform_embedding


class _Config(Protocol):
    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""


class DecoderModel(nn.Module, ABC):
    """p(target | source), one target subword at a time, whatever the source is."""

    config: _Config
    decoder: Decoder
    output: nn.Linear
    """The projection from E to V."""

    @abstractmethod
    def start(self, source: Tensor, source_length: Tensor) -> DecoderState:
        """Return the decoder's state before the first step, for the source side of a batch."""

    def states(self, source: Tensor, source_length: Tensor, target_input: Tensor) -> Tensor:
        """Return the decoder's states (B, T, E) before the output projection, under teacher forcing.

        `source` has shape (B, S), `source_length` (B,) is on the CPU, and `target_input` (B, T) begins with <START>.
        """
        return self.attended_states(source, source_length, target_input)[0]

    def attended_states(
        self, source: Tensor, source_length: Tensor, target_input: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """Return the same as `states`, and the attention weights (B, T, S), or None without attention."""
        states, _, weights = self.decoder(target_input, self.start(source, source_length))
        return states, weights

    def forward(self, source: Tensor, source_length: Tensor, target_input: Tensor) -> Tensor:
        """Return logits (B, T, V). The arguments have the shapes given in `states`."""
        logits: Tensor = self.output(self.states(source, source_length, target_input))
        return logits

    def parameter_count(self) -> int:
        """Number of trained parameters, with a tied matrix counted once."""
        return sum(parameter.numel() for parameter in self.parameters())


class Seq2Seq(DecoderModel):
    """An encoder and a decoder of sentences (Sutskever et al. 2014)."""

    config: ModelConfig

    def __init__(self, config: ModelConfig, padding_id: int) -> None:
        super().__init__()
        self.config = config
        target = uniform_embedding(config.target_vocabulary, config.embedding_size, padding_id)
        source = (
            target
            if config.tie == "all"
            else uniform_embedding(config.source_vocabulary, config.embedding_size, padding_id)
        )
        self.encoder = Encoder(config, source)
        self.decoder = Decoder(config, target)
        self.output = nn.Linear(config.embedding_size, config.target_vocabulary)
        nn.init.zeros_(self.output.bias)
        if config.tie == "none":
            nn.init.xavier_uniform_(self.output.weight)
        else:
            self.output.weight = target.weight

    def start(self, source: Tensor, source_length: Tensor) -> DecoderState:
        """Return the decoder's state before the first step for `source` (B, S) with `source_length` (B,)."""
        return self.decoder.start(self.encoder(source, source_length))
