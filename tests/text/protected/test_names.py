"""Names that a model has not learned are found, in languages with and without capital nouns."""

from __future__ import annotations

import pytest

from nmt.runtime import KnownWords
from nmt.text.protected.names import UnknownNames

ENGLISH_WORDS = "i met the letter from is my friend invoice for saw call about sand oval"
GERMAN_WORDS = "ich sah die versicherung karte von rechnung regierung haus tür der us sand oval herz schmerz"
ENGLISH = KnownWords.of(ENGLISH_WORDS.split(), ("Tom",))
GERMAN_NOUNS = ("Versicherung", "Karte", "Rechnung", "Regierung", "Haus", "Tür", "US", "Sand")
GERMAN = KnownWords.of(GERMAN_WORDS.split(), ("Tom",), GERMAN_NOUNS)


def names(text: str, known: KnownWords, language: str) -> list[str]:
    """The names in `text`."""
    return [text[part.start : part.end] for part in UnknownNames(known, language).of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I met Okonkwo.", ["Okonkwo"]),
        ("Okonkwo is my friend.", ["Okonkwo"]),
        ("I saw Ngozi Okonkwo and Abebe.", ["Ngozi Okonkwo", "Abebe"]),
        ("The letter from O'Callaghan's friend", ["O'Callaghan"]),
        ("I saw Anne-Sophie's invoice.", ["Anne-Sophie"]),
        ("I met Sandoval.", ["Sandoval"]),
        ("Invoice for NATO", ["NATO"]),
        ("The friend is my friend", []),
        ("Okonkwo", []),
        ("the xylophone is my friend", []),
        ("I met A.", []),
    ],
)
def test_unknown_words_in_capitals_are_names_and_neighbours_are_one(text: str, expected: list[str]) -> None:
    assert names(text, ENGLISH, "en") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ich sah Okonkwo.", ["Okonkwo"]),
        ("Ich sah die Versicherungskarten.", []),
        ("Ich sah die Rechnungen der Haustür.", []),
        ("Ich sah die US-Regierung.", []),
        ("Ich sah die Okonkwo-Regierung.", []),
        ("Ich sah Nnamdi-Abebe.", ["Nnamdi-Abebe"]),
        ("Ich sah Sandoval.", ["Sandoval"]),
        ("Ich sah die Herzschmerzen.", []),
    ],
)
def test_forms_and_compounds_of_known_words_are_no_names_where_nouns_have_capitals(
    text: str, expected: list[str]
) -> None:
    assert names(text, GERMAN, "de-AT") == expected


def test_a_package_that_does_not_say_which_words_are_nouns_has_compounds_of_all_words() -> None:
    known = KnownWords.of(GERMAN_WORDS.split(), ("Tom",))
    assert names("Ich sah die Haustür.", known, "de") == []
    assert names("Ich sah Okonkwo.", known, "de") == ["Okonkwo"]


def test_without_names_that_translations_copy_nothing_is_carried() -> None:
    assert names("I met Okonkwo.", KnownWords.of(["met"], ()), "en") == []
