"""The data and training settings, validated on construction."""

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
"""Settings that may change when a run resumes, for example to prolong training or to get past a NaN loss."""


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Settings of the corpus and its segmentation into subwords."""

    held_out: int = 1000
    """Pairs held out of the training corpus, by source sentence, when no validation pairs are given."""
    vocabulary_size: int = 6000
    """Subwords of each tokenizer, including special ids; fewer if the corpus does not yield as many. If the characters
    alone exceed it, they are added to it."""
    vocabulary_pairs: int = 250_000
    """Randomly sampled training pairs that the tokenizers are learned from; all pairs if there are fewer."""
    joint: bool = True
    """Whether both sides share one tokenizer."""
    max_subwords: int = 100
    """Maximum length of each side of a training pair, in subwords."""
    cleaning: CleaningRules = field(default_factory=CleaningRules)
    seed: int = 1
    """Seed for sampling the held-out pairs and the pairs that the tokenizers are learned from."""

    def __post_init__(self) -> None:
        for name, least in (("held_out", 1), ("vocabulary_pairs", 1), ("max_subwords", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"data.{name} is {getattr(self, name)}, allowed: {least} or more")


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of optimization, batching, evaluation and stopping. An update is one optimizer step."""

    seed: int = 1
    batch_tokens: int = 1500
    """Tokens per batch including padding, on the longer side."""
    max_updates: int = 20_000
    learning_rate: float = 1.5e-3
    """Peak learning rate of Adam, reached after the warm-up."""
    warmup_updates: int = 400
    """Updates over which the learning rate rises linearly from 0."""
    schedule: Schedule = "linear"
    """Decay after the warm-up: `linear` to 0 at max_updates, `inverse-sqrt`, or `plateau` (halved when the validation
    loss has not improved for `plateau_patience` evaluations)."""
    plateau_patience: int = 2
    label_smoothing: float = 0.1
    """Probability mass spread evenly over the vocabulary (Szegedy et al. 2016, section 7)."""
    split_subwords: float = 0.0
    """Probability that a subword is split into smaller ones, sampled anew each time a pair is seen."""
    consistency: float = 0.0
    """alpha of R-Drop (Liang et al. 2021): each batch passes through the model twice with different dropout masks, and
    the loss penalizes the divergence of the two output distributions. An update then takes 1.7 times as long."""
    guided_alignment: float = 0.0
    """Weight of the guided alignment loss (Chen et al. 2016), which pulls attention towards the alignments of a lexicon
    learned from the training pairs. 0: no alignment loss."""
    begin_from_lexicon: bool = False
    """Whether to initialize each subword's embedding near those of its likeliest translations, and the output bias from
    subword frequencies. A fine-tuned model keeps its own weights."""
    remember: float = 0.0
    """Share of the fine-tuning loss that is the KL divergence from the original package's output distributions, in
    place of cross-entropy (Dakwale & Monz 2017; Khayrallah et al. 2018)."""
    dropout_falls_from: float = 1.0
    """Share of max_updates after which all dropout rates fall linearly, to 0 at the last update; 1: constant rates."""
    average_decay: float = 0.0
    """Decay of the exponential moving average of the weights, which is what is evaluated and kept. 0: no average."""
    clip_norm: float = 1.0
    """tau: maximum global L2 norm of the gradient, which is scaled down to it (Pascanu et al. 2013)."""
    precision: Precision = "auto"
    """`bf16` runs matrix products in bfloat16 under autocast; weights and optimizer state stay in float32. `auto`
    means `bf16` on a GPU and on processors with AVX512-BF16."""
    evaluate_every: int = 1000
    """Updates between evaluations on the held-out pairs; each evaluation writes checkpoints."""
    evaluate_pairs: int = 500
    """Held-out pairs to translate for BLEU and chrF; the validation loss covers all held-out pairs."""
    checkpoint_minutes: float = 5.0
    """Minutes between checkpoints: the most work lost if the process is killed."""
    patience: int = 8
    """Evaluations without a better validation loss before early stopping."""

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
        """Return the settings as plain values for JSON."""
        return asdict(self)

    def identity(self) -> dict[str, Any]:
        """Return the settings that identify a training; the rest only affect its length and monitoring."""
        return {name: value for name, value in asdict(self).items() if name not in MAY_CHANGE}


def _check(name: str, value: object, holds: bool, allowed: str) -> None:
    if not holds:
        raise ConfigError(f"{name} is {value!r}, allowed: {allowed}")
