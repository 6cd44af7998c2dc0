"""The recurrent language model: embedding, layers with weights of their own, output layer."""

from __future__ import annotations

import math

from torch import Tensor, nn

from nmt.model import ModelConfig
from nmt.model.dropout import SequenceDropout
from nmt.model.rnn import LayerState, RecurrentLayer
from nmt.training.language_model.settings import LanguageModelSettings

State = tuple[LayerState, ...]
"""The state of each layer, bottom first."""


class RecurrentLanguageModel(nn.Module):
    """p(next symbol | all symbols before) with y_t = W_hy h_t + b (Mikolov et al. 2010)."""

    def __init__(self, settings: LanguageModelSettings, vocabulary: int) -> None:
        super().__init__()
        config = ModelConfig(
            vocabulary,
            vocabulary,
            cell=settings.cell,
            forget_bias=settings.forget_bias,
            dropout=settings.layer_dropout,
        )
        self._state_parts = len(config.state_names)
        self._hidden = settings.hidden
        self.embedding = nn.Embedding(vocabulary, settings.embedding)
        nn.init.normal_(self.embedding.weight, std=1.0 / math.sqrt(settings.embedding))
        self.layers = nn.ModuleList(
            RecurrentLayer(config, settings.embedding if index == 0 else settings.hidden, settings.hidden, False)
            for index in range(settings.layers)
        )
        self.dropout = SequenceDropout(settings.dropout, "standard")
        self.output = nn.Linear(settings.hidden, vocabulary)
        nn.init.xavier_uniform_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def start(self, rows: int) -> State:
        """Return the state of B = `rows` streams before their first symbol: zero."""
        zero = self.output.weight.new_zeros(1, rows, self._hidden)
        return tuple((zero,) * self._state_parts for _ in self.layers)

    def hidden(self, symbols: Tensor, state: State) -> tuple[Tensor, State]:
        """Read `symbols` (B, T) after `state`; return the last layer's outputs h (B, T, H) and the state after them."""
        first, *above = self.layers
        assert isinstance(first, RecurrentLayer)
        sequence, last = first.read(symbols, self.embedding.weight, state[0])  # (B, T, H)
        sequence, after = self.dropout(sequence), [last]
        for layer, before in zip(above, state[1:], strict=True):
            sequence, last = layer(sequence, state=before)  # (B, T, H)
            sequence = self.dropout(sequence)
            after.append(last)
        return sequence, tuple(after)

    def forward(self, symbols: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits (B, T, V) of the symbol after each of `symbols` (B, T), and the state after them."""
        hidden, after = self.hidden(symbols, state)
        return self.output(hidden), after

    def parameter_count(self) -> int:
        """Number of trained parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def detached(state: State) -> State:
    """Return `state` cut off from the steps that computed it, so that no gradient flows back into them."""
    return tuple(tuple(part.detach().float() for part in layer) for layer in state)


def state_tensors(state: State) -> dict[str, Tensor]:
    """Return the tensors of `state` by name, for a checkpoint."""
    return {f"{index}.{part}": tensor for index, layer in enumerate(state) for part, tensor in enumerate(layer)}


def state_from(tensors: dict[str, Tensor], like: State) -> State:
    """Inverse of `state_tensors`, for a state of the shape of `like`."""
    return tuple(
        tuple(tensors[f"{index}.{part}"].to(tensor.device) for part, tensor in enumerate(layer))
        for index, layer in enumerate(like)
    )


def is_state(tensors: dict[str, Tensor], like: State) -> bool:
    """Return whether `tensors` have the names and shapes of `like`."""
    return {name: each.shape for name, each in tensors.items()} == {
        name: each.shape for name, each in state_tensors(like).items()
    }
