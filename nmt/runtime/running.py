"""The running batch: sentences join and leave between two steps. No thread, no clock, no queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt.decoding import Candidates, Search, State, decode_step


class JoinableState(State, Protocol):
    """A state that rows can be added to."""

    def join(self, other: Self) -> Self:
        """These rows, then those of `other`."""


JoinableT = TypeVar("JoinableT", bound=JoinableState)


class Model(Protocol[JoinableT]):
    """An encoder and the step that goes with it."""

    def encode(self, sources: Sequence[Sequence[int]]) -> JoinableT:
        """Encode ids without special ids; one row a sentence."""

    def __call__(self, tokens: NDArray[np.int64], state: JoinableT, k: int) -> tuple[Candidates, JoinableT]:
        """One decoder step."""


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence to translate: its source ids and its search."""

    source: Sequence[int]
    search: Search


SentenceT = TypeVar("SentenceT", bound=Sentence)


class RunningBatch(Generic[SentenceT, JoinableT]):
    """Sentences whose searches are not finished, and the decoder state of their rows."""

    def __init__(self, model: Model[JoinableT]) -> None:
        self._model = model
        self._state: JoinableT | None = None
        self.sentences: list[SentenceT] = []

    @property
    def rows(self) -> int:
        """R: rows of the next step."""
        return sum(len(sentence.search.tokens) for sentence in self.sentences)

    def admit(self, sentences: Sequence[SentenceT]) -> None:
        """Encode `sentences` and add their first rows."""
        if not sentences:
            return
        fresh = self._model.encode([sentence.source for sentence in sentences])
        self._state = fresh if self._state is None else self._state.join(fresh)
        self.sentences += sentences

    def step(self) -> list[SentenceT]:
        """One step for every row; gives the sentences that finished, which leave."""
        if self._state is None:
            return []
        state = decode_step(self._model, self._state, [sentence.search for sentence in self.sentences])
        finished = [sentence for sentence in self.sentences if sentence.search.finished]
        self.sentences = [sentence for sentence in self.sentences if not sentence.search.finished]
        self._state = state if self.sentences else None
        return finished

    def drop(self, unwanted: Callable[[SentenceT], bool]) -> list[SentenceT]:
        """Take out the sentences that are `unwanted`, and their rows."""
        dropped = [sentence for sentence in self.sentences if unwanted(sentence)]
        if not dropped or self._state is None:
            return []
        kept: list[SentenceT] = []
        rows: list[int] = []
        first = 0
        for sentence in self.sentences:
            count = len(sentence.search.tokens)
            if sentence not in dropped:
                kept.append(sentence)
                rows += range(first, first + count)
            first += count
        self.sentences = kept
        self._state = self._state.select(np.array(rows, dtype=np.int64)) if kept else None
        return dropped
