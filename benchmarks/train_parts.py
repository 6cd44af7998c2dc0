"""Where the time of a training update goes: self time by kind of operation, forward and backward together.

python benchmarks/train_parts.py --threads 2

The sizes are those of train.py; ids are random and lengths those of short sentences, which time does not tell apart
from text. The profiler adds some time of its own, mostly to small operations.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import click
import numpy as np
import torch
from torch.profiler import ProfilerActivity, profile

from nmt.corpus.batching import IdPairs
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.training.optimization.trainer import Trainer
from nmt.training.settings.config import TrainingConfig
from tokenizer import PAD_ID

_VOCABULARY = 8000
_UPDATES = 20
_KINDS = {
    "matrix products": ("mm", "addmm", "bmm", "baddbmm", "linear", "matmul"),
    "gates, fused cells": ("lstm", "rnn", "sigmoid", "tanh"),
    "softmax and logarithms": ("softmax", "logsumexp", "exp", "log"),
    "optimizer": ("adam", "norm"),
    "copies and layout": ("copy", "cat", "index", "gather", "scatter", "select", "slice", "fill", "zero", "stack"),
    "element by element": ("mul", "add", "sub", "div", "sum", "mean", "dropout", "bernoulli"),
}
"""By what the name of an operator holds, the first that fits."""


@click.command(help=__doc__)
@click.option("--threads", default=2, show_default=True)
def main(threads: int) -> None:
    """Warm up, profile, print the shares."""
    torch.set_num_threads(threads)
    config = ModelConfig(_VOCABULARY, _VOCABULARY, dropout=DropoutConfig(embedding=0.1, hidden=0.1))
    settings = TrainingConfig(batch_tokens=1500, max_updates=10**6)
    trainer = Trainer(Seq2Seq(config, PAD_ID), random_pairs(), settings, torch.device("cpu"), Path(), "")
    batches = trainer._batches()
    for batch in itertools.islice(batches, 5):
        trainer.update(*batch)
    tokens = 0
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for batch in itertools.islice(batches, _UPDATES):
            tokens += trainer.update(*batch).target_tokens
    shares: dict[str, float] = dict.fromkeys([*_KINDS, "other"], 0.0)
    for event in profiler.key_averages():
        name = event.key.removeprefix("aten::").lower()
        kind = next((kind for kind, parts in _KINDS.items() if any(part in name for part in parts)), "other")
        shares[kind] += event.self_cpu_time_total
    whole = sum(shares.values())
    print(f"{threads} threads, {_UPDATES} updates, {tokens / (whole / 1e6):.0f} target tokens/s under the profiler")
    for kind, microseconds in shares.items():
        print(f"{kind:<26}{microseconds / _UPDATES / 1e3:>8.1f} ms{microseconds / whole:>7.0%}")


def random_pairs() -> IdPairs:
    """Pairs of 8 to 24 subwords a side."""
    generator = np.random.default_rng(0)
    sentences = [generator.integers(4, _VOCABULARY, generator.integers(8, 25)).tolist() for _ in range(8000)]
    return IdPairs(sentences[::2], sentences[1::2])


if __name__ == "__main__":
    main()
