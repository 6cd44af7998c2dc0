"""Which of a model's translations a sentence gets, and that its result is that of the one it got."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nmt.decoding import StopReason
from nmt.runtime import Translation, TranslationResult, Translator
from nmt.text import TranslatedSentence, translation_steps

SOURCE = "Take 5 apples."


@pytest.fixture(scope="module")
def translator(package: Path) -> Iterator[Translator]:
    """What it says of its language and counts; the translations are those of the tests."""
    with Translator.load(package, threads=1) as loaded:
        yield loaded


def result(source: str, *texts: str, stop_reason: StopReason = StopReason.END) -> TranslationResult:
    """The `texts`, the first the best."""
    translations = [Translation(text, -float(rank + 1), -1.0, stop_reason, (-1.0,)) for rank, text in enumerate(texts)]
    return TranslationResult(source, tuple(translations))


def translated(translator: Translator, *rounds: list[TranslationResult]) -> TranslatedSentence:
    """The sentence SOURCE when each round of its translation gives the results of one of `rounds`."""
    steps = translation_steps([SOURCE], translator)
    wanted = next(steps)
    left = list(rounds)
    while True:
        given = left.pop(0)
        assert wanted == [each.source for each in given]
        try:
            wanted = steps.send(given)
        except StopIteration as done:
            assert not left
            sentence: TranslatedSentence = done.value[0].sentences[0]
            return sentence


def test_candidates_that_keep_protected_parts_come_first_each_in_the_model_s_order(translator: Translator) -> None:
    given = result(SOURCE, "Nimm Äpfel.", "Nimm 5 Äpfel.", "Äpfel nimm.", "5 Äpfel nimm.")
    sentence = translated(translator, [given])
    assert sentence.candidates == ("Nimm 5 Äpfel.", "5 Äpfel nimm.", "Nimm Äpfel.", "Äpfel nimm.")
    assert sentence.result is not None
    assert tuple(each.text for each in sentence.result.translations) == sentence.candidates
    assert not sentence.used_stand_ins


def test_with_stand_ins_the_result_is_that_of_the_translation_that_kept_them(translator: Translator) -> None:
    lost = result(SOURCE, "Nimm Äpfel.", stop_reason=StopReason.LENGTH_LIMIT)
    masked = result("Take 31 apples.", "Nimm Äpfel.", "Nimm 31 Äpfel.")
    sentence = translated(translator, [lost], [masked])
    assert sentence.candidates == ("Nimm 5 Äpfel.",)
    assert sentence.used_stand_ins
    assert sentence.result is not None
    assert sentence.result.source == "Take 31 apples."
    assert [(each.text, each.score) for each in sentence.result.translations] == [("Nimm 31 Äpfel.", -2.0)]
    assert not sentence.truncated


def test_translated_around_the_result_is_that_of_the_whole_sentence(translator: Translator) -> None:
    whole, masked = result(SOURCE, "Nimm Äpfel."), result("Take 31 apples.", "Nimm Äpfel.")
    pieces = [result("Take", "Nimm"), result("apples.", "Äpfel.")]
    sentence = translated(translator, [whole], [masked], pieces)
    assert sentence.candidates == ("Nimm 5 Äpfel.",)
    assert sentence.translated_around
    assert not sentence.used_stand_ins
    assert sentence.result == whole
