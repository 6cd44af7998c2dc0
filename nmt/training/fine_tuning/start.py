"""Start fine-tuning from a package: what training takes over from it, and the default settings against forgetting."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from rich.table import Table
from torch import Tensor

from nmt.corpus import Direction
from nmt.corpus.batching import IdPairs, token_batches
from nmt.decoding import LengthModel
from nmt.errors import CheckpointError, ConfigError
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime import Ancestor, CorpusSource, Dictionary, KnownWords, ModelPackage, Score, WordBeginnings
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.manifest import ARRAYS, CHARACTERS, DICTIONARY, KNOWN_WORDS, WEIGHTS, WORD_BEGINNINGS
from nmt.runtime.short_lists import ShortLists
from nmt.training.data.short_lists import merged
from nmt.training.data.vocabulary import keep_tokenizers
from nmt.training.export.fine_tuning_weights import unpack_weights
from nmt.training.run.disk_space import write_small_file
from nmt.training.run.files import ENCODED, SETTINGS, START, has_begun
from nmt.training.settings.presets import Preset
from nmt.training.settings.settings import Settings

_DEFAULTS: dict[str, float] = {"training.learning_rate": 0.0005, "training.remember": 0.5}
_EPOCHS = 5
"""Default number of epochs over the new text, at a tenth of the usual learning rate, which decays to zero."""
_FEWEST_UPDATES, _MOST_UPDATES = 100, 20_000
_EVALUATIONS = 5
_NOT_OF_THE_MODEL = frozenset({"parameters", "precision"})
"""Keys of a manifest's model section that are not in the model configuration."""
_DROPOUT = "model.dropout."
"""Prefix of the model settings that the weights do not depend on."""


@dataclass(frozen=True, slots=True)
class Start:
    """The package that fine-tuning starts from, as it was when the training began."""

    package: ModelPackage
    config: ModelConfig
    weights: dict[str, Tensor]
    lists: ShortLists | None
    """The package's short lists."""

    @classmethod
    def open(cls, path: Path) -> Start:
        """Open the package at `path`. Raises PackageError, and ConfigError if it cannot be fine-tuned."""
        package = ModelPackage.open(path)
        values = {name: value for name, value in package.manifest.model.items() if name not in _NOT_OF_THE_MODEL}
        stored = package.manifest.weights
        if stored is None:
            raise ConfigError(
                f"{path}: has no {WEIGHTS}, so it can be served but not fine-tuned: use the package as nmt train wrote "
                f"it, or train anew without --from"
            )
        weights = unpack_weights(path / stored)
        with package.open_file(ARRAYS) as file:
            lists = ModelArrays.read(file).short_lists
        return cls(package, ModelConfig.from_dict(values), weights, lists)

    def direction(self, source: str | None, target: str | None) -> Direction:
        """Return the direction of the package. Raises ConfigError if other languages were given."""
        manifest = self.package.manifest
        if source not in {None, manifest.source} or target not in {None, manifest.target}:
            raise ConfigError(
                f"{self.package.path} translates {manifest.source} to {manifest.target}, not "
                f"{source or manifest.source} to {target or manifest.target}: leave --source and --target out, or name "
                f"another package"
            )
        return Direction(manifest.source, manifest.target)

    def settings(self, given: Settings, pairs: IdPairs | None = None, processes: int = 1) -> Settings:
        """Return the `given` settings, completed by those of the package and by defaults for fine-tuning on `pairs`.

        `pairs` is None until they are encoded. An update of several `processes` uses one batch per process.
        Raises ConfigError if a setting contradicts the package.
        """
        kept = self._of_package()
        self._refuse_contradictions(given, kept)
        values = {**kept, **_DEFAULTS}
        if pairs is not None:
            epoch = len(token_batches(pairs, given.training.batch_tokens, np.random.default_rng(0)))
            updates = min(max(_EPOCHS * epoch // processes, _FEWEST_UPDATES), _MOST_UPDATES)
            values["training.max_updates"] = updates
            if "training.max_updates" in given.given:
                updates = given.training.max_updates
            values["training.warmup_updates"] = updates // 10
            values["training.evaluate_every"] = max(updates // _EVALUATIONS, 1)
        name = f"fine-tuning of {self.package.manifest.name} {self.package.manifest.version}"
        why = f"the model and vocabulary of the package, a low learning rate, {_EPOCHS} times through the new text"
        return given.with_preset(Preset(name, None, why, values))

    def copy_weights(self, model: Seq2Seq) -> None:
        """Copy the weights of the package into `model`. Raises ConfigError if they do not fit."""
        path = self.package.path / str(self.package.manifest.weights)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                stored = self.weights.get(name)
                if stored is None or stored.shape != parameter.shape:
                    found = "nothing" if stored is None else tuple(stored.shape)
                    raise ConfigError(
                        f"{path}: {name} needs shape {tuple(parameter.shape)}, found {found}; the weights are not of "
                        f"this package: copy it again"
                    )
                parameter.copy_(stored)

    def short_lists(self, learned: ShortLists) -> ShortLists | None:
        """Merge the package's short lists with those `learned` from the new pairs, which do not cover other text."""
        return None if self.lists is None else merged(self.lists, learned)

    @property
    def known_words(self) -> KnownWords | None:
        """The source words that the package knows; None if it does not say."""
        has_words = KNOWN_WORDS in self.package.manifest.files
        return KnownWords.of_bytes(self.package.read(KNOWN_WORDS)) if has_words else None

    @property
    def word_beginnings(self) -> WordBeginnings | None:
        """How words of the target language begin; None if the package does not say."""
        has_beginnings = WORD_BEGINNINGS in self.package.manifest.files
        return WordBeginnings.of_bytes(self.package.read(WORD_BEGINNINGS)) if has_beginnings else None

    def dictionary(self, learned: Dictionary) -> Dictionary:
        """Return the dictionary of the package, with the entries `learned` from the new pairs before its own."""
        has_dictionary = DICTIONARY in self.package.manifest.files
        return learned.extended(Dictionary.of_bytes(self.package.read(DICTIONARY))) if has_dictionary else learned

    def characters(self, learned: bytes) -> bytes:
        """Return the character models of the package, which saw more text, or those `learned` if it has none."""
        return self.package.read(CHARACTERS) if CHARACTERS in self.package.manifest.files else learned

    def length(self, learned: LengthModel) -> LengthModel:
        """Return the package's length model or the `learned` one, whichever allows longer translations."""
        length = self.package.manifest.length
        known = LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum)
        return max((known, learned), key=lambda model: model.mean + model.k_sigma * model.deviation)

    def corpora(self, new: Sequence[CorpusSource]) -> tuple[CorpusSource, ...]:
        """Return the corpora of the package and those of `new` that are not among them."""
        old = self.package.manifest.corpora
        # Corpora without attribution may share a file name and still differ.
        known = {(each.name, each.licence, each.attribution) for each in old if each.attribution}
        return (*old, *(each for each in new if (each.name, each.licence, each.attribution) not in known))

    def ancestor(self, scores: Sequence[Score]) -> Ancestor:
        """Return the record of the package for the manifest, with its `scores` on the new package's test sets."""
        manifest = self.package.manifest
        return Ancestor(name=manifest.name, version=manifest.version, scores=tuple(scores))

    @property
    def is_joint(self) -> bool:
        """Whether both sides share one tokenizer."""
        vocabulary = self.package.manifest.vocabulary
        return vocabulary.source.file == vocabulary.target.file

    def _of_package(self) -> dict[str, Any]:
        """Return the settings that the weights depend on, and the dropout rates at the end of their training."""
        values = self.config.to_dict()
        dropout = values.pop("dropout")
        if self._dropout_fell():
            dropout = {name: 0.0 if isinstance(value, float) else value for name, value in dropout.items()}
        size = max(values.pop("source_vocabulary"), values.pop("target_vocabulary"))
        return {
            **{f"model.{name}": value for name, value in values.items()},
            **{f"{_DROPOUT}{name}": value for name, value in dropout.items()},
            "data.joint": self.is_joint,
            "data.vocabulary_size": size,
        }

    def _dropout_fell(self) -> bool:
        """Return whether dropout fell to 0; full rates would undo the gains of the last updates."""
        if SETTINGS not in self.package.manifest.files:
            return False
        settings = yaml.safe_load(self.package.read(SETTINGS)) or {}
        return bool((settings.get("training") or {}).get("dropout_falls_from", 1.0) < 1.0)

    def _refuse_contradictions(self, given: Settings, kept: Mapping[str, Any]) -> None:
        for name, has in kept.items():
            wanted = given.given.get(name)
            if wanted is not None and name == "data.vocabulary_size" and wanted.value >= has:
                continue  # data.vocabulary_size is a maximum
            if wanted is not None and wanted.value != has and not name.startswith(_DROPOUT):
                raise ConfigError(
                    f"{wanted.origin}: {name} is {wanted.value}, but {self.package.path} has {has}, which fine-tuning "
                    f"keeps: leave the setting out, or train anew without --from"
                )


def check_beginning(run: Path, start: Start | None, keep_corpus: bool) -> None:
    """Raise CheckpointError if the training in `run` did not begin from `start`.

    Raises ConfigError if the corpus is to be kept but was not encoded with the tokenizers of `start`.
    """
    before = _recorded(run)
    now = None if start is None else start.package.manifest.version
    if before != now and (before is not None or has_begun(run)):
        was, is_ = (f"package version {each}" if each else "no package" for each in (before, now))
        raise CheckpointError(
            f"{run}: the training there began from {was}, this one begins from {is_}: train into another --run-dir, "
            f"or begin again (--restart)"
        )
    if start and before is None and keep_corpus:
        raise ConfigError(
            f"--keep-corpus: the corpus in {run} is not in the subwords of {start.package.path}; leave it out"
        )


def begin(run: Path, start: Start) -> None:
    """Set up `run` for fine-tuning from `start`, with its tokenizers, unless this has been done already."""
    if _recorded(run) is not None:
        return
    run.mkdir(parents=True, exist_ok=True)
    # Otherwise a corpus encoded with other subwords would be read with these.
    shutil.rmtree(run / ENCODED, ignore_errors=True)
    source, target = start.package.tokenizers()
    keep_tokenizers(run, source, target, start.is_joint)
    write_small_file(run / START, json.dumps({"version": start.package.manifest.version}).encode())


def _recorded(run: Path) -> str | None:
    """Return the version of the package that the training in `run` began from, or None."""
    if not (run / START).exists():
        return None
    try:
        return str(json.loads((run / START).read_bytes())["version"])
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointError(f"{run / START}: cannot be read ({error}); begin again with --restart") from error


def before_and_after(before: Sequence[Score], after: Sequence[Score]) -> Table:
    """Return a table of the scores of the original and the fine-tuned package, on the same test sets in order."""
    table = Table("test set", "metric", "before", "after", "change")
    for old, new in zip(before, after, strict=True):
        change = new.value - old.value
        table.add_row(new.test_set, new.metric, f"{old.value:.1f}", f"{new.value:.1f}", f"{change:+.1f}")
    return table
