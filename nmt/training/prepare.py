"""From corpus files to ids: read, clean, hold out, learn or reload the tokenizers, encode."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from nmt.corpus.batching import IdPairs, encode_pairs
from nmt.corpus.cleaning import CleaningReport, CleaningRules, clean
from nmt.corpus.pairs import SentencePair, read_pairs
from nmt.corpus.split import split_by_source
from nmt.decoding import LengthModel
from nmt.errors import ConfigError, CorpusError
from nmt.runtime.translator import MAX_SOURCE_SUBWORDS
from nmt.training.checkpoint import LAST
from tokenizer import SubwordTokenizer, learn_tokenizer

Source = tuple[Path, ...]
"""One TSV file, or a source and a target file aligned by line."""


@dataclass(frozen=True, slots=True)
class DataConfig:
    """What is read and how it becomes subwords."""

    held_out: int = 1000
    """Pairs taken out of the training corpus for validation, by source sentence, when none are given."""
    vocabulary_size: int = 6000
    """Subwords of each tokenizer, special ids included; fewer when the corpus does not give as many."""
    joint: bool = True
    """One tokenizer for both sides, or one for each."""
    max_subwords: int = 100
    """Longest side of a training pair, in subwords."""
    cleaning: CleaningRules = field(default_factory=CleaningRules)
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("held_out", "max_subwords"):
            if getattr(self, name) < 1:
                raise ConfigError(f"data.{name} is {getattr(self, name)}, allowed: 1 or more")


@dataclass(frozen=True, slots=True)
class PreparedCorpus:
    """All that training needs of the corpus."""

    source_tokenizer: SubwordTokenizer
    target_tokenizer: SubwordTokenizer
    train: IdPairs
    valid: IdPairs
    valid_pairs: tuple[SentencePair, ...]
    length: LengthModel
    report: CleaningReport
    too_long: int
    """Training pairs left out for their number of subwords."""

    def fingerprint(self, *configs: dict[str, Any]) -> str:
        """SHA-256 over the training ids and the configurations: the same value means the same training."""
        digest = hashlib.sha256(json.dumps(configs, sort_keys=True).encode())
        for pairs in (self.train, self.valid):
            for array in pairs.arrays:
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def prepare(config: DataConfig, train: Sequence[Source], valid: Sequence[Source], run: Path) -> PreparedCorpus:
    """Read and encode the pairs of `train`; the tokenizers are kept in `run`, for a training that goes on.

    Without `valid`, pairs are held out of `train`. Raises CorpusError when nothing usable is left, and
    whatever the readers raise.
    """
    pairs, report = clean(_read(train), config.cleaning)
    if valid:
        held_out = [pair for pair in _read(valid) if pair.source.strip() and pair.target.strip()]
    else:
        pairs, held_out = split_by_source(pairs, min(config.held_out, max(1, len(pairs) // 10)), config.seed)
    if not pairs or not held_out:
        raise CorpusError(
            f"{len(pairs)} training and {len(held_out)} validation pairs are left after cleaning "
            f"({'; '.join(report.lines())}): give more text"
        )
    source_tokenizer, target_tokenizer = _tokenizers(pairs, config, run)
    ids, kept = encode_pairs(pairs, source_tokenizer, target_tokenizer, config.max_subwords)
    if not len(ids):
        raise CorpusError(
            f"all {len(pairs)} training pairs are longer than data.max_subwords={config.max_subwords}: raise it"
        )
    valid_ids, held_out = encode_pairs(held_out, source_tokenizer, target_tokenizer, MAX_SOURCE_SUBWORDS)
    length = LengthModel.fit(ids.source_lengths.tolist(), ids.target_lengths.tolist())
    return PreparedCorpus(
        source_tokenizer,
        target_tokenizer,
        ids,
        valid_ids,
        tuple(held_out),
        length,
        report,
        too_long=len(pairs) - len(kept),
    )


def _read(sources: Sequence[Source]) -> list[SentencePair]:
    return [pair for source in sources for pair in read_pairs(source)]


def _tokenizers(
    pairs: Sequence[SentencePair], config: DataConfig, run: Path
) -> tuple[SubwordTokenizer, SubwordTokenizer]:
    if config.joint:
        # In an order that does not depend on the direction: both directions of a corpus share a vocabulary.
        both = (text for pair in pairs for text in sorted((pair.source, pair.target)))
        joint = _learn_once(run / "joint.spm", both, config.vocabulary_size)
        return joint, joint
    return (
        _learn_once(run / "source.spm", (pair.source for pair in pairs), config.vocabulary_size),
        _learn_once(run / "target.spm", (pair.target for pair in pairs), config.vocabulary_size),
    )


def _learn_once(path: Path, sentences: Iterable[str], vocabulary_size: int) -> SubwordTokenizer:
    # Weights that were trained on a vocabulary need that very vocabulary; before there are any, it is learned anew.
    if path.exists() and (path.parent / LAST).exists():
        return SubwordTokenizer.load(path)
    tokenizer = learn_tokenizer(sentences, vocabulary_size)
    partial = path.with_suffix(".partial")
    partial.write_bytes(tokenizer.to_bytes())
    os.replace(partial, path)
    return tokenizer
