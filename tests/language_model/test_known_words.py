"""Words that a corpus translates are known. Names, which it copies, are not; the most frequent stand in for others."""

from __future__ import annotations

from nmt.language_model.known_words import learn_known_words

PAIRS = [
    *[("I saw Tom in the park.", "Ich sah Tom im Park.")] * 5,
    *[("Then Anna came to Munich.", "Dann kam Anna nach München.")] * 3,
    ("The houses are in Berlin.", "Die Häuser sind in Berlin."),
    ("In summer we swim.", "In Sommer schwimmen wir."),
]


def test_translated_words_are_known_and_copied_names_are_not() -> None:
    known = learn_known_words(PAIRS)
    assert all(word in known for word in ("saw", "park", "Munich", "Houses", "summer"))
    assert not any(word in known for word in ("Tom", "Anna", "Berlin", "Okonkwo"))


def test_a_word_that_is_also_written_in_lower_case_is_known_even_if_it_is_copied() -> None:
    assert "In" in learn_known_words(PAIRS)


def test_the_most_copied_names_stand_in_for_others() -> None:
    assert learn_known_words(PAIRS).names == ("Tom", "Anna", "Berlin")


def test_a_package_that_is_trained_further_keeps_its_words_and_names() -> None:
    before = learn_known_words(PAIRS)
    after = learn_known_words([("A green invoice for Lena.", "Eine grüne Rechnung für Lena.")], before)
    assert after.names == before.names
    assert "invoice" in after
    assert "houses" in after


def test_words_that_have_capitals_within_sentences_are_written_so() -> None:
    texts = [
        *["I think I saw Tom on Monday, and Tom saw NATO staff."] * 3,
        *["Das ist ein Hund, der Hund schläft."] * 2,
        "The end.",
        *["Press Save and then Save again to save."] * 3,
        "We met Mary once.",
    ]
    usual = learn_known_words((text, "x") for text in texts).usual
    assert usual == {"i": "I", "tom": "Tom", "monday": "Monday", "nato": "NATO", "hund": "Hund"}


def test_words_whose_capitals_lose_a_letter_are_written_with_it() -> None:
    texts = [*["Die Straße ist groß und heiß."] * 3, *["Das muss so sein."] * 3, "Das muß so sein."]
    usual = learn_known_words((text, "x") for text in texts).usual
    assert usual == {"strasse": "Straße", "gross": "groß", "heiss": "heiß"}


def test_capitals_learned_before_are_kept() -> None:
    before = learn_known_words([("He saw Tom.", "Er sah Tom.")] * 3)
    after = learn_known_words([("She met Lena.", "Sie traf Lena.")] * 3, before)
    assert after.usual == {"tom": "Tom", "lena": "Lena"}
