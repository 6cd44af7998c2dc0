"""What is read and how a model is trained, validated once at the edge."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from nmt.corpus import CleaningRules
from nmt.errors import ConfigError

Schedule = Literal["plateau", "inverse-sqrt", "linear"]
Precision = Literal["auto", "float32", "bf16"]

MAY_CHANGE = frozenset(
    {
        "max_updates", "patience", "evaluate_every", "evaluate_pairs", "checkpoint_minutes", "precision",
        "learning_rate", "clip_norm",
    }
)  # fmt: skip
"""Settings that a training may go on with in another value: to prolong it, say, or to get past a loss that is NaN."""


@dataclass(frozen=True, slots=True)
class DataConfig:
    """What is read and how it becomes subwords."""

    held_out: int = 1000
    """Pairs taken out of the training corpus for validation, by source sentence, when none are given."""
    vocabulary_size: int = 6000
    """Subwords of each tokenizer, special ids included; fewer when the corpus does not give as many, and so many beside
    its characters when those alone are more."""
    vocabulary_pairs: int = 250_000
    """Training pairs, drawn at random, that the tokenizers are learned from; all when there are no more."""
    joint: bool = True
    """One tokenizer for both sides, or one for each."""
    max_subwords: int = 100
    """Longest side of a training pair, in subwords."""
    cleaning: CleaningRules = field(default_factory=CleaningRules)
    seed: int = 1
    """Of the pairs held out and of those that the tokenizers are learned from."""

    def __post_init__(self) -> None:
        for name, least in (("held_out", 1), ("vocabulary_pairs", 1), ("max_subwords", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"data.{name} is {getattr(self, name)}, allowed: {least} or more")


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Optimisation, batches, evaluation and stopping. An update is one step of the optimizer."""

    seed: int = 1
    batch_tokens: int = 1500
    """Padded tokens a batch, on the longer side."""
    max_updates: int = 20_000
    learning_rate: float = 1.5e-3
    """Peak rate of Adam, reached after the warm-up."""
    warmup_updates: int = 400
    """Updates over which the rate rises linearly from 0."""
    schedule: Schedule = "linear"
    """After the warm-up: `linear` to 0 at max_updates, `inverse-sqrt`, or `plateau` (halved when validation
    loss has not improved for `plateau_patience` evaluations)."""
    plateau_patience: int = 2
    label_smoothing: float = 0.1
    """Share of the probability spread evenly over the vocabulary (Szegedy et al. 2016, section 7)."""
    split_subwords: float = 0.0
    """Probability of each subword to fall apart into smaller ones, drawn anew whenever a pair is seen."""
    consistency: float = 0.0
    """alpha: each batch goes through twice with other dropout, and what the two say of a token may differ only at a
    price (R-Drop, Liang et al. 2021). An update then takes 1.7 times as long."""
    guided_alignment: float = 0.0
    """Weight of what attention pays for looking elsewhere than a lexicon of the training pairs says (guided alignment,
    Chen et al. 2016). 0: attention finds out by itself."""
    begin_from_lexicon: bool = False
    """Whether subwords begin with the embeddings of their likeliest translations, and the output with how frequent
    they are. A model that is fine-tuned begins with what it has."""
    remember: float = 0.0
    """Share of the loss that a model being fine-tuned pays for departing from what the package it began from says of
    the same tokens: KL divergence in place of cross-entropy (Dakwale & Monz 2017; Khayrallah et al. 2018)."""
    dropout_falls_from: float = 1.0
    """Share of max_updates from which all dropout falls in a line, to none at the last update; 1: it stays."""
    average_decay: float = 0.0
    """Share of the running average of the weights that an update leaves; the average is what is evaluated and kept.
    0: no average."""
    clip_norm: float = 1.0
    """tau: the gradient is scaled to this global L2 norm when longer (Pascanu et al. 2013)."""
    precision: Precision = "auto"
    """`bf16` runs the matrix products in bfloat16 under autocast; weights and optimizer stay float32. `auto` does
    so on a GPU and on processors with AVX512-BF16."""
    evaluate_every: int = 1000
    """Updates between two evaluations on the held-out pairs; each writes the checkpoints."""
    evaluate_pairs: int = 500
    """Held-out pairs to translate for BLEU and chrF; the loss is taken over all of them."""
    checkpoint_minutes: float = 5.0
    """At most this much work is lost when the process is killed."""
    patience: int = 8
    """Evaluations without a better validation loss after which training stops."""

    def __post_init__(self) -> None:
        _check("schedule", self.schedule, self.schedule in get_args(Schedule), ", ".join(get_args(Schedule)))
        _check("precision", self.precision, self.precision in get_args(Precision), ", ".join(get_args(Precision)))
        _check("label_smoothing", self.label_smoothing, 0 <= self.label_smoothing < 1, "[0, 1)")
        for name in (
            "batch_tokens", "max_updates", "evaluate_every", "evaluate_pairs", "patience", "plateau_patience",
        ):  # fmt: skip
            _check(name, getattr(self, name), getattr(self, name) >= 1, "1 or more")
        _check("seed", self.seed, self.seed >= 0, "0 or more")
        _check("average_decay", self.average_decay, 0 <= self.average_decay < 1, "[0, 1)")
        _check("dropout_falls_from", self.dropout_falls_from, 0 <= self.dropout_falls_from <= 1, "0 to 1")
        _check("split_subwords", self.split_subwords, 0 <= self.split_subwords < 1, "[0, 1)")
        _check("remember", self.remember, 0 <= self.remember < 1, "[0, 1)")
        for name in ("consistency", "guided_alignment"):
            _check(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")
        for name in ("learning_rate", "clip_norm", "checkpoint_minutes"):
            _check(name, getattr(self, name), getattr(self, name) > 0, "more than 0")
        _check("warmup_updates", self.warmup_updates, self.warmup_updates >= 0, "0 or more")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    def identity(self) -> dict[str, Any]:
        """The settings that make it this training and no other; the rest say how long and how closely watched."""
        return {name: value for name, value in asdict(self).items() if name not in MAY_CHANGE}


def _check(name: str, value: object, holds: bool, allowed: str) -> None:
    if not holds:
        raise ConfigError(f"{name} is {value!r}, allowed: {allowed}")
