"""The running batch, which sentences join and leave between two steps. Uses no thread, clock or queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt.decoding import Candidates, DecodingOptions, Hypothesis, RareWord, StateT, decode_step


@dataclass(frozen=True, slots=True)
class Source:
    """The model's input: a sentence, or a picture."""

    ids: Sequence[int] = ()
    """Subwords without special ids."""
    copied: Sequence[int] = ()
    """Target subwords that spell the source text, which allows names to be copied."""
    rare: Sequence[RareWord] = ()
    """Rare words, whose translations the search proposes. Their subwords are among `copied`."""
    picture: NDArray[np.uint8] | None = None
    """Shape (3, P, P): red, green and blue of a picture, for a model that reads pictures."""


class Model(Protocol[StateT]):
    """An encoder and its decoder step."""

    def encode(self, sources: Sequence[Source], running: StateT | None) -> StateT:
        """Return a state with one row for each of `sources`, after the rows of `running`. The result replaces
        `running`."""

    def __call__(self, tokens: NDArray[np.int64], state: StateT, k: int, steps: int) -> tuple[list[Candidates], StateT]:
        """Run decoder steps, as `Step` does."""


class AnySearch(Protocol):
    """The search of one sentence, wherever it runs."""

    width: int
    """Maximum number of rows."""

    def hypotheses(self) -> list[Hypothesis]:
        """Return the hypotheses, best first, once finished."""


SearchT = TypeVar("SearchT", bound=AnySearch)
SearchT_co = TypeVar("SearchT_co", bound=AnySearch, covariant=True)


@dataclass(slots=True, eq=False)
class Sentence(Generic[SearchT]):
    """A sentence to translate and its search."""

    source: Source
    search: SearchT


SentenceT = TypeVar("SentenceT", bound=Sentence[Any])


class Batch(Protocol[SentenceT]):
    """Sentences that one thread translates together."""

    @property
    def sentences(self) -> Sequence[SentenceT]:
        """The unfinished sentences."""

    @property
    def rows(self) -> int:
        """R, the number of rows in the next step."""

    def admit(self, sentences: Sequence[SentenceT]) -> None:
        """Encode `sentences` and add their first rows."""

    def step(self) -> list[SentenceT]:
        """Advance every row by one or more steps. Remove and return the sentences that finished."""

    def drop(self, unwanted: Callable[[SentenceT], bool]) -> list[SentenceT]:
        """Remove and return the sentences that are `unwanted`, along with their rows."""

    def interrupt(self) -> None:
        """End a running `step` soon, because sentences wait to join or to leave. May be called from any thread."""


class Engine(Protocol[SearchT_co]):
    """A model and the search that runs on it."""

    def new_search(self, options: DecodingOptions, max_length: int, source: Source | None = None) -> SearchT_co:
        """Return the search of `source` that `options` select. `max_length` applies unless they set their own."""

    def new_batch(self) -> Batch[Any]:
        """Return an empty batch, for one thread."""


class RunningBatch(Generic[SentenceT, StateT]):
    """Sentences whose searches are those of `nmt.decoding`, and the decoder state of their rows."""

    def __init__(self, model: Model[StateT]) -> None:
        self._model = model
        self._state: StateT | None = None
        self.sentences: list[SentenceT] = []

    @property
    def rows(self) -> int:
        """R, the number of rows in the next step."""
        return sum(len(sentence.search.tokens) for sentence in self.sentences)

    def admit(self, sentences: Sequence[SentenceT]) -> None:
        """Encode `sentences` and add their first rows."""
        if not sentences:
            return
        self._state = self._model.encode([sentence.source for sentence in sentences], self._state)
        self.sentences += sentences

    def step(self) -> list[SentenceT]:
        """Advance every row by one step. Remove and return the sentences that finished."""
        if self._state is None or not self.sentences:
            return []
        self._state = decode_step(self._model, self._state, [sentence.search for sentence in self.sentences])
        finished = [sentence for sentence in self.sentences if sentence.search.finished]
        if finished:
            self.sentences = [sentence for sentence in self.sentences if not sentence.search.finished]
        if not self.sentences:
            self._state = None
        return finished

    def drop(self, unwanted: Callable[[SentenceT], bool]) -> list[SentenceT]:
        """Remove and return the sentences that are `unwanted`, along with their rows."""
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
        self._state = self._state.select(np.array(rows, dtype=np.int64))
        return dropped

    def interrupt(self) -> None:
        """Do nothing: each call of `step` is short."""
