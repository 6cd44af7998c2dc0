"""What no reader sees is not shown to a model, and joiners stay where they join."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.characters import Rewritten, has_invisible, plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeffA soft\u00adware", "A software"),
        ("zero\u200bwidth\u2060", "zerowidth"),
        ("\u200eleft\u200f \u202aright\u202c \u2066x\u2069", "left right x"),
        ("a\u00a0b\u202fc\u2009d\u3000e", "a b c d e"),
        ("Tu\u0308r", "T\u00fcr"),
        ("a\u200cb\u200dc\ufe0f", "abc"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f469 \u2764\ufe0f", "\U0001f468\u200d\U0001f469 \u2764\ufe0f"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("plain text", "plain text"),
    ],
)
def test_text_is_plain_afterwards(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a\u00adb", True), ("\ufeffa", True), ("a\u00a0b", False), ("\u2764\ufe0f", False), ("abc", False)],
)
def test_invisible_characters_are_found(text: str, expected: bool) -> None:
    assert has_invisible(text) is expected


@given(st.text())
def test_plain_text_stays_plain(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.text(st.sampled_from("abc-")))
def test_what_was_not_replaced_comes_from_where_it_stood(text: str) -> None:
    found = Rewritten.of(text, re.compile("-+"), lambda match: "" if len(match[0]) % 2 else "=")
    assert found.source_of(0, len(found.text)) == text.strip("-") or "=" in found.text[:1] + found.text[-1:]
