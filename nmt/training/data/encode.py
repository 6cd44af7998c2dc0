"""Encode sources of sentence pairs as id files, in a few passes that never hold the corpus in memory.

The first pass reads and cleans the pairs, spools them to a file and chooses the held-out set. The number of pairs then
determines the remaining settings. Later passes over the spool file learn the tokenizers from a sample, and encode.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nmt.corpus import Cleaner, CleaningReport, SentencePair, plain_pairs, read_pairs
from nmt.corpus.batching import IdPairs
from nmt.corpus.cleaning import EMPTY
from nmt.corpus.encoding import EncodedPair, encode_pairs
from nmt.corpus.held_out import HeldOut, Unseen
from nmt.corpus.id_files import IdWriter, map_ids
from nmt.corpus.progress import CorpusProgress, ProgressCounter
from nmt.corpus.readers.left_out import LeaveOut, counting
from nmt.corpus.spill_file import read_spill_file, write_spill_file
from nmt.decoding import LengthModel
from nmt.errors import CorpusError
from nmt.runtime.translator import MAX_SOURCE_SUBWORDS
from nmt.training.data.encoded_corpus import CorpusState, EncodedCorpus, SourceCount, file_sizes, validation_lines
from nmt.training.data.vocabulary import learn_tokenizers
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.settings.config import DataConfig

TRAIN, VALID = "train", "valid"
"""Names of the id files of the training set and the held-out set."""
VALID_PAIRS = "valid-pairs"
"""Name of the file of held-out pairs as text."""
_KEPT = "kept-pairs"
_TOO_LONG = f"more than {MAX_SOURCE_SUBWORDS} subwords, which are not translated in one piece"

Sized = Callable[[int], DataConfig]
"""Return the settings for a number of training pairs; only the vocabulary settings depend on the number."""


def encode_corpus(
    sized: Sized, state: CorpusState, run: Path, directory: Path, passes: CorpusProgress
) -> EncodedCorpus:
    """Encode the sources in `state` to `directory` atomically, and write the tokenizers to `run`.

    Raises CorpusError if no usable pairs are left, and whatever the readers raise.
    """
    partial = directory.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with reporting_full_disk(directory, partial=partial):
        stored = _Encoding(sized, state, run, partial, passes).stored()
        stored.save(partial)
    shutil.rmtree(directory, ignore_errors=True)
    os.replace(partial, directory)
    return stored


@dataclass(frozen=True, slots=True)
class _Read:
    """Results of the first pass, besides the spooled pairs."""

    report: CleaningReport
    sources: list[tuple[int, int]]
    """Numbers of pairs read and kept, for each source."""
    valid: list[SentencePair]
    valid_left_out: Counter[str]
    """Pairs left out of the given validation sources, by reason."""
    may_train: Unseen | None
    """Filter for the kept pairs that may be trained on; None selects all, as in `filter`."""
    count: int
    """Number of training pairs."""

    @property
    def held_out(self) -> int | None:
        """Number of pairs held out for validation; None if validation pairs were given."""
        return None if self.may_train is None else len(self.valid)


class _Encoding:
    """The encoding passes over one corpus."""

    def __init__(self, sized: Sized, state: CorpusState, run: Path, directory: Path, passes: CorpusProgress) -> None:
        self._sized = sized
        self._state = state
        self._run = run
        self._directory = directory
        self._passes = passes
        self._spool = directory / _KEPT

    def stored(self) -> EncodedCorpus:
        read = self._read()
        config = self._sized(read.count)
        with self._passes.doing("learning the vocabulary"):
            tokenizers = learn_tokenizers(
                lambda: filter(read.may_train, read_spill_file(self._spool)), read.count, config, self._run
            )
        counts = []
        with self._passes.doing("turning text into subwords") as follow, IdWriter(self._directory, TRAIN) as writer:
            kept = follow(read_spill_file(self._spool))
            for seen, left in read.sources:
                pairs = filter(read.may_train, islice(kept, left))
                trained = _write(writer, encode_pairs(pairs, *tokenizers, config.max_subwords))
                counts.append(SourceCount(seen, trained))
        with IdWriter(self._directory, VALID) as writer:
            encoded = list(encode_pairs(read.valid, *tokenizers, MAX_SOURCE_SUBWORDS))
            _write(writer, encoded)
        if not encoded:
            raise CorpusError(
                f"all {len(read.valid)} validation pairs have more than {MAX_SOURCE_SUBWORDS} subwords on a side, more "
                f"than are translated in one piece: cut them into sentences, or give others (--valid)"
            )
        write_spill_file(self._directory / VALID_PAIRS, (pair for pair, _, _ in encoded))
        self._spool.unlink()
        return EncodedCorpus(
            self._state.with_settings(config),
            read.report,
            read.count - sum(each.trained for each in counts),
            self._length(read.count, config),
            tuple(counts),
            file_sizes(self._directory),
            read.held_out,
            dict(read.valid_left_out + Counter({_TOO_LONG: len(read.valid) - len(encoded)})),
        )

    def _read(self) -> _Read:
        config = self._sized(0)
        cleaner = Cleaner(config.cleaning)
        held_out = HeldOut(config.held_out, config.seed)
        sources: list[tuple[int, int]] = []
        with self._passes.doing("reading and cleaning") as follow:
            write_spill_file(self._spool, self._cleaned(cleaner, held_out, sources, follow))
        report = cleaner.report
        del cleaner  # frees its memory of every pair
        valid, valid_left_out, may_train = self._held_out(held_out)
        count = sum(1 for _ in filter(may_train, read_spill_file(self._spool))) if may_train else report.kept
        self._check_left(count, len(valid), report, validation_lines(valid_left_out))
        return _Read(report, sources, valid, valid_left_out, may_train, count)

    def _cleaned(
        self, cleaner: Cleaner, held_out: HeldOut, read_and_kept: list[tuple[int, int]], follow: ProgressCounter
    ) -> Iterator[SentencePair]:
        report = cleaner.report
        new = len(self._state.train) - self._state.mixed
        for number, source in enumerate(self._state.train):
            before = report.read, report.kept
            pairs = plain_pairs(read_pairs(source.spec, self._state.direction, report.pass_over))
            for pair in cleaner.clean(follow(pairs)):
                if number < new and not self._state.valid:
                    held_out.see(pair)
                yield pair
            read_and_kept.append((report.read - before[0], report.kept - before[1]))

    def _held_out(self, chosen: HeldOut) -> tuple[list[SentencePair], Counter[str], Unseen | None]:
        """Return the validation pairs, counts of those left out, and a filter for the pairs to train on."""
        left_out: Counter[str] = Counter()
        if not self._state.valid:
            pairs = chosen.choose()
            return pairs, left_out, Unseen(pairs)
        # Validation pairs given by the user are not removed from the training pairs.
        return list(self._given(counting(left_out))), left_out, None

    def _check_left(self, train: int, valid: int, report: CleaningReport, about_valid: Sequence[str]) -> None:
        """Raises CorpusError, with the reason, if there are no pairs to train on or to validate on."""
        if self._state.valid and not valid:
            names = ", ".join(str(source.spec) for source in self._state.valid)
            raise CorpusError(
                f"{names}: no validation pair with text in both languages ({'; '.join(about_valid) or 'it is empty'}): "
                f"name a file that has some, or leave --valid out, and training pairs are held out"
            )
        if not report.kept or not valid:
            raise CorpusError(
                f"{train} training and {valid} validation pairs are left after cleaning ({'; '.join(report.lines())}): "
                f"give more text"
            )
        if not train:
            raise CorpusError(
                f"no training pair is left: of the {report.kept:,} pairs after cleaning, {valid:,} are held out for "
                f"validation, and the others share a text with them: give more text, or other validation pairs "
                f"(--valid)"
            )

    def _given(self, leave_out: LeaveOut) -> Iterator[SentencePair]:
        for source in self._state.valid:
            for pair in plain_pairs(read_pairs(source.spec, self._state.direction, leave_out)):
                if pair.source.strip() and pair.target.strip():
                    yield pair
                else:
                    leave_out(pair, EMPTY)

    def _length(self, count: int, config: DataConfig) -> LengthModel:
        ids = IdPairs.of_arrays(map_ids(self._directory, TRAIN), ())
        if not len(ids):
            raise CorpusError(
                f"all {count} training pairs are longer than data.max_subwords={config.max_subwords}: raise it"
            )
        return LengthModel.fit(ids.source_lengths, ids.target_lengths)


def _write(writer: IdWriter, encoded: Iterable[EncodedPair]) -> int:
    count = 0
    for _, source, target in encoded:
        writer.add(source, target)
        count += 1
    return count
