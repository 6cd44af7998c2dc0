"""A process of the cluster that has loaded its packages once, and translates pieces."""

from __future__ import annotations

import gc
import os
import tempfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

from nmt.bulk.formats import Piece, StoredFormat
from nmt.bulk.packages import Contents, Packages, loaded
from nmt.bulk.plan import Plan
from nmt.bulk.translating import TranslatedPiece
from nmt.errors import BulkError


class Worker:
    """An actor: Ray starts it on a machine with free processors."""

    def __init__(self, contents: Contents, plan: Plan, threads: int) -> None:
        """Load the packages. Raises BulkError if this machine has another version of the program."""
        if version("seq2seq-translator") != plan.program:
            raise BulkError(
                f"{os.uname().nodename} has seq2seq-translator {version('seq2seq-translator')}, and the driver "
                f"{plan.program}: install the same on all machines"
            )
        with tempfile.TemporaryDirectory(prefix="nmt-bulk-") as directory:
            packages = Packages.written(contents, Path(directory))
            self._loaded = ExitStack()
            self._pieces = self._loaded.enter_context(loaded(packages, plan, threads))
        gc.freeze()  # what is loaded stays to the end; looking through it takes longer than translating a sentence

    def process(self) -> int:
        """Return the number of its process, once the packages are loaded."""
        return os.getpid()

    def translate(self, piece: Piece, stored: StoredFormat, skipped: frozenset[int]) -> TranslatedPiece:
        """Translate `piece` without the lines in `skipped`."""
        return self._pieces.translate(piece, stored, skipped)

    def probe(self, piece: Piece, stored: StoredFormat, start: int, stop: int) -> None:
        """Translate the lines from `start` to before `stop` of `piece` alone, and forget them: do they kill this
        process?"""
        self._pieces.translate(piece, stored, frozenset(range(start)) | frozenset(range(stop, piece.lines)))
