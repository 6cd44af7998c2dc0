"""The percentage of a match, worked by hand, and its numbers and placeholders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from nmt.memory.matching import Match, matched
from nmt.memory.pieces import Pieces
from nmt.memory.signature import Signature, as_stored
from nmt.memory.substitution import adapted


def match(text: str, source: str, target: str = "Ziel") -> Match | None:
    return matched(text, Pieces.of(text), source, target)


def percent(text: str, source: str) -> int | None:
    found = match(text, source)
    return found.percent if found else None


def test_a_text_is_parted_into_three_letters_signs_and_placeables() -> None:
    pieces = Pieces.of("Don't open {name}'s 3.5 files!")
    assert pieces.spelled == ["don", "\2't", "ope", "\2n", "{name}", "'", "s", "3.5", "fil", "\2es", "!"]
    assert pieces.placeables == ("{name}", "3.5")
    assert Pieces.of("我喜欢猫").masked == tuple("我喜欢猫")


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("Open the file.", "Open the file.", 100),
        ("Open the file.", "open the File .", 99),  # only case and space
        ("Open the file.", "Open the files.", 83),  # 1 of the 6 pieces ope n the fil es .
        ("Save file", "Save files", 75),  # 1 of 4
        ("Save file", "Save the files", None),  # 2 of 5
        ("The cat sleeps on the sofa.", "The dog sleeps on the sofa.", 88),  # 1 of 9
        ("Ten files were found.", "Seven files were found.", 77),  # ten -> sev en: 2 of 9
        ("yes", "no", None),
    ],
)
def test_the_percentage_is_that_of_the_pieces_that_stay(text: str, source: str, expected: int | None) -> None:
    assert percent(text, source) == expected
    assert percent(source, text) == expected


@pytest.mark.parametrize(
    ("text", "source", "target", "expected"),
    [
        ("Page 3 of 10", "Page 4 of 12", "Seite 4 von 12", "Seite 3 von 10"),
        ("Page 3 of 10", "Page 4 of 12", "Von 12 Seiten die 4.", "Von 10 Seiten die 3."),
        ("Page 12 of 4", "Page 4 of 12", "Seite 4 von 12", "Seite 12 von 4"),
        ("It costs 2,500.75 here", "It costs 1,000.50 here", "Es kostet 1.000,50 hier", "Es kostet 2.500,75 hier"),
        ("It costs 950 here", "It costs 1,000.50 here", "Es kostet 1.000,50 hier", "Es kostet 950 hier"),
        ("Hello {user}, %d left", "Hello {name}, %s left", "Hallo {name}, noch %s", "Hallo {user}, noch %d"),
    ],
)
def test_numbers_and_placeholders_become_those_of_the_text(text: str, source: str, target: str, expected: str) -> None:
    assert match(text, source, target) == Match(99, source, expected)


@pytest.mark.parametrize(
    ("new", "old", "target"),
    [
        (["3"], ["4", "12"], "Seite 4 von 12"),  # another count
        (["3"], ["4"], "vier"),  # the translation has none
        (["3"], ["4"], "4 von 5"),  # it has more
        (["3", "10"], ["4", "4"], "4 und 4"),  # which is which?
        (["3.5"], ["4"], "4 Meter"),  # is it 3.5 or 3,5 there?
        (["{name}"], ["4"], "4 Meter"),  # another kind
    ],
)
def test_in_doubt_nothing_is_adapted(new: list[str], old: list[str], target: str) -> None:
    assert adapted(new, old, target) is None


def test_a_number_that_cannot_be_adapted_counts_as_a_difference() -> None:
    source = "There are 4 files in this folder."
    assert match("There are 5 files in this folder.", source, "Hier sind vier Dateien.") == Match(
        91, source, "Hier sind vier Dateien."
    )  # 1 of the 12 pieces of the re are 4 fil es in thi s fol der .


TEXTS = st.text("ab c.1{}é猫", max_size=20)


@given(TEXTS, TEXTS, st.lists(st.sampled_from(["1", "22", "{a}", "%s"])), st.lists(st.sampled_from(["1", "22", "{a}"])))
def test_numbers_are_adapted_only_if_their_count_agrees(first: str, last: str, new: list[str], old: list[str]) -> None:
    target = f"{first} {' '.join(old)} {last}"
    if adapted(new, old, target) not in (None, target):
        assert len(new) == len(old)
    assert adapted(old, old, target) == target


@given(TEXTS, TEXTS, st.integers(0, 30))
def test_a_signature_never_says_more_than_the_distance(one: str, other: str, most: int) -> None:
    first, second = (Pieces.of(text).masked for text in (one * 4, other))
    there, back = (
        Signature.of(left).distance(as_stored(Signature.of(right).to_bytes()), most)
        for left, right in ((first, second), (second, first))
    )
    assert there == back
    assert there <= min(Levenshtein.distance(first, second), most + 1)
