"""Tables of some two hundred texts a language, with the places where their sentences end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.sentences import sentences

TABLES = Path(__file__).parent
LANGUAGES = ("en", "de", "fr", "es")
CASES = [(language, line) for language in LANGUAGES for line in (TABLES / f"{language}.txt").read_text().splitlines()]


@pytest.mark.parametrize(("language", "line"), CASES)
def test_sentences_end_where_the_table_says(language: str, line: str) -> None:
    found = sentences(line.replace(" | ", " "), language)
    assert [sentence.strip() for sentence in found] == line.split(" | ")


def test_each_language_has_two_hundred_cases() -> None:
    assert {language for language in LANGUAGES if sum(each == language for each, _ in CASES) < 200} == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M.\u00a0Petit part.\u00a0Elle reste.", ["M.\u00a0Petit part.\u00a0", "Elle reste."]),
        ("Il part.\u202fElle reste.", ["Il part.\u202f", "Elle reste."]),
    ],
)
def test_spaces_of_any_kind_stand_between_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text, "fr") == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_in_brackets_end_no_sentence(language: str) -> None:
    assert sentences("ABC (1) (2) (3)", language) == ["ABC (1) (2) (3)"]


@pytest.mark.parametrize("language", [*LANGUAGES, "it"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABC .NET XYZ .Net ABC.", ["ABC .NET XYZ .Net ABC."]),
        ("Abc ./abc.xyz (.ICC) abc.", ["Abc ./abc.xyz (.ICC) abc."]),
        ("...ABC abc xyz.", ["...ABC abc xyz."]),
        ("Abc, xyz... ?", ["Abc, xyz... ?"]),
        ("[b]Abc xyz.[/b]", ["[b]Abc xyz.[/b]"]),
    ],
)
def test_a_mark_that_begins_a_word_or_closes_nothing_ends_no_sentence(
    language: str, text: str, expected: list[str]
) -> None:
    assert sentences(text, language) == expected


def test_other_languages_are_left_to_sentencex() -> None:
    assert sentences("Ciao. Come stai?", "it") == ["Ciao. ", "Come stai?"]


@given(
    st.text(st.sampled_from("abAB. !?\u2026\"'\u00ab\u00bb()1:,-\u00a0\u00c4\u3002")) | st.text(),
    st.sampled_from(LANGUAGES),
)
def test_sentences_give_the_text(text: str, language: str) -> None:
    found = sentences(text, language)
    assert "".join(found) == text
    assert all(found)


@pytest.mark.parametrize("text", [f"{'.' * 100_000} Word", f"{'. ' * 50_000}Word", "!? " * 33_000, "(1) " * 25_000])
def test_long_runs_of_marks_are_done_within_a_minute(text: str) -> None:
    # In time that grows with the square of the length, these took minutes.
    program = "import sys; from nmt.text.sentences import sentences; print(''.join(sentences(sys.stdin.read(), 'en')))"
    done = subprocess.run(
        [sys.executable, "-c", program], input=text, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == text.split()
