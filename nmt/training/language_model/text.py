"""Text files as files of symbol ids. Text is read in blocks, so memory does not grow with it."""

from __future__ import annotations

import hashlib
import io
import mmap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.readers.compressed import open_unpacked
from nmt.errors import CorpusError
from nmt.language_model.symbols import LINE_BREAK, Characters, Subwords, Symbols, code_points
from nmt.training.data.vocabulary import learn_with_room
from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.run.files import ENCODED

_BLOCK = 1 << 19
"""Characters read at a time."""
_LONGEST_LINE = 4000
"""Characters of a line that the subwords are learned from; SentencePiece leaves out longer ones."""
_LEARNED_FROM = 100_000
"""Lines that the subwords are learned from."""


@dataclass(frozen=True, slots=True)
class EncodedText:
    """The training and the validation text as ids."""

    symbols: Symbols
    train: MappedIds
    valid: MappedIds
    train_characters: int
    valid_characters: int

    def fingerprint(self, settings: LanguageModelSettings) -> str:
        """Return a hash of the text, the vocabulary and the settings that may not change."""
        digest = hashlib.sha256(repr(sorted(settings.identity().items())).encode())
        for part in (self.symbols.to_bytes(), self.train.digest().encode(), self.valid.digest().encode()):
            digest.update(part)
        return digest.hexdigest()


class MappedIds:
    """A file of ids that is mapped into memory; pages are given back after each reading."""

    def __init__(self, path: Path, dtype: np.dtype[np.unsignedinteger]) -> None:
        """Map the file at `path`, which is not empty."""
        self._path = path
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._ids: NDArray[np.unsignedinteger] = np.frombuffer(self._map, dtype=dtype)

    def __len__(self) -> int:
        return len(self._ids)

    def rows(self, starts: Sequence[int], length: int) -> NDArray[np.int64]:
        """Return (B, length): `length` ids from each of the B `starts`."""
        found = np.stack([self._ids[start : start + length] for start in starts]).astype(np.int64)
        if hasattr(mmap, "MADV_DONTNEED"):
            # Pages of a mapped file count as memory of the process until it returns them; the file stays cached.
            self._map.madvise(mmap.MADV_DONTNEED)
        return found

    def digest(self) -> str:
        """Return the SHA-256 of the file."""
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def encode_text(
    train: Sequence[Path], valid: Sequence[Path], settings: LanguageModelSettings, run: Path
) -> EncodedText:
    """Learn the vocabulary of the training text and write all ids to `run`.

    Without `valid`, the last part of the text validates. Raises CorpusError on a text that cannot be read or is too
    short.
    """
    total = sum(map(len, _blocks(train)))
    split = total if valid else int(total * (1.0 - settings.held_out))
    symbols = _learn(train, split, settings)
    directory = run / ENCODED
    directory.mkdir(parents=True, exist_ok=True)
    train_ids = _write(_part(_blocks(train), 0, split), symbols, directory / "train.ids")
    if len(train_ids) <= settings.streams * settings.k:
        raise CorpusError(
            f"{', '.join(map(str, train))}: {len(train_ids):,} symbols to train on, and {settings.streams} streams of "
            f"{settings.k} steps need more than {settings.streams * settings.k:,}: give more text, or set streams or k "
            f"lower"
        )
    valid_blocks = _blocks(valid) if valid else _part(_blocks(train), split, total)
    valid_ids = _write(valid_blocks, symbols, directory / "valid.ids")
    valid_characters = sum(map(len, _blocks(valid))) if valid else total - split
    return EncodedText(symbols, train_ids, valid_ids, split, valid_characters)


def _learn(paths: Sequence[Path], split: int, settings: LanguageModelSettings) -> Symbols:
    """Learn the vocabulary from the first `split` characters of the text."""
    blocks = _part(_blocks(paths), 0, split)
    if settings.symbols == "subwords":
        return Subwords(learn_with_room(lambda: islice(_lines(blocks), _LEARNED_FROM), settings.vocabulary_size))
    counts = np.zeros(0x110000, dtype=np.int64)
    for block in blocks:
        codes, found = np.unique(code_points(block), return_counts=True)
        counts[codes] += found
    frequent = np.argsort(-counts, kind="stable")[: settings.vocabulary_size]
    return Characters("".join(chr(code) for code in frequent if counts[code]))


def _write(blocks: Iterable[str], symbols: Symbols, path: Path) -> MappedIds:
    dtype = np.min_scalar_type(symbols.size - 1)
    with reporting_full_disk(path, partial=path), path.open("wb") as file:
        for block in blocks if isinstance(symbols, Characters) else _whole_lines(blocks):
            ids = symbols.compact(block) if isinstance(symbols, Characters) else symbols.encode(block).astype(dtype)
            file.write(ids.tobytes())
    if path.stat().st_size < 2 * dtype.itemsize:
        raise CorpusError(f"{path.stem}: fewer than two symbols of text; give text in UTF-8")
    return MappedIds(path, dtype)


def _blocks(paths: Sequence[Path]) -> Iterator[str]:
    """Yield the text of all files in blocks, with line feeds as line breaks. Raises CorpusError."""
    for path in paths:
        with open_unpacked(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig")
            try:
                while block := text.read(_BLOCK):
                    yield block
            except UnicodeDecodeError as error:
                raise CorpusError(f"{path}: not UTF-8 ({error}); convert it first") from error
            finally:
                text.detach()


def _part(blocks: Iterable[str], start: int, end: int) -> Iterator[str]:
    """Yield the characters from `start` to before `end`."""
    place = 0
    for block in blocks:
        if place >= end:
            return
        cut = block[max(0, start - place) : end - place]
        if cut:
            yield cut
        place += len(block)


def _whole_lines(blocks: Iterable[str]) -> Iterator[str]:
    """Move the borders between blocks to line breaks, where there are any, so that no subword is cut."""
    rest = ""
    for block in blocks:
        head, separator, tail = block.rpartition(LINE_BREAK)
        if separator:
            yield rest + head + separator
            rest = tail
        else:
            rest += block
        if len(rest) > _BLOCK:
            yield rest
            rest = ""
    if rest:
        yield rest


def _lines(blocks: Iterable[str]) -> Iterator[str]:
    for block in _whole_lines(blocks):
        for line in block.split(LINE_BREAK):
            if line:
                yield line[:_LONGEST_LINE]
