"""What may not change is found, and what got lost is noticed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.protected.spans import outside_spans, protected_spans, split_at_spans


def protected(text: str) -> list[str]:
    return [text[span.start : span.end] for span in protected_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://example.org/a?b=c, please.", ["https://example.org/a?b=c"]),
        ("Write to jane.doe+x@mail.example.com!", ["jane.doe+x@mail.example.com"]),
        ("Hello {{user.name}}, {0} and ${total}", ["{{user.name}}", "{0}", "${total}"]),
        ("%s of %d, %1$s, %(count)d, %.2f%%", ["%s", "%d", "%1$s", "%(count)d", "%.2f", "%%"]),
        ("A <b>bold</b> word<br/>", ["<b>", "</b>", "<br/>"]),
        ("On 2026-11-21 at 12:30, 1,000.50 dollars", ["2026-11-21", "12:30", "1,000.50"]),
        ("Use v1.2.3 or V2", ["v1.2.3", "V2"]),
        ("Fish &amp; chips", ["&amp;"]),
        ("Well done \U0001f44d\U0001f3fd \u2764\ufe0f", ["\U0001f44d\U0001f3fd", "\u2764\ufe0f"]),
        ("Family: \U0001f468\u200d\U0001f469\u200d\U0001f467.", ["\U0001f468\u200d\U0001f469\u200d\U0001f467"]),
        ("a < b and b > a, 50% of it", ["<", ">", "50%"]),
        ("Nothing here.", []),
    ],
)
def test_protected_parts_are_found(text: str, expected: list[str]) -> None:
    assert protected(text) == expected


@given(st.text())
def test_split_parts_give_the_text(text: str) -> None:
    parts = split_at_spans(text)
    assert "".join(parts) == text
    assert parts[::2] == outside_spans(text)
    assert parts[1::2] == protected(text)
