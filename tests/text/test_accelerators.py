"""Accelerators are found in labels, and set where no sibling has the same letter."""

from __future__ import annotations

import pytest

from nmt.runtime import KnownWords
from nmt.text.accelerators import Label

KNOWN = KnownWords.of(["exit", "format"], ())


@pytest.mark.parametrize(
    ("text", "bare", "mark"),
    [
        ("_Save", "Save", "_"),
        ("Save _As\u2026", "Save As\u2026", "_"),
        ("E_xit", "Exit", "_"),
        ("Save &As...", "Save As...", "&"),
        ("E&xit", "Exit", "&"),
        ("For~mat", "Format", "~"),
        ("~File", "File", "~"),
        ("max_length", "max_length", ""),
        ("Max_length", "Max_length", ""),
        ("_name", "_name", ""),
        ("__init__", "__init__", ""),
        ("AT&T", "AT&T", ""),
        ("Q&A", "Q&A", ""),
        ("Save & Exit", "Save & Exit", ""),
        ("Fish &amp; chips", "Fish &amp; chips", ""),
        ("~/file", "~/file", ""),
        ("_emphasis_", "_emphasis_", ""),
        ("~5 apples", "~5 apples", ""),
        ("Slug (up to %(max_length)s)", "Slug (up to %(max_length)s)", ""),
        ("Before {end_date}", "Before {end_date}", ""),
        ("%lld~second", "%lld~second", ""),
        ("Open %d _files", "Open %d files", "_"),
    ],
)
def test_accelerators_are_told_from_other_signs(text: str, bare: str, mark: str) -> None:
    label = Label.of(text, KNOWN)
    assert (label.text, label.mark) == (bare, mark)


@pytest.mark.parametrize(
    ("source", "translation", "used", "expected"),
    [
        ("_Save", "Speichern", "", "_Speichern"),
        ("_Open", "\u00d6ffnen", "", "_\u00d6ffnen"),
        ("_Save", "Sichern als", "s", "Sichern _als"),
        ("_Save", "Sa", "s", "S_a"),
        ("_Save", "Sa", "sa", "Sa"),
        ("Save &As", "Speichern als", "", "Speichern &als"),
        ("_Save %s", "%s speichern", "", "%s _speichern"),
        ("_Save", "5", "", "5"),
    ],
)
def test_a_letter_that_no_sibling_has_is_marked(source: str, translation: str, used: str, expected: str) -> None:
    assert Label.of(source, KNOWN).marked(translation, set(used)) == expected


def test_siblings_have_different_letters() -> None:
    used: set[str] = set()
    labels = [Label.of(text, KNOWN).marked(word, used) for text, word in (("_Save", "Sichern"), ("_Stop", "Stopp"))]
    assert labels == ["_Sichern", "S_topp"]
