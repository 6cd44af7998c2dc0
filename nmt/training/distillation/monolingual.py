"""Monolingual text in the target language, which a teacher of the reverse direction turns into training pairs.

Back-translation (Sennrich et al. 2016, section 3): the target side is text that a person wrote, the source side is a
machine's. The model learns from it how its own language is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nmt.corpus import CorpusSpec, SentencePair
from nmt.corpus.hash_set import SeenHashes, hash_texts
from nmt.corpus.readers.lines import read_lines
from nmt.corpus.readers.one_line import one_line
from nmt.errors import ConfigError, CorpusError
from nmt.training.distillation.teachers import Teacher, line_of
from nmt.training.run.disk_space import reporting_full_disk

_CHUNK = 2048
"""Lines per lookup. Searching sorted hashes pays off for many at a time."""
_PARALLEL_SHARE = 0.25
"""Least share of pairs that a person translated in an epoch: a judgement, not measured."""


@dataclass(frozen=True, slots=True)
class MonolingualText:
    """The sentences of all monolingual files, each once, as a TSV file whose source column is empty."""

    path: Path
    counts: tuple[int, ...]
    """Number of sentences that each file adds."""

    @property
    def count(self) -> int:
        """Number of all sentences."""
        return sum(self.counts)

    @property
    def spec(self) -> CorpusSpec:
        """The file as a source of pairs, for a teacher to fill in."""
        return CorpusSpec((self.path,), "tsv")


def reverse_teachers(teachers: Sequence[Teacher]) -> list[Teacher]:
    """Return those of `teachers` that translate back. Raises ConfigError if there are none."""
    found = [teacher for teacher in teachers if not teacher.is_forward]
    if not found:
        raise ConfigError(
            "--monolingual needs a package that translates its sentences into the source language: train one with "
            "--source and --target exchanged, and name it with --teacher"
        )
    return found


def write_monolingual_text(paths: Sequence[Path], known: Iterable[str], place: Path) -> MonolingualText:
    """Write the sentences of `paths` to `place`, without repetitions and without those in `known`.

    The file's name holds a hash of its content, so that translations are never reused for another text. Raises
    CorpusError if a file cannot be read or no sentence is left.
    """
    place.mkdir(parents=True, exist_ok=True)
    seen = SeenHashes()
    seen.add(hash_texts(map(one_line, known)))
    digest, counts = hashlib.sha256(), [0] * len(paths)
    partial = place / "monolingual.partial"
    with reporting_full_disk(partial, partial=partial), partial.open("wb") as stream:
        for number, path in enumerate(paths):
            for sentence in _new_sentences(read_lines(path), seen):
                line = f"{line_of(SentencePair('', sentence))}\n".encode()
                digest.update(line)
                stream.write(line)
                counts[number] += 1
    if not any(counts):
        raise CorpusError(f"--monolingual {', '.join(map(str, paths))}: there are no sentences in it")
    path = place / f"monolingual-{digest.hexdigest()[:16]}.tsv"
    partial.replace(path)
    return MonolingualText(path, tuple(counts))


def parallel_weight(parallel: float, monolingual: int) -> float:
    """Return the factor for the weights of `parallel` pairs beside `monolingual` back-translations in an epoch."""
    least = _PARALLEL_SHARE / (1 - _PARALLEL_SHARE) * monolingual
    return max(1.0, least / parallel)


def _new_sentences(lines: Iterator[str], seen: SeenHashes) -> Iterator[str]:
    sentences = filter(None, map(one_line, lines))
    while chunk := list(islice(sentences, _CHUNK)):
        new = seen.add(hash_texts(chunk)).tolist()
        yield from (sentence for sentence, is_new in zip(chunk, new, strict=True) if is_new)
