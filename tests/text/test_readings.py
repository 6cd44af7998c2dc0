"""A sentence is shown to a model as its training text writes it, whatever its case and whether or not it ends."""

from __future__ import annotations

import pytest

from nmt.runtime import KnownWords
from nmt.text.casing import casing_of
from nmt.text.readings import Readings

KNOWN = {
    "en": KnownWords.of([], (), ["I", "Tom", "Monday", "NATO"]),
    "de": KnownWords.of([], (), ["Hund", "Straße", "Tom", "Uhr", "groß"]),
}


def first(text: str, language: str = "en") -> str:
    return Readings(language, KNOWN.get(language)).ways(text, casing_of(text))[0].sentence


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("i love you", "I love you."),
        ("tom left on monday.", "Tom left on Monday."),
        ("why did tom leave?", "Why did Tom leave?"),
        ("I'M TIRED", "I'm tired."),
        ("TOM LEFT ON MONDAY!", "Tom left on Monday!"),
        ("He lives here", "He lives here."),
        ("he said {name} left", "He said {name} left."),
        ("see https://example.org/i for tom", "see https://example.org/i for Tom"),
        # no sentences
        ("Open file", "Open file"),
        ("List of open files", "List of open files"),
        ("list of open files", "list of open files"),
        ("meeting with tom", "meeting with Tom"),
        ("is red.", "is red."),
        # written well already
        ("He lives here.", "He lives here."),
        ("He lives here:", "He lives here:"),
        ("She met NATO staff", "She met NATO staff."),
    ],
)
def test_english_is_shown_as_it_is_usually_written(text: str, shown: str) -> None:
    assert first(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("der hund ist auf der straße", "Der Hund ist auf der Straße."),
        ("DER HUND SCHLÄFT.", "Der Hund schläft."),
        ("DIE STRASSE IST GROSS.", "Die Straße ist groß."),
        ("um drei uhr", "um drei Uhr"),
        ("Neue Datei öffnen", "Neue Datei öffnen"),
    ],
)
def test_german_nouns_get_their_capitals(text: str, shown: str) -> None:
    assert first(text, "de") == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("haben sie auf tom gewartet?", "Haben Sie auf Tom gewartet?"),
        ("SIND SIE ALLEIN?", "Sind Sie allein?"),
        ("bitte warten sie hier.", "Bitte warten Sie hier."),
        ("warum lachen sie?", "Warum lachen Sie?"),
        ("ändern sie das.", "Ändern Sie das."),
        # she or they
        ("ist sie allein?", "Ist sie allein?"),
        ("sie haben recht.", "Sie haben recht."),
        ("gegen sie hilft nichts.", "Gegen sie hilft nichts."),
        ("gestern kamen sie an.", "Gestern kamen sie an."),
        ("Haben sie auf Tom gewartet?", "Haben sie auf Tom gewartet?"),
    ],
)
def test_the_german_formal_address_gets_its_capital(text: str, shown: str) -> None:
    assert first(text, "de") == shown


def test_only_german_has_a_formal_address_with_a_capital() -> None:
    assert first("haben sie auf tom gewartet?", "nl") == "Haben sie auf tom gewartet?"


@pytest.mark.parametrize(
    ("language", "sentence", "fragment"),
    [
        ("en", "The train is late", "Late train to Boston"),
        ("de", "Ich komme morgen", "Ankunft des Zuges"),
        ("fr", "J'arrive demain matin", "Arrivée du train"),
        ("es", "Hoy no tengo tiempo", "Llegada del tren"),
        ("es-MX", "El tren está aquí", "Llegada del tren"),
    ],
)
def test_a_full_stop_is_added_to_sentences_alone(language: str, sentence: str, fragment: str) -> None:
    assert first(sentence, language) == f"{sentence}."
    assert first(fragment, language) == fragment


def test_a_language_without_words_of_its_own_is_shown_as_it_is() -> None:
    assert first("det regnar i dag", "sv") == "det regnar i dag"


def test_a_short_phrase_is_also_read_with_capitals() -> None:
    ways = Readings("de", None).ways("guten tag", casing_of("guten tag"))
    assert [way.sentence for way in ways] == ["guten tag", "Guten Tag"]
