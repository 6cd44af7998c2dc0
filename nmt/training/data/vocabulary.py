"""The tokenizers of a run directory, learned once from its training pairs and then kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nmt.corpus import SentencePair
from nmt.errors import CheckpointError
from nmt.training.run.disk_space import write_small_file
from nmt.training.run.files import ENCODED, START, has_begun
from nmt.training.settings.config import DataConfig
from tokenizer import SubwordTokenizer, TokenizerError, TooManyCharacters, learn_tokenizer

_JOINT, _SOURCE, TARGET = "joint.spm", "source.spm", "target.spm"


def load_tokenizers(run: Path, joint: bool) -> tuple[SubwordTokenizer, SubwordTokenizer]:
    """Load the source and target tokenizers from `run`. Raises CheckpointError if they cannot be read."""
    if joint:
        tokenizer = _load(run / _JOINT)
        return tokenizer, tokenizer
    return _load(run / _SOURCE), _load(run / TARGET)


def _load(path: Path) -> SubwordTokenizer:
    try:
        return SubwordTokenizer.load(path)
    except (OSError, TokenizerError) as error:
        raise CheckpointError(
            f"{path}: cannot be read ({error}). Remove what is left of it, and {path.parent / ENCODED}: of the same "
            f"sources the same command makes both again as they were, and goes on"
        ) from error


def keep_tokenizers(run: Path, source: SubwordTokenizer, target: SubwordTokenizer, joint: bool) -> None:
    """Write the tokenizers of a package to `run`."""
    if joint:
        write_small_file(run / _JOINT, source.to_bytes())
    else:
        write_small_file(run / _SOURCE, source.to_bytes())
        write_small_file(run / TARGET, target.to_bytes())


def learn_tokenizers(
    pairs: Callable[[], Iterable[SentencePair]], count: int, config: DataConfig, run: Path
) -> tuple[SubwordTokenizer, SubwordTokenizer]:
    """Learn the source and target tokenizers from a sample of the `count` pairs that each call of `pairs` yields.

    Trained weights need their own vocabulary: if training in `run` has begun or starts from a package, the existing
    tokenizers in `run` are loaded instead.
    """

    def sample() -> Iterator[SentencePair]:
        return draw(pairs(), count, config.vocabulary_pairs, config.seed)

    if config.joint:
        # Sorted, so that the order does not depend on the direction: both directions of a corpus share a vocabulary.
        joint = learn_once(
            run / _JOINT,
            lambda: (text for pair in sample() for text in sorted((pair.source, pair.target))),
            config.vocabulary_size,
        )
        return joint, joint
    return (
        learn_once(run / _SOURCE, lambda: (pair.source for pair in sample()), config.vocabulary_size),
        learn_once(run / TARGET, lambda: (pair.target for pair in sample()), config.vocabulary_size),
    )


def learn_with_room(sentences: Callable[[], Iterable[str]], vocabulary_size: int) -> SubwordTokenizer:
    """Learn a tokenizer of about `vocabulary_size` subwords, plus the characters if these alone exceed that size.

    A small corpus in a script with thousands of characters gets a small vocabulary, which cannot hold them.
    """
    try:
        return learn_tokenizer(sentences(), vocabulary_size)
    except TooManyCharacters as error:
        return learn_tokenizer(sentences(), vocabulary_size + error.needed)


def draw(pairs: Iterable[SentencePair], count: int, wanted: int, seed: int) -> Iterator[SentencePair]:
    """Yield a uniform random sample of `wanted` of the `count` pairs, in their order; all pairs if there are fewer.

    Selection sampling (Knuth 1997, volume 2, section 3.4.2, algorithm S): it keeps only counters in memory.
    """
    generator = random.Random(seed)
    left = min(wanted, count)
    for seen, pair in enumerate(pairs):
        if (count - seen) * generator.random() < left:
            left -= 1
            yield pair


def learn_once(path: Path, sentences: Callable[[], Iterable[str]], vocabulary_size: int) -> SubwordTokenizer:
    """Return the tokenizer in `path`, or learn it if the training of its run has not begun."""
    if path.exists() and (has_begun(path.parent) or (path.parent / START).exists()):
        return _load(path)
    tokenizer = learn_with_room(sentences, vocabulary_size)
    write_small_file(path, tokenizer.to_bytes())
    return tokenizer
