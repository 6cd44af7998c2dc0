from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.decoding import StopReason
from nmt.errors import ConfigError
from nmt.language_model import LanguageModel, LanguageModelReranker
from nmt.language_model.reranking import fluency, order
from nmt.runtime import Translation, TranslationResult

Make = Callable[..., tuple[LanguageModel, object]]


def translation(text: str, score: float, reason: StopReason = StopReason.END) -> Translation:
    return Translation(text, score, 2 * score, reason, (score, score))


GOOD, FLUENT = translation("bad cab", -1.0), translation("a bad cab", -1.75)


@pytest.mark.parametrize(
    ("weight", "best"),
    [
        (0.0, GOOD),
        (1.0, GOOD),  # -1 - 1.5 = -2.5 and -1.75 - 1 = -2.75
        (2.0, FLUENT),  # -1 - 3 = -4 and -1.75 - 2 = -3.75
    ],
)
def test_both_models_decide_by_their_weights(weight: float, best: Translation) -> None:
    assert order([GOOD, FLUENT], [-1.5, -1.0], weight)[0] is best


@given(
    st.lists(st.tuples(st.floats(-9, 0), st.floats(-9, 0), st.sampled_from(StopReason)), min_size=1),
    st.floats(0, 9),
)
def test_what_the_translator_ended_itself_stands_before_what_was_cut(
    drawn: list[tuple[float, float, StopReason]], weight: float
) -> None:
    translations = [translation("", score, reason) for score, _, reason in drawn]
    found = order(translations, [fluency for _, fluency, _ in drawn], weight)
    assert len(found) == len(drawn)
    ended = [each.reached_end for each in found]
    assert ended == sorted(ended, reverse=True)


def test_the_language_model_reads_each_translation_as_a_line(make: Make) -> None:
    model, _ = make(language="xx")
    first, second = model.score(["bad cab", "a bad cab"])  # 7 and 9 characters, and a line break each
    found = fluency(model, [GOOD, translation(" a bad cab ", -1.75)])
    assert found == pytest.approx([first.sum() / 8, second.sum() / 10], abs=1e-5)


def test_the_best_of_both_models_comes_first_and_nothing_is_lost(make: Make) -> None:
    model, _ = make(language="xx")
    alone = TranslationResult(" ", (translation(" ", 0.0),))
    several = TranslationResult("x", (GOOD, FLUENT, translation("hedge", -4.0)))
    reranker = LanguageModelReranker(model, "xx", 0.7)
    blank, reranked = reranker.reranked([alone, several])
    assert blank == alone
    assert reranked.translations == order(several.translations, fluency(model, several.translations), 0.7)
    assert set(reranked.translations) == set(several.translations)


@pytest.mark.parametrize(
    ("language", "target", "message"),
    [
        ("de", "fr", "the language model package is for de, and the translations are in fr"),
        ("pt-PT", "pt-BR", "is for pt-PT, and the translations are in pt-BR"),
        (None, "de", "the language model package does not say its language.*--language de"),
    ],
)
def test_a_model_of_another_language_is_refused_by_name(
    make: Make, language: str | None, target: str, message: str
) -> None:
    model, _ = make(language=language)
    with pytest.raises(ConfigError, match=message):
        LanguageModelReranker(model, target)


@pytest.mark.parametrize(("language", "target"), [("de", "de"), ("pt", "pt-BR"), ("pt_BR", "pt"), ("DE", "de")])
def test_a_model_of_the_same_language_is_taken_whatever_the_region(make: Make, language: str, target: str) -> None:
    model, _ = make(language=language)
    LanguageModelReranker(model, target)
