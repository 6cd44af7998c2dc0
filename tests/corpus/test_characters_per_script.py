"""Lengths that can be compared between scripts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus.characters_per_script import DENSE_WEIGHT, comparable_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("settings", 8),
        ("Größe", 5),
        ("настройки", 9),
        ("การตั้งค่า", 10),
        ("设置", 5),
        ("設定を開く", 12.5),
        ("ﾌｧｲﾙ", 10),
        ("설정", 5),
        (unicodedata.normalize("NFD", "설정"), 6),  # its letters, which say no more than Latin ones
        ("打开 Firefox 的设置。", 2.5 * 5 + 10),
        ("\U00020000", 2.5),
    ],
)
def test_a_dense_character_is_as_long_as_two_and_a_half_letters(text: str, length: float) -> None:
    assert comparable_length(text) == length


@given(left=st.text(), right=st.text())
def test_lengths_add_up_and_are_never_less_than_the_characters(left: str, right: str) -> None:
    assert comparable_length(left + right) == comparable_length(left) + comparable_length(right)
    assert len(left) <= comparable_length(left) <= DENSE_WEIGHT * len(left)
