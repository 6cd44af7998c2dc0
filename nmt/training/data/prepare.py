"""Prepare a corpus once per run directory: read, clean, hold out, learn or load tokenizers, encode."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from nmt.corpus import CorpusSpec, Direction, SentencePair
from nmt.corpus.batching import IdPairs, epoch_size
from nmt.corpus.corpus_spec import STANDARD_INPUT
from nmt.corpus.domains import by_domain, domain_lines
from nmt.corpus.id_files import map_ids
from nmt.corpus.progress import SILENT, CorpusProgress
from nmt.corpus.spill_file import read_spill_file
from nmt.decoding import LengthModel
from nmt.errors import CheckpointError, ConfigError
from nmt.training.data.encode import TRAIN, VALID, VALID_PAIRS, Sized, encode_corpus
from nmt.training.data.encoded_corpus import (
    CorpusState,
    EncodedCorpus,
    load_encoded_corpus,
    source_state,
    validation_lines,
)
from nmt.training.data.vocabulary import load_tokenizers
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.run.files import ENCODED, has_begun
from nmt.training.settings.config import DataConfig
from tokenizer import SubwordTokenizer

_STANDARD_INPUT = "standard-input"
"""File in the run directory that holds standard input until it is encoded."""
_PIECE = 1 << 20
"""Ids hashed at a time."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources of sentence pairs."""

    train: tuple[CorpusSpec, ...]
    direction: Direction
    valid: tuple[CorpusSpec, ...] = ()
    """Validation sources; if empty, pairs are held out of `train`."""
    mixed: tuple[CorpusSpec, ...] = ()
    """General pairs mixed in: at weight 1, an epoch draws as many of them as of `train`, or all if there are fewer."""
    monolingual: tuple[Path, ...] = ()
    """Files of sentences in the target language, one per line, for teachers to translate back."""
    keep: bool = False
    """Use the pairs in the run directory, even if the source files have changed."""
    passes: CorpusProgress = SILENT
    """Progress display for reading the sources."""


@dataclass(frozen=True, slots=True)
class PreparedCorpus:
    """Everything that training needs from the corpus."""

    source_tokenizer: SubwordTokenizer
    target_tokenizer: SubwordTokenizer
    train: IdPairs
    valid: IdPairs
    valid_pairs: tuple[SentencePair, ...]
    stored: EncodedCorpus

    @property
    def length(self) -> LengthModel:
        """The model of translation length given source length."""
        return self.stored.length

    def pair(self, index: int) -> SentencePair:
        """Return the training pair at `index` as it was read; decoding reverses encoding."""
        return SentencePair(
            self.source_tokenizer.decode(self.train.source(index).tolist()),
            self.target_tokenizer.decode(self.train.target(index).tolist()),
        )

    def fingerprint(self, *configs: dict[str, Any]) -> str:
        """Return the SHA-256 of the ids and the configurations; equal values mean the same training."""
        digest = hashlib.sha256(json.dumps(configs, sort_keys=True).encode())
        for pairs in (self.train, self.valid):
            for array in pairs.arrays:
                for start in range(0, len(array), _PIECE):
                    digest.update(array[start : start + _PIECE].tobytes())
        if self.train.weights:
            digest.update(json.dumps(self.train.weights).encode())
        return digest.hexdigest()

    def report(self) -> list[str]:
        """Return lines for display: what was read and what was left out."""
        lines = self.stored.report.lines()
        if self.stored.held_out is None:
            lines.append(f"{len(self.valid):,} validation pairs")
        else:
            lines.append(f"held out {self.stored.held_out:,} for validation")
        if self.stored.apart:
            lines.append(f"left out {self.stored.apart:,}: source or target is that of a pair held out")
        if self.stored.too_long:
            lines.append(f"left out {self.stored.too_long:,}: more than {self._most} subwords")
        lines += validation_lines(self.stored.valid_left_out)
        counted = zip(self.stored.state.train, self.stored.counts, strict=True)
        return lines + domain_lines(by_domain((source.spec.domain, count.trained) for source, count in counted))

    @property
    def _most(self) -> int:
        return int(self.stored.state.settings["max_subwords"])


def prepare(
    config: DataConfig, sources: Sources, run: Path, sized: Sized | None = None, training: Path | None = None
) -> PreparedCorpus:
    """Encode the pairs of `sources` in `run`, or load them if nothing has changed since they were encoded.

    `sized` returns the settings for a number of training pairs, by default `config`; the number is known once the
    pairs have been read. Raises CorpusError if no usable pairs are left, CheckpointError if the training in the run
    directory `training` (by default `run`) has begun with other pairs, and whatever the readers raise.
    """
    training = training or run
    directory = run / ENCODED
    stored = load_encoded_corpus(directory)
    sized = sized or (lambda _: config)
    if sources.keep:
        if stored is None:
            raise ConfigError(f"--keep-corpus: {directory} has no whole corpus; leave it out to read the sources")
        _check_kept(stored, sized(stored.pairs), sources.direction, directory)
        return _open(directory, stored)
    sources = _without_pipe(sources, run)
    state = _state(sized(stored.pairs) if stored else config, sources, stored.state if stored else None)
    changes = state.changes_from(stored.state) if stored else []
    if stored and changes and has_begun(training):
        raise CheckpointError(
            f"{training}: the training there began with another corpus: {'; '.join(changes)}. Put it back as it was, "
            f"go on with the pairs as they were read (--keep-corpus, which takes other sources but no other settings), "
            f"train into another --run-dir, or begin again (--restart)"
        )
    if stored is None or changes:
        stored = encode_corpus(sized, state, run, directory, sources.passes)
    elif state != stored.state:
        stored = replace(stored, state=state)
        stored.save(directory)
    (run / _STANDARD_INPUT).unlink(missing_ok=True)
    return _open(directory, stored)


def _check_kept(stored: EncodedCorpus, config: DataConfig, direction: Direction, directory: Path) -> None:
    """Raise CheckpointError if the stored corpus does not match `config` and `direction`."""
    asked = replace(stored.state.with_settings(config), direction=direction)
    if changes := asked.changes_from(stored.state):
        raise CheckpointError(
            f"--keep-corpus: {directory} was made otherwise: {'; '.join(changes)}. Put it back as it was, train into "
            f"another --run-dir, or begin again (--restart)"
        )


def _open(directory: Path, stored: EncodedCorpus) -> PreparedCorpus:
    source, target = load_tokenizers(directory.parent, stored.state.settings["joint"])
    weights = _weights(stored)
    counts = [count.trained for count in stored.counts]
    weighted = list(zip(counts, weights, strict=True)) if set(weights) != {1.0} else []
    _check_epoch(stored, weighted)
    return PreparedCorpus(
        source,
        target,
        IdPairs.of_arrays(map_ids(directory, TRAIN), weighted),
        IdPairs.of_arrays(map_ids(directory, VALID), ()),
        tuple(read_spill_file(directory / VALID_PAIRS)),
        stored,
    )


def _state(config: DataConfig, sources: Sources, before: CorpusState | None) -> CorpusState:
    settings = asdict(config)
    if sources.valid:
        del settings["held_out"]
    train, valid = (
        tuple(source_state(spec, before) for spec in specs)
        for specs in ((*sources.train, *sources.mixed), sources.valid)
    )
    return CorpusState(settings, sources.direction, train, valid, len(sources.mixed))


def _weights(stored: EncodedCorpus) -> list[float]:
    """Return how often an epoch contains a pair of each training source."""
    weights = [source.spec.weight for source in stored.state.train]
    counts = [count.trained for count in stored.counts]
    first = len(weights) - stored.state.mixed
    new = sum(count * weight for count, weight in zip(counts[:first], weights[:first], strict=True))
    share = min(1.0, new / max(1, sum(counts[first:])))
    return [*weights[:first], *(weight * share for weight in weights[first:])]


def _check_epoch(stored: EncodedCorpus, weighted: Sequence[tuple[int, float]]) -> None:
    """Raise ConfigError if the sources are so small and their weights so low that an epoch would have no pairs."""
    if not weighted or epoch_size(weighted):
        return
    new = stored.state.train[: len(stored.state.train) - stored.state.mixed]
    found = "; ".join(
        f"{source.spec} has {count.trained:,} pairs to train on and weight={source.spec.weight:g}"
        for source, count in zip(new, stored.counts, strict=False)
    )
    raise ConfigError(f"an epoch would have no pairs: {found}. Raise the weight, or give more text")


def _without_pipe(sources: Sources, run: Path) -> Sources:
    """Return `sources` with standard input, which can be read only once, replaced by a copy in `run`."""
    specs = (*sources.train, *sources.mixed, *sources.valid)
    readers = sum(path == STANDARD_INPUT for spec in specs for path in spec.paths)
    if not readers:
        return sources
    if readers > 1:
        raise ConfigError(f"standard input (-) is named {readers} times, but can be read once: put the text into files")
    file = run / _STANDARD_INPUT
    run.mkdir(parents=True, exist_ok=True)
    with reporting_full_disk(file, partial=file), file.open("wb") as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream)

    def instead(specs: Sequence[CorpusSpec]) -> tuple[CorpusSpec, ...]:
        return tuple(
            replace(spec, paths=tuple(file if path == STANDARD_INPUT else path for path in spec.paths))
            for spec in specs
        )

    return replace(sources, train=instead(sources.train), valid=instead(sources.valid), mixed=instead(sources.mixed))
