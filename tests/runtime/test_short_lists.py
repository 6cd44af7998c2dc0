"""Short lists, the columns of the words that a batch has open, and the slots of its sentences."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nmt.runtime.onnx.encoder_memory import Sources
from nmt.runtime.short_lists import ActiveShortLists, OutputLayer, ShortLists

Array = NDArray[Any]
V = 300
LISTS = st.lists(st.integers(0, V - 1), min_size=1, max_size=200, unique=True).map(lambda ids: np.array(sorted(ids)))


def layer(*always: int, has_closed: bool = False) -> OutputLayer:
    generator, rows = np.random.default_rng(0), V + has_closed
    return OutputLayer(
        generator.integers(-63, 64, (rows, 4)).astype(np.int8),
        generator.random(rows, dtype=np.float32),
        generator.random(rows, dtype=np.float32),
        np.array(always),
        has_closed,
    )


def test_a_list_holds_frequent_words_translations_and_copies_once_each() -> None:
    translations = np.array([[5, 9], [7, 20], [20, 20]])  # 20 is padding
    lists = ShortLists(np.array([2, 3]), translations, 20)
    assert lists.of([0, 1, 0], [9, 11]).tolist() == [2, 3, 5, 7, 9, 11]
    assert lists.of([], []).tolist() == [2, 3]


@given(st.lists(st.tuples(LISTS, st.booleans()), min_size=1, max_size=12), st.booleans())
def test_every_open_word_has_its_own_column_of_the_output_layer(
    events: list[tuple[Array, bool]], has_closed: bool
) -> None:
    weights = layer(1, 2, has_closed=has_closed)
    words = ActiveShortLists(weights)
    users: list[Array] = []
    for opened, close_one in events:
        closed = [users.pop(0)] if close_one and users else []
        words.change(closed, [opened])
        users.append(opened)
        for own in (*users, np.array([1, 2])):
            columns = words.column[own]
            assert (columns > 0).all()
            assert len(set(columns.tolist())) == len(own)
            for name, values in weights.columns(own).items():
                np.testing.assert_array_equal(words.feed[name][..., columns], values)
        if has_closed:
            assert words.closed_column not in words.column
            for name, values in weights.columns(np.array([V])).items():
                np.testing.assert_array_equal(words.feed[name][..., [words.closed_column]], values)
    assert words.feed["output_bias"][words.column[V]] < -1e29  # padding is never chosen


def test_each_sentence_has_the_column_of_closed_words_once() -> None:
    sources = Sources(layer(1, 2, has_closed=True))
    lists = [np.arange(1, 64), np.arange(1, 5), np.arange(1, 65)]
    sources.add({}, [3, 2, 4], lists)
    columns, words = sources.feed["columns"], sources.feed["words"]
    assert ((columns == 3).sum(axis=1) == 1).all()  # behind the column of no word and the two that are always open
    assert (words[columns == 3] == V).all()


def test_columns_are_given_up_when_most_words_are_closed() -> None:
    words = ActiveShortLists(layer(1))
    many, few = np.arange(V), np.arange(10)
    words.change([], [many, few])
    wide = words.feed["output_weight"].shape[1]
    words.change([many], [])
    words.change([few], [few])
    assert words.feed["output_weight"].shape[1] < wide


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 30), st.integers(0, 2**32 - 1)), min_size=1, max_size=8),
    st.sampled_from([("keys", "values"), ("keys", "values", "memory"), ()]),
)
def test_sentences_keep_their_own_arrays_as_others_come_and_go(
    groups: list[tuple[int, int, int]], names: tuple[str, ...]
) -> None:
    weights = layer(1)
    sources = Sources(weights)
    present: dict[int, tuple[dict[str, Array], Array]] = {}  # by slot: what attention reads, words
    for count, longest, seed in groups:
        generator = np.random.default_rng(seed)
        memory = {
            name: generator.random((count, longest, 2 + place), dtype=np.float32) for place, name in enumerate(names)
        }
        lengths = [longest, *generator.integers(1, longest + 1, count - 1).tolist()]
        lists = [np.flatnonzero(generator.random(V) < 0.2) for _ in range(count)]
        slots = sources.add(memory, lengths, lists)
        for index, slot in enumerate(slots.tolist()):
            length = lengths[index]
            present[slot] = {name: part[index, :length] for name, part in memory.items()}, lists[index]
        staying = np.flatnonzero(generator.random(len(sources)) < 0.6)
        moved = sources.keep(staying)
        present = {int(moved[slot]): present[slot] for slot in staying.tolist()}
        assert sorted(present) == list(range(len(sources)))
        for slot, (own_memory, own_words) in present.items():
            for name, own in own_memory.items():
                np.testing.assert_array_equal(sources.feed[name][slot, : len(own)], own)
                assert (sources.feed["padding"][slot, 0] == 0.0).sum() == len(own)
            np.testing.assert_array_equal(sources.feed["words"][slot, : len(own_words)], own_words)
            columns = sources.feed["columns"][slot, : len(own_words)]
            np.testing.assert_array_equal(
                sources.feed["output_weight"][:, columns], weights.columns(own_words)["output_weight"]
            )
