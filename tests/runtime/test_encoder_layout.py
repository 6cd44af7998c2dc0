"""The encoder's reading order: every word once a direction, sentences end with the scan, places find them again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nmt.runtime.onnx.encoder_layout import Layout
from tokenizer import END_ID, PAD_ID

VOCABULARY = 100
IDS = st.lists(st.integers(4, VOCABULARY - 1), max_size=8)


@given(sentences=st.lists(IDS, min_size=1, max_size=6), directions=st.sampled_from([1, 2]))
def test_places_find_every_word_where_it_was_read(sentences: list[list[int]], directions: int) -> None:
    layout = Layout.of(sentences, directions, VOCABULARY)
    size = max(map(len, sentences)) + 1
    assert layout.rows.shape == (size, directions * len(sentences))
    flat, places, below_places = layout.rows.ravel(), layout.places(), layout.below()
    for number, ids in enumerate(sentences):
        whole = [*ids, END_ID]
        for position, word in enumerate(whole):
            for direction in range(directions):
                assert flat[places[number, position, direction]] == direction * VOCABULARY + word
        columns = [number + direction * len(sentences) for direction in range(directions)]
        for column, read in zip(columns, (whole, whole[::-1]), strict=False):
            padding = size - len(whole)
            assert (layout.rows[:padding, column] == PAD_ID).all()
            assert (layout.rows[padding:, column] % VOCABULARY).tolist() == read
            below = flat[below_places[padding:, column]] % VOCABULARY
            assert below.tolist() == [[word] * directions for word in read]
