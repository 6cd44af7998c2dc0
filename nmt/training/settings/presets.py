"""Presets: settings by the size of the corpus, as a table with one preset per column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """Values for the settings that depend on the number of training pairs."""

    name: str
    """The number of pairs that the preset is made for."""
    up_to: int | None
    """Largest number of training pairs that the preset applies to; None: unlimited."""
    why: str
    values: Mapping[str, int | float | str | bool]
    """Values by setting name. Only settings used after the pairs have been read, cleaned and held out are allowed."""


# fmt: off
_NAMES =                       (  "2k",   "5k",  "10k",  "30k", "100k", "200k",    "2m")
_UP_TO =                       ( 3_000,  7_000, 15_000, 50_000, 150_000, 600_000, None)
_VALUES: dict[str, tuple[int | float, ...]] = {
    "data.vocabulary_size":    ( 3_000,  4_000,  6_000,  8_000,  8_000,  8_000,   8_000),
    "model.embedding_size":    (   192,    192,    192,    256,    256,    256,     320),
    "model.encoder_hidden":    (   192,    192,    192,    256,    192,    192,     256),
    "model.decoder_hidden":    (   256,    256,    320,    384,    384,    384,     512),
    "model.decoder_layers":    (     1,      1,      1,      1,      2,      2,       2),
    "model.attention_heads":   (     1,      1,      1,      4,      4,      4,       4),
    "model.lexical":           (  True,   True,   True,   True,   True,   True,   True),
    "model.dropout.word":      (   0.1,    0.1,    0.1,      0,      0,      0,       0),
    "model.dropout.embedding": (   0.2,    0.1,    0.1,    0.1,    0.1,   0.05,    0.05),
    "model.dropout.hidden":    (   0.3,    0.2,    0.2,    0.2,   0.15,    0.1,     0.1),
    "training.batch_tokens":   (   300,    500,    700,  1_000,  1_000,  1_000,   1_500),
    "training.max_updates":    ( 3_000,  3_000,  4_000,  5_000, 12_000, 14_000,  60_000),
    "training.learning_rate":  ( 0.005,  0.005,  0.005,  0.005,  0.005,  0.005,   0.003),
    "training.warmup_updates": (   300,    300,    300,    400,    400,    400,   1_000),
    "training.evaluate_every": (   250,    250,    500,    500,    500,  1_000,   2_000),
    "training.label_smoothing": (  0.1,    0.1,    0.1,    0.1,    0.1,    0.1,     0.1),
    "training.guided_alignment": (   1,      1,      1,      1,      1,      1,       1),
    "training.begin_from_lexicon": (True,  True,   True,   True,   True,   True,   True),
    "training.average_decay":  ( 0.998,  0.998,  0.998,  0.999,  0.999,  0.999,   0.999),
    "training.dropout_falls_from": ( 0.5,   0.5,    0.5,    0.5,    0.5,    0.5,     0.5),
}
# fmt: on
_WHY = (
    "so little text is soon known by heart: fewer subwords, a small model, more dropout, small batches",
    "little text: fewer subwords, a small model, small batches",
    "little text: fewer subwords, small batches",
    "enough for a vocabulary of words and parts of words; some dropout keeps it from learning pairs by heart",
    "a second decoder layer begins to pay",
    "each pair is seen a few times only: two decoder layers, little dropout",
    "more text than can be seen often: a larger model and larger batches",
)

PRESETS = tuple(
    Preset(name, up_to, why, {setting: row[column] for setting, row in _VALUES.items()})
    for column, (name, up_to, why) in enumerate(zip(_NAMES, _UP_TO, _WHY, strict=True))
)
"""All presets, from the smallest corpus to the largest."""


def preset_for(pairs: int) -> Preset:
    """Return the preset for `pairs` training pairs, counted after cleaning and holding out."""
    return next(preset for preset in PRESETS if preset.up_to is None or pairs <= preset.up_to)
