"""A process of the cluster that has loaded the translator once, and translates pieces."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from nmt.bulk.formats import Piece, StoredFormat
from nmt.bulk.translating import PieceTranslator, TranslatedPiece
from nmt.errors import BulkError
from nmt.runtime import Translator


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What every worker of a translation is made with."""

    program: str
    """Version of the driver."""
    threads: int
    beam_size: int
    max_length: int | None


class Worker:
    """An actor: Ray starts it on a machine with free processors."""

    def __init__(self, package: Mapping[str, bytes], options: WorkerOptions) -> None:
        """Load the translator whose files are `package`: machines of a cluster need not see the driver's disk. Raises
        BulkError if this machine has another version of the program."""
        if version("seq2seq-translator") != options.program:
            raise BulkError(
                f"{os.uname().nodename} has seq2seq-translator {version('seq2seq-translator')}, and the driver "
                f"{options.program}: install the same on all machines"
            )
        with tempfile.TemporaryDirectory(prefix="nmt-bulk-") as directory:
            for name, content in package.items():
                (Path(directory) / name).write_bytes(content)
            translator = Translator.load(directory, threads=options.threads)
        self._pieces = PieceTranslator(
            translator, translator.options(beam_size=options.beam_size, max_length=options.max_length)
        )

    def process(self) -> int:
        """Return the number of its process, once the translator is loaded."""
        return os.getpid()

    def translate(self, piece: Piece, stored: StoredFormat, skipped: frozenset[int]) -> TranslatedPiece:
        """Translate `piece` without the lines in `skipped`."""
        return self._pieces.translate(piece, stored, skipped)

    def probe(self, piece: Piece, stored: StoredFormat, start: int, stop: int) -> None:
        """Translate the lines from `start` to before `stop` of `piece` alone, and forget them: do they kill this
        process?"""
        self._pieces.translate(piece, stored, frozenset(range(start)) | frozenset(range(stop, piece.lines)))
