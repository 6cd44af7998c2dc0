from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.training.language_model.streams import Streams
from nmt.training.language_model.text import MappedIds


def mapped(directory: Path, ids: list[int]) -> MappedIds:
    path = directory / "ids"
    path.write_bytes(np.array(ids, dtype=np.uint8).tobytes())
    return MappedIds(path, np.dtype(np.uint8))


def test_streams_are_equal_pieces_and_targets_are_the_symbols_that_follow(tmp_path: Path) -> None:
    # 8 steps of input, as the last id is only a target: two streams of 4, in chunks of 3 and 1.
    streams = Streams(mapped(tmp_path, [10, 11, 12, 13, 14, 15, 16, 17, 18]), 2, 3)
    assert len(streams) == 2
    first, last = streams.chunk(0), streams.chunk(1)
    assert first.inputs.tolist() == [[10, 11, 12], [14, 15, 16]]
    assert first.targets.tolist() == [[11, 12, 13], [15, 16, 17]]
    assert last.inputs.tolist() == [[13], [17]]
    assert last.targets.tolist() == [[14], [18]]


@settings(deadline=None)
@given(st.integers(2, 200), st.integers(1, 9), st.integers(1, 30))
def test_the_chunks_of_a_stream_go_on_where_the_last_ended(length: int, rows: int, k: int) -> None:
    rows = min(rows, length - 1)
    with tempfile.TemporaryDirectory() as directory:
        streams = Streams(mapped(Path(directory), list(range(length))), rows, k)
    chunks = [streams.chunk(number) for number in range(len(streams))]
    read = np.concatenate([chunk.inputs.numpy() for chunk in chunks], axis=1)
    steps = (length - 1) // rows
    assert read.tolist() == np.arange(rows * steps).reshape(rows, steps).tolist()
    assert all((chunk.targets == chunk.inputs + 1).all() for chunk in chunks)
