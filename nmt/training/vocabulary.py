"""The tokenizers of a run directory: learned from its training pairs once there is a corpus, then kept."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nmt.corpus import SentencePair
from nmt.training.checkpoint import LAST
from nmt.training.config import DataConfig
from tokenizer import SubwordTokenizer, learn_tokenizer

_JOINT, _SOURCE, _TARGET = "joint.spm", "source.spm", "target.spm"


def load_tokenizers(run: Path, joint: bool) -> tuple[SubwordTokenizer, SubwordTokenizer]:
    """The tokenizers of source and target that are kept in `run`."""
    if joint:
        tokenizer = SubwordTokenizer.load(run / _JOINT)
        return tokenizer, tokenizer
    return SubwordTokenizer.load(run / _SOURCE), SubwordTokenizer.load(run / _TARGET)


def learn_tokenizers(
    pairs: Callable[[], Iterable[SentencePair]], count: int, config: DataConfig, run: Path
) -> tuple[SubwordTokenizer, SubwordTokenizer]:
    """The tokenizers of source and target, learned from a sample of the `count` pairs that each call of `pairs` gives.

    Weights that were trained on a vocabulary need that very vocabulary: if there are any in `run`, so are their
    tokenizers, and those are taken.
    """

    def sample() -> Iterator[SentencePair]:
        return draw(pairs(), count, config.vocabulary_pairs, config.seed)

    if config.joint:
        # In an order that does not depend on the direction: both directions of a corpus share a vocabulary.
        both = (text for pair in sample() for text in sorted((pair.source, pair.target)))
        joint = _learn_once(run / _JOINT, both, config.vocabulary_size)
        return joint, joint
    return (
        _learn_once(run / _SOURCE, (pair.source for pair in sample()), config.vocabulary_size),
        _learn_once(run / _TARGET, (pair.target for pair in sample()), config.vocabulary_size),
    )


def draw(pairs: Iterable[SentencePair], count: int, wanted: int, seed: int) -> Iterator[SentencePair]:
    """`wanted` of the `count` pairs, each choice of so many equally likely, in their order; all if there are fewer.

    Selection sampling (Knuth 1997, volume 2, section 3.4.2, algorithm S): nothing but counters is kept.
    """
    generator = random.Random(seed)
    left = min(wanted, count)
    for seen, pair in enumerate(pairs):
        if (count - seen) * generator.random() < left:
            left -= 1
            yield pair


def _learn_once(path: Path, sentences: Iterable[str], vocabulary_size: int) -> SubwordTokenizer:
    if path.exists() and (path.parent / LAST).exists():
        return SubwordTokenizer.load(path)
    tokenizer = learn_tokenizer(sentences, vocabulary_size)
    partial = path.with_suffix(".partial")
    partial.write_bytes(tokenizer.to_bytes())
    os.replace(partial, path)
    return tokenizer
