"""A package knows every word that it was told, in any case, and hardly any other."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import PackageCorrupt
from nmt.runtime import KnownWords

WORDS = st.lists(st.text(st.characters(categories=["L"]), min_size=1), min_size=1, max_size=50)


@given(WORDS)
def test_every_word_is_known_in_any_case_and_after_a_round_trip(words: list[str]) -> None:
    known = KnownWords.of_bytes(KnownWords.of(words, ("Tom", "Mary"), ["NATO", "Tom"]).to_bytes())
    assert all(word in known and word.casefold() in known for word in words)
    assert known.names == ("Tom", "Mary")
    assert known.usual == {"nato": "NATO", "tom": "Tom"}


def test_a_package_of_an_earlier_version_has_no_capitals() -> None:
    content = io.BytesIO()
    np.savez_compressed(content, bits=np.ones(4, dtype=np.uint8), names=np.frombuffer(b"Tom", dtype=np.uint8))
    known = KnownWords.of_bytes(content.getvalue())
    assert (known.names, known.usual) == (("Tom",), {})


def test_under_two_in_a_hundred_other_words_are_taken_for_known() -> None:
    known = KnownWords.of([f"word{number}" for number in range(2000)], ())
    assert sum(f"other{number}" in known for number in range(2000)) < 40


def test_further_words_are_known_beside_the_first_ones() -> None:
    first = KnownWords.of([f"word{number}" for number in range(100)], ("Tom",))
    both = first.extended(["tree"])
    assert "tree" in both
    assert "word7" in both
    assert "tree" not in first
    assert both.names == ("Tom",)


@pytest.mark.parametrize("content", [b"", b"nothing"])
def test_bytes_that_are_no_archive_are_reported(content: bytes) -> None:
    with pytest.raises(PackageCorrupt, match=r"known words: .*; export the package again"):
        KnownWords.of_bytes(content)
