"""Recurrent layers: LSTM, GRU and the vanilla RNN, each run over a whole sequence in one fused call."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from nmt.model.config import ModelConfig
from nmt.model.dropout import Dropout

LayerState = tuple[Tensor, ...]
"""(h, c) for an LSTM, otherwise (h,). Each has shape (directions, B, H)."""

SequenceT = TypeVar("SequenceT", Tensor, PackedSequence)

_SHUT = 2.0**14
"""Gate input, exact in bfloat16, that makes sigmoid 0 or 1 whatever h, which is in (-1, 1), adds to it. The rows of
recurrent weights of trained models sum to less than 100."""

_CELLS: dict[str, type[nn.LSTM | nn.GRU | nn.RNN]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
_RUN: dict[type[nn.Module], Callable[..., tuple[Tensor, ...]]] = {
    nn.LSTM: torch.lstm, nn.GRU: torch.gru, nn.RNN: torch.rnn_tanh,
}  # fmt: skip
"""What the modules call, with their weights as arguments."""


class RecurrentLayer(nn.Module):
    """One recurrent layer with one or two directions.

    `lstm` is Hochreiter & Schmidhuber 1997 with a forget gate, `gru` Cho et al. 2014, `rnn` the vanilla
    h_t = tanh(W_hh h_{t-1} + W_xh x_t + b) (Elman 1990).
    """

    def __init__(self, config: ModelConfig, input_size: int, hidden_size: int, bidirectional: bool) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.recurrent_dropout = Dropout(config.dropout.recurrent)
        self.cell = _CELLS[config.cell](input_size, hidden_size, batch_first=True, bidirectional=bidirectional)
        self._initialise(config.forget_bias if isinstance(self.cell, nn.LSTM) else None)

    def forward(
        self, sequence: Tensor, lengths: Tensor | None = None, state: LayerState | None = None
    ) -> tuple[Tensor, LayerState]:
        """Run over (B, T, F). Returns (B, T, directions * H) and the state after each row's last step.

        With `lengths` (B,), on the CPU and each at least 1, padding is not read or counted, and outputs at padding are
        zero.
        """
        if lengths is None:
            outputs, last = self._run(sequence, state)
            return outputs, last
        if state is None and isinstance(self.cell, nn.LSTM) and sequence.device.type == "cpu":
            return self._run_padded(sequence, lengths)
        packed = pack_padded_sequence(sequence, lengths, batch_first=True, enforce_sorted=False)
        packed_outputs, last = self._run(packed, state)
        outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True, total_length=sequence.shape[1])
        return outputs, last

    def read(self, symbols: Tensor, embedding: Tensor, state: LayerState) -> tuple[Tensor, LayerState]:
        """Run over `symbols` (B, T), whose vectors are the rows of `embedding` (V, F), after `state`; as `forward`.

        W x = (W E^T) e for a row x of the embedding E and the one-hot vector e of its symbol. Where there are fewer
        symbols than F, such as characters, training multiplies by e, which is smaller.
        """
        run = _RUN.get(type(self.cell)) if self.training and symbols.device.type == "cpu" else None
        if run is None or len(embedding) >= embedding.shape[1]:
            # Steps first in memory, as the layer computes: its own transposition then copies nothing.
            sequence = functional.embedding(symbols.T, embedding).transpose(0, 1)  # (B, T, F)
            outputs, after = self(sequence, state=state)
            return outputs, after
        with torch.autocast("cpu", enabled=False):
            weights = [
                weight @ embedding.T if name.startswith("weight_ih") else weight
                for name, weight in self._weights().items()
            ]
        one_hot = functional.embedding(symbols.T, torch.eye(len(embedding))).transpose(0, 1)  # (B, T, V)
        start = state if isinstance(self.cell, nn.LSTM) else state[0]
        outputs, *last = run(one_hot, start, weights, True, 1, 0.0, self.training, False, True)
        return outputs, tuple(last)

    def _run(self, sequence: SequenceT, state: LayerState | None) -> tuple[SequenceT, LayerState]:
        is_lstm = isinstance(self.cell, nn.LSTM)
        start = None if state is None else (state if is_lstm else state[0])
        if self.recurrent_dropout.rate:
            outputs, last = torch.func.functional_call(self.cell, self._weights(), (sequence, start))
        else:
            outputs, last = self.cell(sequence, start)
        return outputs, (last if is_lstm else (last,))

    def _run_padded(self, sequence: Tensor, lengths: Tensor) -> tuple[Tensor, LayerState]:
        """Run an LSTM over `sequence` (B, T, F) with padding, as if it were packed, in half the time.

        On a CPU, torch runs packed sequences step by step. Here the whole call is fused, and the layer reads an extra
        input that is 1 at padding. It shuts the input gate and opens the forget gate, so that c stays the same to the
        bit. Where the inputs would be odd in number it is there twice, each with half of the weight: processors
        multiply bfloat16 in pairs, and an odd number takes up to three times as long.
        """
        hidden, directions = self.hidden_size, 2 if self.cell.bidirectional else 1
        rows, steps, width = sequence.shape
        padding = (torch.arange(steps) >= lengths[:, None])[..., None]  # (B, T, 1)
        extra = 2 - width % 2
        gates = sequence.new_tensor([-_SHUT, _SHUT, 0, 0], dtype=torch.float32).repeat_interleave(hidden)[:, None]
        gates = (gates / extra).expand(-1, extra)
        weights = [
            torch.cat((weight, gates), dim=1) if name.startswith("weight_ih") else weight
            for name, weight in self._weights().items()
        ]
        zero = sequence.new_zeros(directions, rows, hidden)
        outputs, h, c = torch.lstm(
            torch.cat((sequence.masked_fill(padding, 0), padding.to(sequence.dtype).expand(-1, -1, extra)), dim=2),
            (zero, zero), weights, True, 1, 0.0, self.training, directions == 2, True,
        )  # fmt: skip
        outputs = outputs.masked_fill(padding, 0)
        # Forward, the output gate keeps changing at padding. Backward, padding comes before the first subword.
        forward = outputs[torch.arange(rows), lengths - 1, :hidden]
        return outputs, (torch.stack((forward, *h[1:])), c)

    def _weights(self) -> dict[str, Tensor]:
        """Return the weights in torch's order, with recurrent dropout if configured."""
        return {
            name: self.recurrent_dropout(weight) if name.startswith("weight_hh") else weight
            for name, weight in self.cell.named_parameters()
        }

    def _initialise(self, forget_bias: float | None) -> None:
        """Initialise input weights by Glorot, recurrent weights orthogonally per gate, and biases to zero but the
        forget gate's."""
        hidden = self.hidden_size
        for name, parameter in self.cell.named_parameters():
            gates = torch.split(parameter.data, hidden)  # torch stacks the gates along the first axis
            for gate in gates:
                if name.startswith("weight_hh"):
                    nn.init.orthogonal_(gate)
                elif name.startswith("weight_ih"):
                    nn.init.xavier_uniform_(gate)
                else:
                    gate.zero_()
            if forget_bias is not None and name.startswith("bias_ih"):
                gates[1].fill_(forget_bias)  # torch's order: input, forget, cell, output


def uniform_embedding(vocabulary: int, size: int, padding_id: int) -> nn.Embedding:
    """Return an embedding whose vectors have about unit length, so that it can also serve as output projection."""
    embedding = nn.Embedding(vocabulary, size, padding_idx=padding_id)
    nn.init.normal_(embedding.weight, std=1.0 / math.sqrt(size))
    embedding.weight.data[padding_id].zero_()
    return embedding
