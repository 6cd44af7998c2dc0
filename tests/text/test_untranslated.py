"""Words that a model left as they were get the dictionary's translation, unless they belong there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nmt.decoding import StopReason
from nmt.runtime import Dictionary, Translation, TranslationResult, Translator
from nmt.text import Glossary, ToTranslate, translation_steps
from nmt.text.protected.parts import Part
from nmt.text.untranslated import Untranslated

DICTIONARY = Dictionary(
    [
        ("March", "März"),
        ("approval", "Zustimmung", "Freigabe"),
        ("window", "Fenster"),
        ("holidays", "Ferien"),
        ("Scotland", "Schottland"),
        ("inbox", "in das Postfach"),
        ("server", "Server"),
        ("order", "Bestellung"),
    ],
    ["March", "approval", "Approval", "window", "Window", "holidays", "Scotland", "inbox", "Inbox", "server"],
)


@pytest.fixture(scope="module")
def translator(package: Path) -> Iterator[Translator]:
    with Translator.load(package, threads=1) as loaded:
        loaded.dictionary = DICTIONARY
        yield loaded


@pytest.mark.parametrize(
    ("source", "before", "after", "words"),
    [
        ("The invoice for March is due.", "Die Rechnung für March ist fällig.", "Die Rechnung für März ist fällig.", 1),
        ("Is it March?", "Ist es March?", "Ist es März?", 1),
        ("the invoice for march is due", "Die Rechnung für March ist fällig", "Die Rechnung für März ist fällig", 1),
        ("New order needs approval", "Neue Bestellung braucht approval", "Neue Bestellung braucht Zustimmung", 1),
        ("Approval is needed.", "Approval wird benötigt.", "Zustimmung wird benötigt.", 1),
        ("Look in the inbox now.", "Schau jetzt inbox.", "Schau jetzt in das Postfach.", 1),
        (
            "The holidays in Scotland begin in March.",
            "In Scotland beginnen die Ferien im kalten March.",
            "In Schottland beginnen die Ferien im kalten März.",
            2,
        ),
        # translated, or a word of its own
        ("The invoice for March is due.", "Die Rechnung für März ist fällig.", None, 0),
        ("He left.", "Er ging im March.", None, 0),
        # not known to be always translated, or translated by itself
        ("The order is here.", "Die order ist hier.", None, 0),
        ("The server is here.", "Der server ist hier.", None, 0),
        # names, code, quotations and compounds
        ("X Window is old.", "X Window ist alt.", None, 0),
        ("Open ?window=3 and window.css.", "Öffne ?window=3 und window.css.", None, 0),
        ("Type \"window\" or 'window'.", "Tippe „window“ oder 'window'.", None, 0),
        ("A window-manager", "Ein window-Manager", None, 0),
        ("Use WINDOW", "WINDOW benutzen", None, 0),
        # a copy of the source, or nearly
        ("Holidays in Scotland, in March", "Urlaub und Scotland, in March", None, 0),
        ("Order approval for holidays in March", "Order approval for holidays in March", None, 0),
        ("", "", None, 0),
    ],
)
def test_words_left_untranslated_are_looked_up(source: str, before: str, after: str | None, words: int) -> None:
    text, looked_up = Untranslated(DICTIONARY, source, ()).translated(before)
    assert (text, len(looked_up)) == (before if after is None else after, words)


def test_parts_with_a_translation_of_their_own_stay() -> None:
    source, text = "Ask March about it.", "Frag March danach."
    assert Untranslated(DICTIONARY, source, [Part(4, 9, "March", is_name=True)]).translated(text) == (text, ())
    assert Untranslated(DICTIONARY, source, ()).translated(text)[0] == "Frag März danach."


def results(sentences: list[str], *texts: str) -> list[TranslationResult]:
    translations = tuple(Translation(text, -1.0, -1.0, StopReason.END, (-1.0,)) for text in texts)
    return [TranslationResult(sentence, translations) for sentence in sentences]


def test_the_sentence_names_the_words_of_its_best_translation(translator: Translator) -> None:
    steps = translation_steps(["We need your approval in March."], translator, Glossary({"need": "brauchen"}))
    work = next(steps)
    assert isinstance(work, ToTranslate)
    work.results = results(work.sentences, "Wir brauchen Ihre approval im März.", "Wir brauchen Ihr Ja im March.")
    with pytest.raises(StopIteration) as done:
        next(steps)
    (sentence,) = done.value.value[0].sentences
    assert sentence.candidates == ("Wir brauchen Ihre Zustimmung im März.", "Wir brauchen Ihr Ja im März.")
    assert sentence.looked_up == ("approval",)
    assert not sentence.from_dictionary
    assert [each.text for each in sentence.result.translations] == [
        "Wir brauchen Ihre approval im März.",
        "Wir brauchen Ihr Ja im March.",
    ]
