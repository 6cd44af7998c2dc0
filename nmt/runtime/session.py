"""The two ONNX graphs of a package as an encoder and a `Step`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from nmt.decoding import Candidates
from tokenizer import END_ID, PAD_ID

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RowState:
    """Decoder state of R running rows, and the encoded sources of the B sentences that they translate."""

    sentence: Ids
    """(R,): which sentence a row belongs to."""
    source_length: Ids
    """(B,)."""
    memory: tuple[Floats, ...]
    """Encoder outputs and attention keys, each (B, S, *); empty without attention."""
    rows: tuple[Floats, ...]
    """State of each layer, each (R, H)."""

    def select(self, rows: Ids) -> RowState:
        """Rows reordered, repeated or dropped: `rows` (R',)."""
        chosen = RowState(self.sentence[rows], self.source_length, self.memory, tuple(part[rows] for part in self.rows))
        used = np.unique(chosen.sentence)
        # Copying the memory costs more than carrying finished sentences along, until half of it is theirs.
        return chosen._keep(used) if 2 * len(used) <= len(self.source_length) else chosen

    def _keep(self, sentences: Ids) -> RowState:
        lengths = self.source_length[sentences]
        longest = int(lengths.max(initial=0))
        return RowState(
            np.searchsorted(sentences, self.sentence),
            lengths,
            tuple(np.ascontiguousarray(part[sentences, :longest]) for part in self.memory),
            self.rows,
        )

    def join(self, other: RowState) -> RowState:
        """These rows, then those of `other`."""
        return RowState(
            np.concatenate((self.sentence, other.sentence + len(self.source_length))),
            np.concatenate((self.source_length, other.source_length)),
            tuple(_stack(mine, theirs) for mine, theirs in zip(self.memory, other.memory, strict=True)),
            tuple(np.concatenate(pair) for pair in zip(self.rows, other.rows, strict=True)),
        )


class OnnxModel:
    """Encoder and decoder step; a row's results depend on that row alone."""

    def __init__(self, encoder: bytes, step: bytes, threads: int) -> None:
        self._encoder = _session(encoder, threads)
        self._step = _session(step, threads)
        self._encoder_outputs = [output.name for output in self._encoder.get_outputs()]
        self._memory_names = [name for name in self._encoder_outputs if not name.startswith("state.")]
        self._state_names = [name for name in self._encoder_outputs if name.startswith("state.")]
        self._step_outputs = ["ids", "log_probs", *(f"next_{name}" for name in self._state_names)]

    def encode(self, sources: Sequence[Sequence[int]]) -> RowState:
        """Encode ids without special ids; one row a sentence."""
        lengths = np.array([len(ids) + 1 for ids in sources], dtype=np.int64)
        padded = np.full((len(sources), int(lengths.max())), PAD_ID, dtype=np.int64)  # (B, S)
        for row, ids in zip(padded, sources, strict=True):
            row[: len(ids)] = ids
            row[len(ids)] = END_ID
        outputs = self._encoder.run(self._encoder_outputs, {"source": padded, "source_length": lengths})
        named = dict(zip(self._encoder_outputs, outputs, strict=True))
        return RowState(
            np.arange(len(sources), dtype=np.int64),
            lengths,
            tuple(named[name] for name in self._memory_names),
            tuple(named[name] for name in self._state_names),
        )

    def __call__(self, tokens: Ids, state: RowState, k: int) -> tuple[Candidates, RowState]:
        """One step: `tokens` (R,) to the k best next subwords of each row."""
        ids, log_probs, *rows = self._step.run(self._step_outputs, self._feed(tokens, state, k))
        return Candidates(ids, log_probs), RowState(state.sentence, state.source_length, state.memory, tuple(rows))

    def _feed(self, tokens: Ids, state: RowState, k: int) -> dict[str, NDArray[np.generic]]:
        feed: dict[str, NDArray[np.generic]] = {"tokens": tokens, "k": np.array([k], dtype=np.int64)}
        feed |= dict(zip(self._state_names, state.rows, strict=True))
        if self._memory_names:
            feed |= dict(zip(self._memory_names, state.memory, strict=True))
            feed |= {"sentence": state.sentence, "source_length": state.source_length}
        return feed


def available_cpus() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _session(graph: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that spin while they wait starve each other when the machine has other work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _stack(first: Floats, second: Floats) -> Floats:
    """(B, S, D) and (B', S', D) as (B + B', max(S, S'), D), zero where a source has ended."""
    steps = max(first.shape[1], second.shape[1])
    stacked = np.zeros((len(first) + len(second), steps, first.shape[2]), dtype=np.float32)
    stacked[: len(first), : first.shape[1]] = first
    stacked[len(first) :, : second.shape[1]] = second
    return stacked
