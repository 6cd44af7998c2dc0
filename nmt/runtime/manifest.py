"""What a package says of itself: `manifest.json` as typed values, for each kind of package."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from nmt.decoding import DecodingOptions
from nmt.errors import OptionOutOfRange

FORMAT_VERSION = 9
"""Incremented when the layout of a package changes. Packages before 7 have no `CHARACTERS` and no `KNOWN_WORDS`.
Since 7, one embedding for both sides is stored once; since 8, so is one that the output layer shares, and language
models have no graphs that sample; since 9, the weights are compressed and the words of a dictionary sorted."""
ENCODER = "encoder.onnx"
STEP = "step.onnx"
ATTENTION = "attention.onnx"
"""Absent for a model without attention."""
ARRAYS = "arrays.npz"
WEIGHTS = "weights.safetensors.gz"
"""Initial weights for fine-tuning. The runtime does not need them."""
UNCOMPRESSED_WEIGHTS = "weights.safetensors"
"""The same before format 9."""
CHARACTERS = "characters.npz"
"""Character models of both languages, which detect languages in the service. May be absent."""
KNOWN_WORDS = "known_words.npz"
"""The source words of the training text, so that names beside them are carried through. May be absent."""
DICTIONARY = "dictionary.npz"
"""Translations of words that stand alone. May be absent."""
WORD_BEGINNINGS = "word_beginnings.npz"
"""How words of the target language begin, so that a search avoids others. May be absent."""
TRANSLATOR = "translator"
"""The kind of a package whose manifest names none."""


class FrozenModel(BaseModel):
    """Values of a manifest. Unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)  # built with what first reads it


class Vocabulary(FrozenModel):
    """Subwords of one side."""

    file: str
    """Path of the SentencePiece model, relative to the package. Both sides name the same file when it is joint."""
    size: int


class Vocabularies(FrozenModel):
    """Subwords of both sides."""

    source: Vocabulary
    target: Vocabulary


class DecodingDefaults(FrozenModel):
    """Search options used when a request sets none."""

    beam_size: int = 5
    length_alpha: float = 1.0

    def options(
        self, *, beam_size: int | None = None, n_best: int = 1, max_length: int | None = None
    ) -> DecodingOptions:
        """Return these defaults, overridden by a request's settings. Raises OptionOutOfRange."""
        beam = max(self.beam_size, n_best) if beam_size is None else beam_size
        try:
            return DecodingOptions(beam, n_best, max_length, self.length_alpha)
        except ValueError as error:
            raise OptionOutOfRange(str(error)) from error


class LengthStatistics(FrozenModel):
    """Ratio of target to source length in the training corpus, in subwords including <END>."""

    mean: float
    deviation: float
    k_sigma: float
    minimum: int


class Score(FrozenModel):
    """A measured quality score."""

    test_set: str
    metric: str
    value: float
    beam_size: int
    signature: str
    """The sacreBLEU signature: tokenisation, case and version."""


class CorpusSource(FrozenModel):
    """A corpus that the model was trained on."""

    name: str
    pairs: int
    licence: str
    attribution: str


class Ancestor(FrozenModel):
    """The package that fine-tuning started from."""

    name: str
    version: str
    scores: tuple[Score, ...] = ()
    """The ancestor's own scores on the test sets of the fine-tuned package."""


class PackageManifest(FrozenModel):
    """The part of `manifest.json` that packages of every kind have."""

    KIND: ClassVar[str]
    """The kind of package."""

    format_version: int = FORMAT_VERSION
    name: str
    created: str
    """ISO 8601 date."""
    model: dict[str, JsonValue]
    """Model architecture, for people and for fine-tuning. The graphs do not need it."""
    decoding: DecodingDefaults = Field(default_factory=DecodingDefaults)
    scores: tuple[Score, ...] = ()
    corpora: tuple[CorpusSource, ...] = ()
    files: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of every other file in the package."""

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when any file changes."""
        listed = "\n".join(f"{digest} {name}" for name, digest in sorted(self.files.items()))
        return hashlib.sha256(listed.encode()).hexdigest()[:12]

    @property
    def needed(self) -> tuple[str, ...]:
        """Files that the runtime reads."""
        return (ENCODER, STEP, ARRAYS)

    @property
    def weights(self) -> str | None:
        """The file of weights for fine-tuning, or None if the package has none."""
        return next((name for name in (WEIGHTS, UNCOMPRESSED_WEIGHTS) if name in self.files), None)


class Manifest(PackageManifest):
    """Contents of `manifest.json` of a translator."""

    KIND: ClassVar[str] = TRANSLATOR

    source: str
    """Language code."""
    target: str
    vocabulary: Vocabularies
    length: LengthStatistics
    fine_tuned_from: Ancestor | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """Files that the runtime reads."""
        return (*super().needed, self.vocabulary.source.file, self.vocabulary.target.file)
