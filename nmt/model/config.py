"""Model configuration: sizes, cell, attention and dropout, validated once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from nmt.errors import ConfigError

Cell = Literal["lstm", "gru", "rnn"]
Attention = Literal["none", "dot", "additive"]
Tying = Literal["none", "output", "all"]
Connection = Literal["residual", "highway"]
DropoutKind = Literal["standard", "variational"]


@dataclass(frozen=True, slots=True)
class DropoutConfig:
    """Dropout rates and kind for training. Every rate is a probability in [0, 1)."""

    kind: DropoutKind = "variational"
    """`standard` draws a mask for each time step, `variational` one mask per sentence (Gal & Ghahramani 2016)."""
    word: float = 0.0
    """Rate for whole word vectors, drawn for each position."""
    embedding: float = 0.2
    """Rate for elements of the embeddings."""
    hidden: float = 0.2
    """Rate for elements of each layer's output, and of the state before the output projection."""
    recurrent: float = 0.0
    """Rate for elements of the recurrent weight matrix W_hh, one mask per batch (DropConnect, Merity et al. 2018)."""

    def __post_init__(self) -> None:
        _require(self.kind in get_args(DropoutKind), "dropout.kind", self.kind, get_args(DropoutKind))
        for name in ("word", "embedding", "hidden", "recurrent"):
            _require(0.0 <= getattr(self, name) < 1.0, f"dropout.{name}", getattr(self, name), "[0, 1)")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Sizes and kinds of an encoder and a decoder with separate weights."""

    source_vocabulary: int
    """Source V: the number of subwords, including special ids."""
    target_vocabulary: int
    """Target V."""
    cell: Cell = "lstm"
    embedding_size: int = 256
    """E, for both sides."""
    encoder_hidden: int = 256
    """H of the encoder, per direction."""
    encoder_layers: int = 1
    bidirectional: bool = True
    decoder_hidden: int = 512
    """H of the decoder."""
    decoder_layers: int = 1
    connection: Connection = "residual"
    """How a decoder layer above the first is joined with its input x: `residual` adds it, x + layer(x). `highway` mixes
    them, t layer(x) + (1 - t) x, with a learned gate t (Srivastava et al. 2015)."""
    attention: Attention = "dot"
    """With `none`, the decoder receives only the encoder's last state."""
    attention_heads: int = 1
    """N: the number of source places that the decoder can attend to in a step. Only dot attention supports several
    heads. Guided alignment trains the first head, and `lexical` and alignments use it."""
    lexical: bool = False
    """Whether the output also receives the embeddings of the attended words, bypassing all layers (after Nguyen &
    Chiang 2018, section 4). Without attention there are none."""
    tie: Tying = "output"
    """`output` shares one matrix between target embedding and output projection. `all` also shares it with the source
    embedding."""
    forget_bias: float = 1.0
    """Initial bias of the LSTM forget gate (Jozefowicz et al. 2015). Other cells have no forget gate."""
    dropout: DropoutConfig = field(default_factory=DropoutConfig)

    def __post_init__(self) -> None:
        _require(self.cell in get_args(Cell), "cell", self.cell, get_args(Cell))
        _require(self.attention in get_args(Attention), "attention", self.attention, get_args(Attention))
        _require(self.tie in get_args(Tying), "tie", self.tie, get_args(Tying))
        _require(self.connection in get_args(Connection), "connection", self.connection, get_args(Connection))
        for name in (
            "source_vocabulary", "target_vocabulary", "embedding_size", "encoder_hidden",
            "encoder_layers", "decoder_hidden", "decoder_layers", "attention_heads",
        ):  # fmt: skip
            _require(getattr(self, name) >= 1, name, getattr(self, name), "1 or more")
        if self.heads > 1:
            self._require_heads_fit()
        if self.tie == "all" and self.source_vocabulary != self.target_vocabulary:
            raise ConfigError(
                f"tie 'all' needs one joint vocabulary, found {self.source_vocabulary} source and "
                f"{self.target_vocabulary} target subwords: learn a joint tokenizer or set tie to 'output'"
            )

    def _require_heads_fit(self) -> None:
        halves = ("half of the encoder's output", self.memory_size / 2)
        for name, size in (("decoder_hidden", self.decoder_hidden), halves):
            if size % self.heads:
                raise ConfigError(
                    f"attention_heads is {self.attention_heads}, which does not divide {name}, {size:g}: choose a "
                    f"number that does, or 1"
                )

    @property
    def heads(self) -> int:
        """N, the number of attention heads."""
        return self.attention_heads if self.attention == "dot" else 1

    @property
    def memory_size(self) -> int:
        """D, the width of one encoder output, both directions together."""
        return self.encoder_hidden * (2 if self.bidirectional else 1)

    @property
    def word_size(self) -> int:
        """Width of the source embeddings that the output receives: E, or 0 if it receives none."""
        return self.embedding_size if self.lexical and self.attention != "none" else 0

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the tensors in one layer's state: (h, c) for an LSTM, otherwise (h,)."""
        return ("h", "c") if self.cell == "lstm" else ("h",)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def identity(self) -> dict[str, Any]:
        """Return the values that must be the same when a training is resumed.

        Residual connections are left out, as in checkpoints from before there was a choice.
        """
        values = self.to_dict()
        if self.connection == "residual":
            del values["connection"]
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """Inverse of `to_dict`. Raises ConfigError on unknown names or bad values."""
        try:
            return cls(**{**values, "dropout": DropoutConfig(**values.get("dropout", {}))})
        except TypeError as error:
            raise ConfigError(f"model configuration: {error}; compare the names with ModelConfig") from error


def _require(holds: bool, name: str, value: object, allowed: object) -> None:
    if not holds:
        choices = ", ".join(map(str, allowed)) if isinstance(allowed, tuple) else allowed
        raise ConfigError(f"{name} is {value!r}, allowed: {choices}")
