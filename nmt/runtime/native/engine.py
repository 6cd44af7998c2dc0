"""A package's model in the compiled decoder, and the batches and searches that run there."""

from __future__ import annotations

import weakref
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from ctypes import POINTER, byref, c_float, c_int32
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from nmt.decoding import DecodingOptions, Hypothesis, RareWord, StopReason, length_penalty
from nmt.errors import PackageCorrupt
from nmt.runtime.manifest import ARRAYS, ENCODER, STEP
from nmt.runtime.native.library import Arrays, Layer, Library, Request, Sizes, installed_library, pointer
from nmt.runtime.native.shape import known_shape
from nmt.runtime.native.weights import IntegerLayer, Weights, read_weights
from nmt.runtime.package import ModelPackage
from nmt.runtime.running_batch import Sentence, Source
from nmt.runtime.words import Spelling
from tokenizer import END_ID, PAD_ID, START_ID

_NO_MEMORY, _BAD_ID = -1, -3
_MOST_STEPS = 16
"""Steps of a batch before its thread looks for deadlines that have passed."""
_MOST_SUBWORDS = 1 << 16
"""Length limit of every translation, whatever a request asks for. The longest source is 512 subwords."""
CELLS = {"lstm": 0, "gru": 1, "rnn": 2}
_ATTENTIONS = {"none": 0, "dot": 1, "additive": 2}


class NativeSearch:
    """Options of the search for one sentence, and in the end its result."""

    def __init__(self, options: DecodingOptions, max_length: int) -> None:
        """`max_length` applies unless `options` set their own."""
        self.width = options.beam_size
        """Maximum number of rows."""
        self.n_best = options.n_best
        self.max_length = min(options.max_length or max_length, _MOST_SUBWORDS)
        self.penalties = _penalties(options.length_alpha, self.max_length)
        """The length penalty of 0 to `max_length` subwords or more."""
        self.found: list[Hypothesis] = []

    def hypotheses(self) -> list[Hypothesis]:
        """Return the n best, best first, once finished."""
        return self.found


SentenceT = TypeVar("SentenceT", bound=Sentence[NativeSearch])


@dataclass(frozen=True, slots=True)
class Fed:
    """What R rows have after their last tokens."""

    ids: NDArray[np.int32]
    """(R, k): the k best next words, best first."""
    log_probs: NDArray[np.float32]
    """(R, k)."""
    weights: NDArray[np.float32]
    """(R, S): the attention of the first head, or (R, 0)."""


class NativeBatch(Generic[SentenceT]):
    """Sentences that are being translated. Each call runs without the interpreter's lock."""

    def __init__(self, engine: NativeEngine) -> None:
        self._engine = engine  # so that the model outlives the batch
        self._library = engine.library
        self._batch = self._library.new_batch(engine.model)
        if not self._batch:
            raise MemoryError("no memory for a batch")
        free_with(self, self._library.free_batch, self._batch)
        self._sentences: dict[int, SentenceT] = {}
        self._next = 0
        self._interrupt = c_int32()

    @property
    def sentences(self) -> list[SentenceT]:
        """The unfinished sentences."""
        return list(self._sentences.values())

    @property
    def rows(self) -> int:
        """R, the number of rows in the next step."""
        return int(self._library.rows(self._batch))

    def interrupt(self) -> None:
        """End a running `step` after its next model step. May be called from any thread."""
        self._interrupt.value = 1

    def admit(self, sentences: Sequence[SentenceT]) -> None:
        """Encode `sentences` and add their first rows. Raises PackageCorrupt for ids that the model does not have."""
        if not sentences:
            return
        requests = (Request * len(sentences))()
        kept = []  # what the requests point to
        for request, sentence in zip(requests, sentences, strict=True):
            source = sentence.source
            ids, copied, rare = (array("i", each) for each in (source.ids, source.copied, _flat(source.rare)))
            kept += [ids, copied, rare]
            request.source, request.length = ids.buffer_info()
            request.copied, request.copied_length = copied.buffer_info()
            request.rare, request.rare_length = rare.buffer_info()
            search = sentence.search
            request.penalties = pointer(search.penalties)
            request.beam, request.n_best, request.max_length = search.width, search.n_best, search.max_length
            request.number = self._next
            self._next = (self._next + 1) % 2**31
            self._sentences[request.number] = sentence
        self._check(self._library.admit(self._batch, requests, len(sentences)))

    def step(self) -> list[SentenceT]:
        """Run steps until sentences have finished, and return these. Returns sooner after `interrupt`, and at times."""
        if not self._sentences:
            return []
        done = self._check(self._library.run(self._batch, _MOST_STEPS, byref(self._interrupt)))
        self._interrupt.value = 0
        return self._finished() if done else []

    def drop(self, unwanted: Callable[[SentenceT], bool]) -> list[SentenceT]:
        """Remove and return the sentences that are `unwanted`, along with their rows."""
        numbers = [number for number, sentence in self._sentences.items() if unwanted(sentence)]
        self._check(self._library.drop(self._batch, (c_int32 * len(numbers))(*numbers), len(numbers)))
        return [self._sentences.pop(number) for number in numbers]

    def feed(self, tokens: Sequence[int], k: int, longest: int = 0) -> Fed:
        """Feed `tokens` (R,) to the rows, without a search, and return what follows. `select` says how to go on.

        With `longest`, the length of the longest source, also return the attention weights.
        """
        rows = len(tokens)
        if rows != self.rows:
            raise ValueError(f"{rows} tokens for {self.rows} rows")
        fed = Fed(
            np.zeros((rows, k), dtype=np.int32),
            np.zeros((rows, k), dtype=np.float32),
            np.zeros((rows, longest), dtype=np.float32),
        )
        self._check(
            self._library.step(
                self._batch, (c_int32 * rows)(*tokens), k, fed.ids.ctypes.data_as(POINTER(c_int32)),
                fed.log_probs.ctypes.data_as(POINTER(c_float)),
                fed.weights.ctypes.data_as(POINTER(c_float)) if longest else None, longest,
            )
        )  # fmt: skip
        return fed

    def select(self, rows: Sequence[int]) -> None:
        """Reorder, repeat or drop rows. Those of a sentence stay adjacent."""
        self._check(self._library.select(self._batch, (c_int32 * len(rows))(*rows), len(rows)))

    def _finished(self) -> list[SentenceT]:
        """Return the sentences that finished, with their hypotheses."""
        count = c_int32()
        integers = self._library.integers(self._batch, byref(count))[: count.value]
        reals = self._library.reals(self._batch, byref(count))[: count.value]
        finished, at, real = [], 0, 0
        while at < len(integers):
            sentence = self._sentences.pop(integers[at])
            hypotheses = integers[at + 1]
            at += 2
            for _ in range(hypotheses):
                ended, length = integers[at : at + 2]
                tokens = integers[at + 2 : at + 2 + length]
                sentence.search.found.append(
                    Hypothesis(
                        tuple(tokens[:-1] if ended else tokens),
                        reals[real + 1],
                        reals[real],
                        StopReason.END if ended else StopReason.LENGTH_LIMIT,
                        tuple(reals[real + 2 : real + 2 + length]),
                    )
                )
                at += 2 + length
                real += 2 + length
            finished.append(sentence)
        return finished

    def _check(self, result: int) -> int:
        if result == _NO_MEMORY:
            raise MemoryError("no memory to decode with")
        if result == _BAD_ID:
            raise PackageCorrupt("the tokenizer has subwords that the model lacks; export the package again")
        if result < 0:
            raise ValueError(f"a search with options that cannot be (code {result})")
        return result


class NativeEngine:
    """The model of a package, read once and shared by all batches."""

    def __init__(self, library: Library, weights: Weights, spelling: Spelling | None = None) -> None:
        """Copy `weights` into the layouts of the library's kernels. Raises PackageCorrupt if the library refuses
        them. `spelling` is of as many target subwords."""
        self.library = library
        shape = weights.shape
        sizes = Sizes(
            CELLS[shape.cell], _ATTENTIONS[shape.attention], shape.connection == "highway", shape.lexical,
            shape.embedding_size, shape.encoder_hidden, shape.encoder_layers, shape.directions,
            shape.decoder_hidden, shape.decoder_layers, shape.heads,
            shape.source_vocabulary, shape.target_vocabulary, len(weights.always), weights.translations.shape[1],
            len(weights.output_bias) - shape.target_vocabulary,
            START_ID, END_ID, PAD_ID, len(spelling.beginnings.bits) if spelling and spelling.beginnings else 0,
        )  # fmt: skip
        nothing = Layer()
        arrays = Arrays(
            *map(pointer, (weights.source.weights, weights.target.weights)),
            *map(pointer, (weights.source.scales, weights.target.scales)),
            layer_of(weights.source_table), layer_of(weights.target_table),
            layer_of(weights.word_table) if weights.word_table else nothing,
            *map(pointer, (weights.output.weights, weights.output.scales, weights.output_bias)),
            *map(pointer, (weights.always, weights.translations)),
            *(map(pointer, spelling.arrays) if spelling else ()),
        )  # fmt: skip
        products, dense = ((Layer * len(each))(*map(layer_of, each)) for each in (weights.products, weights.dense))
        self.model = library.new_model(
            library.instruction_set.encode(), byref(sizes), products, len(products), dense, len(dense), byref(arrays)
        )
        if not self.model:
            raise PackageCorrupt("the model's weights do not fit its sizes; export the package again")
        free_with(self, library.free_model, self.model)

    def new_search(self, options: DecodingOptions, max_length: int, source: Source | None = None) -> NativeSearch:
        """Return the search that `options` select. `max_length` applies unless they set their own.

        `source` is not read: the library gets it when the sentence joins a batch.
        """
        return NativeSearch(options, max_length)

    def new_batch(self) -> NativeBatch[Any]:
        """Return an empty batch, for one thread."""
        return NativeBatch(self)


def native_engine(
    package: ModelPackage, library: Library | None = None, spelling: Spelling | None = None
) -> NativeEngine | None:
    """Return the engine of `package`, or None where nothing was compiled or the decoder does not know its graphs.

    `library` is by default the installed one. `spelling` is that of the package's target. Raises PackageCorrupt.
    """
    library = library or installed_library()
    shape = known_shape(package.manifest)
    if library is None or shape is None:
        return None
    try:
        with package.open_file(ARRAYS) as file, np.load(file, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise PackageCorrupt(f"{ARRAYS}: {error}; export the package again") from error
    weights = read_weights(shape, package.read(ENCODER), package.read(STEP), arrays)
    if weights is None:
        return None
    if spelling and len(spelling.subwords.joins) != shape.target_vocabulary:
        raise PackageCorrupt("the tokenizer and the model differ in size; export the package again")
    return NativeEngine(library, weights, spelling)


def _flat(rare: Sequence[RareWord]) -> Iterator[int]:
    """Yield for each spelling the number, the first and the last position and the copy of its word, its length and
    subwords."""
    for number, word in enumerate(rare):
        for spelling in word.spellings:
            yield from (number, word.first, word.last, word.copy, len(spelling), *spelling)


def layer_of(layer: IntegerLayer) -> Layer:
    """Return `layer` as C reads it."""
    return Layer(pointer(layer.weights), pointer(layer.scales), pointer(layer.bias), *layer.weights.shape)


def free_with(owner: object, free: Callable[[int], None], address: int) -> None:
    """Free what is at `address` along with `owner`, but not at exit, when decoding threads may still run."""
    weakref.finalize(owner, free, address).atexit = False


_ALREADY: dict[float, NDArray[np.float64]] = {}
"""Length penalties by alpha. The services' packages have one or two."""
_MOST_ALPHAS = 64


def _penalties(alpha: float, max_length: int) -> NDArray[np.float64]:
    """Return the length penalties of 0 to `max_length` subwords, or more."""
    known = _ALREADY.get(alpha)
    if known is None or len(known) <= max_length:
        known = np.array([length_penalty(length, alpha) for length in range(2 * max_length + 64)])
        if len(_ALREADY) >= _MOST_ALPHAS:
            _ALREADY.clear()
        _ALREADY[alpha] = known
    return known
