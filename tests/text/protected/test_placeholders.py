"""Stand-ins take the places of parts, and parts come back where the stand-ins are."""

from __future__ import annotations

import pytest

from nmt.text.protected.parts import Part, missing_parts
from nmt.text.protected.placeholders import Masked

TEXT = "Ask Okonkwo about item 7."
PARTS = [Part(4, 11, "Okonkwo", is_name=True), Part(23, 24, "7")]


def test_a_name_has_a_name_for_a_stand_in_and_a_number_a_number() -> None:
    assert Masked.of(TEXT, PARTS, ("Tom",)).text == "Ask Tom about item 31."


def test_a_name_that_the_text_has_is_no_stand_in() -> None:
    assert Masked.of("Ask Okonkwo, Tom.", PARTS[:1], ("Tom", "Mary")).text == "Ask Mary, Tom."


def test_without_names_left_a_number_stands_in() -> None:
    assert Masked.of(TEXT, PARTS, ()).text == "Ask 31 about item 47."


@pytest.mark.parametrize(
    ("translation", "expected"),
    [
        ("Frag Tom nach Nummer 31.", "Frag Okonkwo nach Nummer 7."),
        ("Frag nach Toms Nummer 31.", "Frag nach Okonkwos Nummer 7."),
        ("Frag Tomas nach Nummer 31.", None),
        ("Frag Tom, ja Tom, nach Nummer 31.", None),
        ("Frag Tom nach der Nummer.", None),
        ("Frag Tom nach Nummer 31, 31er.", None),
        ("Frag Tom nach Nummer 31 und 2031.", None),
    ],
)
def test_parts_come_back_only_if_each_stand_in_is_there_once(translation: str, expected: str | None) -> None:
    assert Masked.of(TEXT, PARTS, ("Tom",)).restored(translation) == expected


@pytest.mark.parametrize(
    ("translation", "missing"),
    [("Okonkwo ist da.", 0), ("Okonkwos Haus", 0), ("okonkwo ist da.", 1), ("Okonkwolein", 1), ("Er ist da.", 1)],
)
def test_a_name_is_there_as_a_word_of_its_own_or_in_the_genitive(translation: str, missing: int) -> None:
    assert missing_parts(PARTS[:1], translation) == missing
