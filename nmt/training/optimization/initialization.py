"""Create a model for training, if it fits in memory."""

from __future__ import annotations

import os

import torch

from nmt.errors import ConfigError
from nmt.model import ModelConfig, Seq2Seq
from tokenizer import PAD_ID

_BYTES_A_PARAMETER = 20
"""Four bytes each for the weight, its gradient, the two moments of Adam and the running average."""


def new_model(config: ModelConfig) -> Seq2Seq:
    """Return a newly initialized model on the CPU.

    Raises ConfigError if training the model would exceed the machine's memory, not counting batches. Running out of
    memory would instead kill this process or another one.
    """
    needed, there = _bytes_needed(config), _bytes_there()
    if there is not None and (needed is None or needed > there):
        wanted = "more than any machine has" if needed is None else f"{needed / 1e9:,.0f} GB"
        raise ConfigError(
            f"a model of these sizes needs {wanted} of memory to train, and this machine has {there / 1e9:,.0f} GB: "
            f"lower model.decoder_hidden ({config.decoder_hidden}), model.encoder_hidden ({config.encoder_hidden}), "
            f"model.embedding_size ({config.embedding_size}) or the numbers of layers"
        )
    return Seq2Seq(config, PAD_ID)


def _bytes_needed(config: ModelConfig) -> int | None:
    """Return the bytes needed to train the model, or None if the sizes overflow."""
    try:
        with torch.device("meta"):
            return _BYTES_A_PARAMETER * Seq2Seq(config, PAD_ID).parameter_count()
    except (RuntimeError, TypeError):
        return None


def _bytes_there() -> int | None:
    """Return the machine's memory in bytes, or None if the system does not report it."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
