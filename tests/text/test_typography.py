"""A model sees the marks of a typewriter, and the translation has those of its language."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.typography import Typography, model_view


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u00ab\u202fJe viens.\u202f\u00bb", '"Je viens."'),
        ("\u00bbIch komme\u00ab, sagte er", '"Ich komme", sagte er'),
        ("\u201eHallo\u201c \u2018x\u2019", "\"Hallo\" 'x'"),
        ("It\u2019s 5\u20136 \u2013 or \u2014 not\u2026", "It's 5\u20136 - or - not..."),
        ("5\u00a0km,\u2009soft\u00adware,\ufeff zero\u200bwidth", "5 km, software, zerowidth"),
        ("left\u200eright\u200f \u202amarks\u202c", "leftright marks"),
        ("cafe\u0301", "caf\u00e9"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f469 a\u200db \u2764\ufe0f", "\U0001f468\u200d\U0001f469 ab \u2764\ufe0f"),
        ("plain", "plain"),
    ],
)
def test_a_model_sees_plain_text(text: str, expected: str) -> None:
    assert model_view(text).text == expected


@given(st.text(st.sampled_from("ab5 \u00a0\u202f\u00ad\u200b\u200d\u00ab\u00bb\u201c\u2019\u2013\u2026e\u0301\u0646")))
def test_every_character_of_the_view_comes_from_its_place(text: str) -> None:
    view = model_view(text)
    places = [view.source_of(place, place + 1) for place in range(len(view.text))]
    composed = [unicodedata.normalize("NFC", place) for place in places]
    assert all(character in place for character, place in zip(view.text, composed, strict=True) if character.isalnum())


@pytest.mark.parametrize(
    ("source", "translation", "language", "expected"),
    [
        ("\u201cHi\u201d, he said", '"Hallo", sagte er', "de", "\u201eHallo\u201c, sagte er"),
        ("\u201cHi\u201d, he said", 'sagte er "Hallo\u201c', "de", "sagte er \u201eHallo\u201c"),
        ("\u201eHallo\u201c", '"Hello"', "en", "\u201cHello\u201d"),
        ("\u201cHi\u201d", '"Salut"', "fr-FR", "\u00ab\u202fSalut\u202f\u00bb"),
        ("\u201cHi\u201d", '"Hola"', "es", "\u00abHola\u00bb"),
        ('"Hi" he said', "\u201eHallo\u201c sagte er", "de", '"Hallo" sagte er'),
        ('"Hi" he said', '"Hallo sagte er', "de", '"Hallo sagte er"'),
        ('"Hi"', "Hallo", "de", '"Hallo"'),
        ('a "b" c', 'x "y" z" u', "de", 'x "y" z u'),
        ("\u201cHi.", '"Hallo.', "de", "\u201eHallo."),
        ("It\u2019s", "C'est", "fr", "C\u2019est"),
        ("\u2018yes\u2019", "'ja'", "de", "\u201aja\u2018"),
        ("\u2018Here,\u2019 he said", "'Hier, sagte er", "de", "Hier, sagte er"),
        ("Wow!!! What?!", "Ouah ! ! ! Quoi ? !", "fr", "Ouah\u202f!!! Quoi\u202f?!"),
        ("Wow!!!", "Wow! ! !", "de", "Wow!!!"),
        ("a \u2013 b", "x - y", "de", "x \u2013 y"),
        ("a\u2014b", "x - y", "de", "x\u2014y"),
        ("a \u2014 b", "x - y - z", "de", "x \u2013 y \u2013 z"),
        ("wait\u2026", "warte...", "de", "warte\u2026"),
        ("wait...", "warte.", "de", "warte..."),
        ("wait...", "warte\u2026", "de", "warte..."),
        ("Are you?", "Es-tu ?", "fr", "Es-tu\u202f?"),
        ("Stop: now!", "Stop : maintenant !", "fr", "Stop\u00a0: maintenant\u202f!"),
        ("Are you?", "Bist du?", "de", "Bist du?"),
        ("Use {a : b} now?", "Utilise {a:b} ?", "fr", "Utilise {a:b}\u202f?"),
        ("5\u00a0cats", "5 Katzen", "de", "5\u00a0Katzen"),
        ("5\u00a0cats", "Katzen: 5", "de", "Katzen: 5"),
        ('6" long', '6" lang', "de", '6" lang'),
    ],
)
def test_a_translation_is_set_as_its_language_sets_it(
    source: str, translation: str, language: str, expected: str
) -> None:
    assert Typography.of(source, language).set(translation) == expected
