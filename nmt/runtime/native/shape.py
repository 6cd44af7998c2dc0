"""The architecture of a package's model, and the sizes of its layers."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from nmt.runtime.manifest import Manifest


class Shape(BaseModel):
    """The architecture that a manifest states, as `nmt/model/config.py` defines it. Other names are ignored."""

    source_vocabulary: int
    target_vocabulary: int
    cell: str = "lstm"
    embedding_size: int
    encoder_hidden: int
    encoder_layers: int
    bidirectional: bool
    decoder_hidden: int
    decoder_layers: int
    connection: str = "residual"
    attention: str
    attention_heads: int = 1
    lexical: bool = False
    tie: str = "none"
    precision: str

    @property
    def heads(self) -> int:
        """N."""
        return self.attention_heads if self.attention == "dot" else 1

    @property
    def directions(self) -> int:
        """Number of directions in which the encoder reads."""
        return 2 if self.bidirectional else 1

    @property
    def memory(self) -> int:
        """D."""
        return self.directions * self.encoder_hidden

    @property
    def gates(self) -> int:
        """G."""
        return {"lstm": 4, "gru": 3, "rnn": 1}[self.cell]

    @property
    def has_words(self) -> bool:
        """Whether the output also receives the embeddings of the attended words."""
        return self.lexical and self.attention != "none"

    def products(self) -> Iterator[tuple[int, int]]:
        """Yield (I, O) of each integer layer, in the order in which the encoder and then the step use them."""
        hidden, context = self.decoder_hidden, 0 if self.attention == "none" else self.memory
        for layer in range(self.encoder_layers):
            yield from self._cell(self.memory if layer else 0, self.encoder_hidden, self.directions)
        if context:
            yield context, hidden + (self.embedding_size if self.heads == 1 else 0)
        yield from self._cell(0, hidden, 1)
        if self.attention == "additive":
            yield hidden, hidden
        for _ in range(1, self.decoder_layers):
            yield from self._cell(hidden + context, hidden, 1)
            if self.connection == "highway":
                yield hidden, hidden
        yield hidden + (context if self.heads > 1 else 0), self.embedding_size

    def dense(self) -> Iterator[tuple[int, int]]:
        """Yield (I, O) of each layer that is multiplied in float32."""
        for _ in range(self.decoder_layers * (2 if self.cell == "lstm" else 1)):
            yield self.memory, self.decoder_hidden
        if self.attention == "additive":
            yield self.decoder_hidden, 1

    def _cell(self, inputs: int, hidden: int, directions: int) -> Iterator[tuple[int, int]]:
        if inputs and self.cell == "gru":
            yield from [(inputs, self.gates * hidden)] * directions
            inputs = 0
        yield from [(inputs + hidden, self.gates * hidden)] * directions


def known_shape(manifest: Manifest) -> Shape | None:
    """Return the architecture of a package, or None if it is not one that the compiled decoder knows."""
    try:
        shape = Shape.model_validate(manifest.model)
    except ValidationError:
        return None
    known = (
        shape.precision == "int8"
        and shape.cell in {"lstm", "gru", "rnn"}
        and shape.attention in {"none", "dot", "additive"}
        and shape.connection in {"residual", "highway"}
        and manifest.vocabulary.source.size == shape.source_vocabulary
        and manifest.vocabulary.target.size == shape.target_vocabulary
    )
    return shape if known else None
