"""Settings of a captioner: the sizes of the network that reads pictures, the decoder's, and the defaults of both."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from nmt.errors import ConfigError
from nmt.model import ModelConfig
from nmt.training.settings.presets import Preset
from nmt.training.settings.settings import Settings

IMAGE_SIZES = (16, 256)
"""Smallest and largest P."""
_LARGEST_MAP = 4
"""Width of the last layer's output. It keeps where things are, which an average over the picture would lose."""

PRESET = Preset(
    "captions",
    None,
    "the defaults for captions",
    {
        "data.joint": False,
        "data.vocabulary_size": 2000,
        "model.attention": "none",
        "model.encoder_hidden": 1,
        "model.bidirectional": False,
        "model.embedding_size": 128,
        "model.decoder_hidden": 256,
        "model.dropout.embedding": 0.1,
        "model.dropout.hidden": 0.1,
        "training.batch_tokens": 1000,
        "training.max_updates": 1500,
        "training.learning_rate": 0.003,
        "training.warmup_updates": 100,
        "training.evaluate_every": 500,
        "training.dropout_falls_from": 0.5,
    },
)
_MEANINGLESS = (
    "data.joint", "data.vocabulary_pairs", "data.cleaning.", "model.attention", "model.encoder", "model.bidirectional",
    "model.lexical", "model.tie", "training.split_subwords", "training.guided_alignment",
    "training.begin_from_lexicon", "training.remember",
)  # fmt: skip
"""Beginnings of the names of settings that only translators have."""


@dataclass(frozen=True, slots=True)
class CaptionConfig:
    """Sizes of a captioner."""

    decoder: ModelConfig
    """The decoder's sizes. Nothing of it describes an encoder."""
    image_size: int = 64
    """P: pictures are scaled to P x P pixels."""
    channels: int = 32
    """Channels of the first convolution. The second has twice as many, the others four times."""
    vector_size: int = 256
    """Width of v, the vector that a picture becomes."""

    def __post_init__(self) -> None:
        least, most = IMAGE_SIZES
        if not least <= self.image_size <= most or self.image_size % least:
            raise ConfigError(f"image_size is {self.image_size}, allowed: multiples of {least} up to {most}")

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of each convolution. Each halves the picture, until at most 4 x 4 are left."""
        widths: list[int] = []
        size = self.image_size
        while size > _LARGEST_MAP:
            widths.append(self.channels * min(4, 2 ** len(widths)))
            size = -(-size // 2)
        return tuple(widths)

    @property
    def map_size(self) -> int:
        """Width of the last convolution's output."""
        size = self.image_size
        for _ in self.widths:
            size = -(-size // 2)
        return size

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    def identity(self) -> dict[str, Any]:
        """Return the values that must be the same when a training is resumed."""
        return {**self.to_dict(), "decoder": self.decoder.identity()}


def check_settings(settings: Settings) -> None:
    """Raise ConfigError if a setting was changed that captioners do not have."""
    usual, now = Settings().with_preset(PRESET).values(), settings.with_preset(PRESET).values()
    for name, item in settings.given.items():
        if name.startswith(_MEANINGLESS) and now[name] != usual[name]:
            raise ConfigError(f"{item.origin}: {name} is for translators; captioners do not have it: leave it out")
