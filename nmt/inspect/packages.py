"""Open a translator's package as the torch model that it was exported from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nmt.corpus import Direction
from nmt.model import Seq2Seq
from nmt.training.fine_tuning.start import Start
from tokenizer import PAD_ID, SubwordTokenizer


@dataclass(frozen=True, slots=True)
class OpenedTranslator:
    """A translator with the weights that its package keeps for fine-tuning, in evaluation mode."""

    name: str
    direction: Direction
    model: Seq2Seq
    source_tokenizer: SubwordTokenizer
    target_tokenizer: SubwordTokenizer


def open_translator(path: Path) -> OpenedTranslator:
    """Open the package at `path`. Raises PackageError, and ConfigError if it has no weights for torch."""
    start = Start.open(path)
    model = Seq2Seq(start.config, PAD_ID).eval()
    start.copy_weights(model)
    vocabulary = start.package.manifest.vocabulary
    source, target = (
        SubwordTokenizer(start.package.read(side.file)) for side in (vocabulary.source, vocabulary.target)
    )
    return OpenedTranslator(start.package.manifest.name, start.direction(None, None), model, source, target)
