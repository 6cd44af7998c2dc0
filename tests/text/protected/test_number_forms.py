"""Numbers in the form of another language, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.protected.number_forms import NumberForms
from nmt.text.protected.parts import Part, as_in_source, missing_parts
from nmt.text.protected.spans import protected_spans


def rewritten(source: str, target: str, text: str) -> str:
    """`text` of the language `source` with its numbers as `target` has them."""
    forms, written, start = NumberForms(source, target), "", 0
    for span in protected_spans(text):
        written += text[start : span.start] + forms.written(text[span.start : span.end], text[span.end :])
        start = span.end
    return written + text[start:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42,660 cars", "42.660 cars"),
        ("8,500,000 people for 1,234.56 dollars", "8.500.000 people for 1.234,56 dollars"),
        ("$3.50, 2.5 GB, 3.5 \u00b0C, 0.5%", "$3,50, 2,5 GB, 3,5 \u00b0C, 0,5%"),
        ("10.5 \u00d7 20.3 cm", "10,5 \u00d7 20,3 cm"),
        ("10,000-20,000", "10.000-20.000"),
        ("3.5 million, 2.5-inch, 1.5 hours, 3.25 percent", "3,5 million, 2,5-inch, 1,5 hours, 3,25 percent"),
    ],
)
def test_english_amounts_get_their_german_marks(text: str, expected: str) -> None:
    assert rewritten("en", "de", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Version 3.11, section 2.3 (4.5)", "v1.200 2.0rc1 2.0beta", "192.168.100.200", "3.11.2023 5.30 1:30.5", "1,2,3",
        "0800 123 456", "+1 202 555 0100", "2026-11-30", "https://example.org/1,000/a", "1,0000", "12", "UTF-8",
    ],
)  # fmt: skip
def test_what_is_no_amount_stays(text: str) -> None:
    assert rewritten("en", "de", text) == text


@pytest.mark.parametrize(("source", "target"), [("en", "en"), ("en", "eo"), ("eo", "de"), ("de", "es")])
def test_languages_of_one_form_or_an_unknown_one_change_nothing(source: str, target: str) -> None:
    assert rewritten(source, target, "1,234.5 km and 1.234,5 km") == "1,234.5 km and 1.234,5 km"


@pytest.mark.parametrize(
    ("source", "target", "text", "expected"),
    [
        ("de", "en", "1.234,56 \u20ac und 42.660 Autos", "1,234.56 \u20ac und 42,660 Autos"),
        ("de", "en", "3,50 am 3.11.2023, Version 3.11", "3.50 am 3.11.2023, Version 3.11"),
        ("de", "en", "192.168.100.200, 100.000.000.000", "192.168.100.200, 100,000,000,000"),
        ("fr", "en", "42 660, 1\u202f234,5 et 10\u00a0000 \u20ac", "42,660, 1,234.5 et 10,000 \u20ac"),
        ("fr", "en", "0800 123 456, en 2023 100 personnes", "0800 123 456, en 2023 100 personnes"),
        ("en", "fr", "1,234.56", "1\u202f234,56"),
        ("es-MX", "pt_BR", "1.234,56", "1.234,56"),
        ("sv", "en", "1 234,5 km", "1,234.5 km"),
    ],
)
def test_each_language_has_its_marks(source: str, target: str, text: str, expected: str) -> None:
    assert rewritten(source, target, text) == expected


@given(st.integers(1000, 10**9 - 1), st.integers(0, 999), st.sampled_from(["de", "fr", "es", "sv"]))
def test_there_and_back_is_the_same_number(whole: int, fraction: int, language: str) -> None:
    for number in (f"{whole:,}", f"{whole:,}.{fraction}"):
        there = rewritten("en", language, number)
        assert there != number
        assert rewritten(language, "en", there) == number


@pytest.mark.parametrize("model_says", ["42,660 Autos", "42.660 Autos", "42 660 Autos"])
def test_a_translation_may_have_either_form_and_gets_its_own(model_says: str) -> None:
    parts = [Part(0, 6, "42.660")]
    assert missing_parts(parts, model_says) == 0
    assert as_in_source(parts, model_says) == "42.660 Autos"


def test_another_number_is_no_form_of_it() -> None:
    assert missing_parts([Part(0, 3, "3,5")], "35 Autos") > 0
    assert missing_parts([Part(0, 6, "42.660")], "42,66 Autos") > 0
