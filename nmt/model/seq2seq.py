"""The whole model: an encoder and a decoder with separate weights, and the output projection."""

from __future__ import annotations

from torch import Tensor, nn

from nmt.model.config import ModelConfig
from nmt.model.decoder import Decoder
from nmt.model.encoder import Encoder
from nmt.model.rnn import uniform_embedding


class Seq2Seq(nn.Module):
    """p(target | source), one target subword at a time (Sutskever et al. 2014)."""

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

    def states(self, source: Tensor, source_length: Tensor, target_input: Tensor) -> Tensor:
        """The decoder's states before the output projection, under teacher forcing.

        `source` (B, S), `source_length` (B,) on the CPU, `target_input` (B, T) with <START> first;
        gives (B, T, E).
        """
        return self.attended_states(source, source_length, target_input)[0]

    def attended_states(
        self, source: Tensor, source_length: Tensor, target_input: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        """As `states`, and beside them the attention weights (B, T, S), None without attention."""
        start = self.decoder.start(self.encoder(source, source_length))
        states, _, weights = self.decoder(target_input, start)
        return states, weights

    def forward(self, source: Tensor, source_length: Tensor, target_input: Tensor) -> Tensor:
        """Logits (B, T, V); shapes of the arguments as in `states`."""
        logits: Tensor = self.output(self.states(source, source_length, target_input))
        return logits

    def parameter_count(self) -> int:
        """Trained numbers, a tied matrix counted once."""
        return sum(parameter.numel() for parameter in self.parameters())
