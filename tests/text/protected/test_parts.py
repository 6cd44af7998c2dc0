"""What is settled of a translation before there is one: protected parts and terms."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.protected.parts import Glossary, missing_parts, protected_parts, with_targets
from nmt.text.protected.placeholders import Masked

GLOSSARY = Glossary(
    {
        "release": "Freigabe",
        "release notes": "Neuerungen",
        "Teams": "Teams",
        "Windows 11": "Fenster 11",
        "e-mail": "E-Post",
        "\u6771\u4eac": "Tokio",
        "C++": "Zeh",
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The release is here.", "The Freigabe is here."),
        ("Release  notes of the release", "Neuerungen of the Freigabe"),
        ("Releases, prerelease, releasenotes", "Releases, prerelease, releasenotes"),
        ("Teams and teams", "Teams and teams"),
        ("Windows 11 costs 11 euros", "Fenster 11 costs 11 euros"),
        ("my e-mail to release@teams.org", "my E-Post to release@teams.org"),
        ("\u79c1\u306f\u6771\u4eac\u306b", "\u79c1\u306fTokio\u306b"),
        ("A RELEASE, a Release", "A FREIGABE, a Freigabe"),
        ("C++ and C", "Zeh and C"),
        ("", ""),
    ],
)
def test_terms_are_found_as_whole_words_and_the_longest_first(text: str, expected: str) -> None:
    assert with_targets(text, protected_parts(text, GLOSSARY)) == expected


def test_capitals_hide_a_name_only_where_they_mean_something() -> None:
    assert [part.target for part in GLOSSARY.terms("teams")] == []
    assert [part.target for part in GLOSSARY.terms("teams", any_case=True)] == ["Teams"]


def test_a_lost_part_is_noticed_and_counted() -> None:
    parts = protected_parts("Pay 5 euros, then 5 more to a@b.org")
    assert missing_parts(parts, "Zahle 5 Euro und dann 5 an a@b.org") == 0
    assert missing_parts(parts, "Zahle 5 Euro") == 2


@pytest.mark.parametrize(
    ("translation", "lost"),
    [
        ("Die Freigabe ist da", 0),
        ("der Freigaben wegen", 0),
        ("FREIGABE!", 0),
        ("Die Wiederfreigabe", 1),
        ("Die Ausgabe", 1),
    ],
)
def test_a_term_may_have_another_ending_but_no_other_beginning(translation: str, lost: int) -> None:
    assert missing_parts(protected_parts("The release", GLOSSARY), translation) == lost


@given(
    st.text(st.sampled_from("ab 12.@-C+"), max_size=30),
    st.dictionaries(st.sampled_from(["a", "ab 1", "b", "C++", "12"]), st.just("X"), min_size=1),
)
def test_parts_lie_in_order_and_stand_ins_give_them_back(text: str, entries: dict[str, str]) -> None:
    parts = protected_parts(text, Glossary(entries))
    assert all(one.end <= other.start for one, other in pairwise(parts))
    mask = Masked.of(text, parts[:12])
    restored = mask.restored(mask.text)
    assert restored is None or restored == with_targets(text, parts[:12])


def test_stand_ins_are_numbers_that_the_text_has_not() -> None:
    text = "Pay 31 euros for the release"
    mask = Masked.of(text, protected_parts(text, GLOSSARY))
    assert mask.text == "Pay 47 euros for the 58"
    assert mask.restored("Zahle 47 Euro f\u00fcr die 58") == "Zahle 31 Euro f\u00fcr die Freigabe"
    assert mask.restored("Zahle 47 Euro") is None
    assert mask.restored("Zahle 47 und 47 f\u00fcr 58") is None
