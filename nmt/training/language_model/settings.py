"""The settings of a language model and its training, validated before any text is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from nmt.errors import ConfigError
from nmt.language_model.symbols import SymbolKind
from nmt.model import DropoutConfig
from nmt.model.config import Cell
from nmt.training.settings.config import MAY_CHANGE, Precision, TrainingConfig
from nmt.training.settings.overrides import value_of


@dataclass(frozen=True, slots=True)
class LanguageModelSettings:
    """What is predicted, the network, and truncated backpropagation through time. An update is one optimizer step."""

    symbols: SymbolKind = "characters"
    vocabulary_size: int = 6000
    """Most symbols: the most frequent characters, or subwords."""
    held_out: float = 0.1
    """Share of the text, at its end, that validates when no validation text is given."""
    cell: Cell = "lstm"
    layers: int = 2
    hidden: int = 512
    """H of each layer."""
    embedding: int = 128
    """E: the width of the vectors that the first layer reads."""
    forget_bias: float = 1.0
    """Initial bias of the LSTM forget gate (Jozefowicz et al. 2015)."""
    dropout: float = 0.3
    """Rate for the output of each layer, between layers and before the output layer (Zaremba et al. 2014)."""
    streams: int = 32
    """B: places of the text that are read in parallel."""
    k: int = 128
    """Steps of a chunk: gradients flow back through at most k steps, while the state is carried on."""
    max_updates: int = 3000
    learning_rate: float = 3e-3
    """Peak learning rate of Adam; it rises linearly during the warm-up and falls linearly to 0."""
    warmup_updates: int = 100
    clip_norm: float = 1.0
    """tau: gradients g with ||g|| > tau become tau g / ||g|| (Pascanu et al. 2013). g is the gradient of the loss
    summed over all steps, divided by the B x k symbols of a chunk."""
    average_decay: float = 0.998
    """Decay of the exponential moving average of the weights, which is what is evaluated and kept. 0: no average."""
    precision: Precision = "auto"
    """`bf16` multiplies matrices in bfloat16; `auto` does so where the processor is fast with it."""
    evaluate_every: int = 250
    """Updates between evaluations on the validation text; each writes checkpoints."""
    checkpoint_minutes: float = 5.0
    """Minutes between checkpoints: the most work lost if the process is killed."""
    patience: int = 8
    """Evaluations without a better validation loss before early stopping."""
    seed: int = 1

    def __post_init__(self) -> None:
        _require(self.symbols in get_args(SymbolKind), "symbols", self.symbols, ", ".join(get_args(SymbolKind)))
        _require(self.cell in get_args(Cell), "cell", self.cell, ", ".join(get_args(Cell)))
        for name in ("vocabulary_size", "layers", "hidden", "embedding", "streams", "k"):
            _require(getattr(self, name) >= 1, name, getattr(self, name), "1 or more")
        _require(0 < self.held_out < 1, "held_out", self.held_out, "between 0 and 1")
        _require(0 <= self.dropout < 1, "dropout", self.dropout, "[0, 1)")
        self.optimization()  # checks the other settings

    def optimization(self) -> TrainingConfig:
        """Return the settings that every training has. Raises ConfigError if one is out of range."""
        return TrainingConfig(
            seed=self.seed,
            batch_tokens=self.streams * self.k,
            max_updates=self.max_updates,
            learning_rate=self.learning_rate,
            warmup_updates=self.warmup_updates,
            average_decay=self.average_decay,
            clip_norm=self.clip_norm,
            precision=self.precision,
            evaluate_every=self.evaluate_every,
            checkpoint_minutes=self.checkpoint_minutes,
            patience=self.patience,
            label_smoothing=0.0,
        )

    @property
    def layer_dropout(self) -> DropoutConfig:
        """Dropout as the layers know it: a mask for each step, as a stream has no end."""
        return DropoutConfig(kind="standard", word=0.0, embedding=0.0, hidden=self.dropout)

    def identity(self) -> dict[str, Any]:
        """Return the settings that identify a training; the rest only affect its length and monitoring."""
        return {name: value for name, value in asdict(self).items() if name not in MAY_CHANGE}


_NAMES = tuple(field.name for field in fields(LanguageModelSettings))


def parse_settings(overrides: Sequence[str]) -> LanguageModelSettings:
    """Return the defaults with overrides such as `hidden=256`; the last of a name wins. Raises ConfigError."""
    values: dict[str, Any] = {}
    for override in overrides:
        name, separator, text = override.partition("=")
        name = name.strip()
        if not separator or name not in _NAMES:
            near = get_close_matches(name, _NAMES, n=2, cutoff=0.6)
            hint = f"did you mean {' or '.join(near)}?" if near else f"the settings are {', '.join(_NAMES)}"
            raise ConfigError(f"--set {override}: expected NAME=VALUE with the name of a setting; {hint}")
        values[name] = value_of(text)
    try:
        return TypeAdapter(LanguageModelSettings).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(
            f"--set {'.'.join(map(str, first['loc']))}: {first['msg']}, found {first['input']!r}"
        ) from error


def _require(holds: bool, name: str, value: object, allowed: str) -> None:
    if not holds:
        raise ConfigError(f"{name} is {value!r}, allowed: {allowed}")
