"""Open a package as the torch model that it was exported from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Generator

from nmt.corpus import Direction
from nmt.errors import ConfigError
from nmt.language_model.package import LanguageModelPackage
from nmt.model import Seq2Seq
from nmt.runtime.manifest import WEIGHTS
from nmt.training.export.fine_tuning_weights import unpack_weights
from nmt.training.fine_tuning.start import Start
from nmt.training.language_model.export import SETTINGS
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import LanguageModelSettings
from tokenizer import PAD_ID, SPECIAL_IDS, START_ID, SubwordTokenizer


@dataclass(frozen=True, slots=True)
class OpenedTranslator:
    """A translator with the weights that its package keeps for fine-tuning, in evaluation mode."""

    name: str
    direction: Direction
    model: Seq2Seq
    source_tokenizer: SubwordTokenizer
    target_tokenizer: SubwordTokenizer

    def read_random(self, rows: int, steps: int, generator: Generator) -> None:
        """Run the model on random subwords, (rows, steps) on both sides."""
        config, first = self.model.config, len(SPECIAL_IDS)
        source = torch.randint(first, config.source_vocabulary, (rows, steps), generator=generator)
        target = torch.randint(first, config.target_vocabulary, (rows, steps), generator=generator)
        target[:, 0] = START_ID
        self.model(source, torch.full((rows,), steps), target)


@dataclass(frozen=True, slots=True)
class OpenedLanguageModel:
    """A language model with the weights that its package keeps, in evaluation mode."""

    name: str
    model: RecurrentLanguageModel

    def read_random(self, rows: int, steps: int, generator: Generator) -> None:
        """Run the model on random symbols, (rows, steps)."""
        symbols = torch.randint(self.model.embedding.num_embeddings, (rows, steps), generator=generator)
        self.model(symbols, self.model.start(rows))


def open_translator(path: Path) -> OpenedTranslator:
    """Open the package at `path`. Raises PackageError, and ConfigError if it has no weights for torch."""
    start = Start.open(path)
    model = Seq2Seq(start.config, PAD_ID).eval()
    start.copy_weights(model)
    name, direction = start.package.manifest.name, start.direction(None, None)
    return OpenedTranslator(name, direction, model, *start.package.tokenizers())


def open_language_model(path: Path) -> OpenedLanguageModel:
    """Open the package at `path`. Raises PackageError, and ConfigError if it has no weights for torch."""
    package = LanguageModelPackage.open(path)
    if package.manifest.weights is None:
        raise ConfigError(
            f"{path}: has no {WEIGHTS}, like packages of earlier versions; train it again with nmt lm train"
        )
    settings = LanguageModelSettings(**json.loads(package.read(SETTINGS)))
    model = RecurrentLanguageModel(settings, package.manifest.vocabulary_size).eval()
    model.load_state_dict(unpack_weights(path / package.manifest.weights))
    return OpenedLanguageModel(package.manifest.name, model)
