"""The driver: cuts the input into pieces, has workers translate them, and writes what comes back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from nmt.bulk.formats import Piece
from nmt.bulk.inputs import InputFile
from nmt.bulk.ledger import Finished, Ledger
from nmt.bulk.pair_counts import NO_PAIRS
from nmt.bulk.pool import Outcome, Pool
from nmt.bulk.progress import Figures, Progress
from nmt.bulk.suspects import DEATHS, Suspect
from nmt.bulk.translating import TranslatedPiece

_WAIT_SECONDS = 1.0
"""Between two looks at the cluster while nothing comes back."""


@dataclass(eq=False, slots=True)
class _File:
    """A file of which pieces are under way."""

    input: InputFile
    missing: int = 0
    """Pieces that are cut and not yet stored."""
    is_cut: bool = False
    """Whether there are no more pieces than those cut."""


@dataclass(eq=False, slots=True)
class Task:
    """A piece to translate."""

    file: _File
    piece: Piece
    size: int
    """Bytes of the file that it took, as stored."""
    deaths: int = 0
    suspect: Suspect | None = None

    def call(self) -> tuple[str, tuple[Any, ...]]:
        """Return the method of the worker that is next, and its arguments."""
        tried = self.suspect.next_range() if self.suspect else None
        if tried:
            return "probe", (self.piece, self.file.input.format, *tried)
        skipped = frozenset(self.suspect.harmful if self.suspect else ())
        return "translate", (self.piece, self.file.input.format, skipped)

    def died(self) -> None:
        """Its worker died."""
        self.deaths += 1
        if self.suspect and self.suspect.next_range():
            self.suspect.died()
        elif self.deaths >= DEATHS:
            self.deaths = 0
            self.suspect = Suspect(self.piece.lines)


class Driver:
    """One translation, from where it stands to the end. Only a task for each place at a worker is in memory."""

    def __init__(self, files: list[InputFile], most_lines: int, ledger: Ledger, progress: Progress) -> None:
        self._files = files
        self._most_lines = most_lines
        self._ledger = ledger
        self._progress = progress
        self._again: list[Task] = []
        self._finishing: list[Future[Finished]] = []
        self._finisher = ThreadPoolExecutor(1)  # beside the loop: a large file takes a while to put together
        self.pairs = NO_PAIRS
        """Of the files that are whole."""
        self._tasks = self._new_tasks()
        self._first = next(self._tasks, None)

    @property
    def needs_workers(self) -> bool:
        """Whether a piece is left to translate."""
        return self._first is not None

    def run(self, pool: Pool[Task], figures: Figures) -> None:
        """Translate what is left. Raises BulkError and DiskFull; all that was written is kept."""
        while True:
            pool.grow()
            while pool.has_room() and (task := self._next_task()):
                method, arguments = task.call()
                pool.call(task, method, *arguments)
            if not pool.busy and not self.needs_workers and not self._again:
                return
            for outcome in pool.wait(_WAIT_SECONDS):
                self._take(outcome, figures)
            self._take_finished()
            figures.workers(pool.ready)
            self._progress.show(pool.ready)

    def close(self) -> None:
        """Wait until the files whose pieces are all there are whole. Raises BulkError and DiskFull."""
        self._finisher.shutdown()
        self._take_finished()

    def _next_task(self) -> Task | None:
        if self._again:
            return self._again.pop()
        task = self._first
        if task is not None:
            self._first = next(self._tasks, None)
        return task

    def _new_tasks(self) -> Iterator[Task]:
        """Yield the pieces that are not translated yet."""
        for file in self._files:
            if known := self._ledger.finished(file):
                self._progress.before.add(known.lines, known.words, known.errors, file.size)
                self.pairs += known.pairs
                continue
            state = _File(file)
            committed = self._ledger.committed(file)
            read = 0
            for piece, position in file.pieces(self._most_lines):
                size, read = max(position - read, 0), max(position, read)
                if piece.index in committed:
                    self._ledger.check(file, piece, committed[piece.index])
                    self._progress.before.add(piece.lines, 0, 0, size)
                else:
                    state.missing += 1
                    yield Task(state, piece, size)
            state.is_cut = True
            self._finish_if_whole(state)

    def _take(self, outcome: Outcome[Task], figures: Figures) -> None:
        task = outcome.key
        if outcome.died:
            figures.died()
            task.died()
            self._again.append(task)
        elif isinstance(outcome.result, TranslatedPiece):
            self._commit(task, outcome.result, figures)
        else:
            assert task.suspect is not None
            task.suspect.survived()
            self._again.append(task)

    def _commit(self, task: Task, done: TranslatedPiece, figures: Figures) -> None:
        self._ledger.commit(task.file.input, task.piece, done)
        counts = task.piece.lines, done.words, len(done.faults)
        figures.done(*counts)
        self._progress.now.add(*counts, task.size)
        self._progress.committed()
        task.file.missing -= 1
        self._finish_if_whole(task.file)

    def _finish_if_whole(self, file: _File) -> None:
        if file.is_cut and not file.missing:
            self._finishing.append(self._finisher.submit(self._ledger.finish, file.input))

    def _take_finished(self) -> None:
        for future in [each for each in self._finishing if each.done()]:
            self._finishing.remove(future)
            self.pairs += future.result().pairs
