from __future__ import annotations

import pytest

from nmt.text.casing import Casing, as_sentence, casing_of, in_casing, is_lower, recased
from nmt.text.repetition import without_repetitions


@pytest.mark.parametrize(
    ("text", "casing"),
    [
        ("PLEASE READ THIS", Casing.CAPITALS),
        ("WARNING!", Casing.CAPITALS),
        ("NATO", Casing.SENTENCE),
        ("Settings And Privacy", Casing.TITLE),
        ("John Smith", Casing.SENTENCE),
        ("The USA is big", Casing.SENTENCE),
        ("", Casing.SENTENCE),
    ],
)
def test_capitals_and_titles_are_told_from_sentences(text: str, casing: Casing) -> None:
    assert casing_of(text) is casing


def test_only_free_parts_change_their_case() -> None:
    source = "OPEN %S OR HTTPS://EXAMPLE.ORG NOW"
    assert as_sentence("OPEN %(Name)s NOW") == "Open %(Name)s now"
    assert as_sentence(source).endswith("now")
    assert in_casing("öffne %(Name)s jetzt", Casing.CAPITALS) == "ÖFFNE %(Name)s JETZT"
    assert in_casing("Öffne es", Casing.TITLE) == "Öffne es"


def test_the_case_of_protected_parts_says_nothing_and_stays() -> None:
    assert is_lower("press %(Name)s now")
    assert not is_lower("Press %(Name)s now")
    assert not is_lower("12")
    assert recased("tom opens %(tom)s", {"tom": "Tom"}) == "Tom opens %(tom)s"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no no no no no no no", "no"),
        ("I am here and so on and so on and so on and", "I am here and so on"),
        ("we go go go go go go home, it is late it is late it is late now", "we go home, it is late now"),
        ("very very good", None),
        ("ha ha ha", None),
        ("a b c d e f g", None),
        ("", None),
    ],
)
def test_loops_are_cut_after_their_first_round(text: str, expected: str | None) -> None:
    assert without_repetitions(text) == expected
