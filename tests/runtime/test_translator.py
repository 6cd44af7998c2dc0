"""Translating with a real package: the batch never changes a result, limits hold, white space stays."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nmt.decoding import StopReason
from nmt.errors import DeadlineExceeded, OptionOutOfRange, TextTooLong
from nmt.runtime import ModelPackage, TranslationResult, Translator
from nmt.runtime.native.library import SETTING

WORDS = ("red", "blue", "small", "old", "house", "cat", "dog", "tree", "runs", "sleeps", "and", "not")


@pytest.fixture(scope="module", params=["compiled", "onnx"])
def translator(package: Path, request: pytest.FixtureRequest) -> Iterator[Translator]:
    """With each engine, if the first was compiled here."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "onnx":
            patch.setenv(SETTING, "none")
        with Translator.load(package, threads=2) as loaded:
            yield loaded


def sentences(count: int, seed: int) -> list[str]:
    generator = random.Random(seed)
    return [" ".join(generator.choices(WORDS, k=generator.randint(1, 12))) for _ in range(count)]


@given(seed=st.integers(0, 10**6), count=st.integers(2, 20), beam_size=st.sampled_from([1, 2, 5]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_sentence_translates_the_same_alone_and_in_any_batch(
    translator: Translator, seed: int, count: int, beam_size: int
) -> None:
    texts = sentences(count, seed)
    together = translator.translate(texts, beam_size=beam_size, n_best=beam_size)
    for text, result in zip(texts, together, strict=True):
        (alone,) = translator.translate([text], beam_size=beam_size, n_best=beam_size)
        assert alone.translations == result.translations  # scores to the last bit


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arrivals_and_cancellations_at_any_moment_change_nothing(translator: Translator, seed: int) -> None:
    generator = random.Random(seed)
    texts = sentences(40, seed)
    options = [translator.options(beam_size=generator.choice([1, 1, 2, 5])) for _ in texts]
    replies = []
    for text, option in zip(texts, options, strict=True):
        replies.append(translator.submit([text], option))
        if generator.random() < 0.2:
            generator.choice(replies).cancel()
        if generator.random() < 0.2 and not (awaited := generator.choice(replies)).cancelled():
            awaited.result(timeout=30)
    for text, option, reply in zip(texts, options, replies, strict=True):
        if reply.cancelled():
            continue
        (alone,) = translator.translate([text], beam_size=option.beam_size)
        assert reply.result(timeout=30)[0].translations == alone.translations


def test_results_come_in_the_order_of_the_texts(translator: Translator) -> None:
    texts = sentences(30, 9)
    assert [result.source for result in translator.translate(texts)] == texts


def test_every_result_says_how_it_ended_and_what_it_scored(translator: Translator) -> None:
    for result in translator.translate(sentences(40, 2), beam_size=3):
        best = result.translations[0]
        assert best.log_prob == pytest.approx(sum(best.token_log_probs), abs=1e-4)
        assert best.log_prob <= best.score <= 0.0
        assert best.reached_end == (best.stop_reason is StopReason.END)


def test_the_length_limit_can_be_set_and_is_reported(translator: Translator) -> None:
    cut = [result.translations[0] for result in translator.translate(sentences(40, 3), beam_size=1, max_length=2)]
    assert all(len(item.token_log_probs) <= 2 for item in cut)
    assert StopReason.LENGTH_LIMIT in {item.stop_reason for item in cut}


def test_n_best_gives_ranked_translations(translator: Translator) -> None:
    (result,) = translator.translate(["small red house"], n_best=3)
    assert len(result.translations) == 3
    ended = [item.score for item in result.translations if item.reached_end]
    assert ended == sorted(ended, reverse=True)


@pytest.mark.parametrize("text", ["", "   ", "\n\t "])
def test_white_space_is_its_own_translation(translator: Translator, text: str) -> None:
    (result,) = translator.translate([text])
    assert result.text == text
    assert result.translations[0].reached_end


def test_white_space_around_a_text_stays(translator: Translator) -> None:
    bare, padded = translator.translate(["red cat", "  red cat\t"])
    assert padded.text == f"  {bare.text}\t"


def test_unknown_characters_are_counted_in_bytes(translator: Translator) -> None:
    known, unknown = translator.translate(["red cat", "red 猫"])
    assert (known.byte_fallbacks, unknown.byte_fallbacks) == (0, 3)


def test_a_text_that_is_too_long_is_refused_with_count_and_limit(translator: Translator) -> None:
    with pytest.raises(TextTooLong, match=r"the text has \d+ subwords, at most 512"):
        translator.translate(["cat " * 2000])


@pytest.mark.parametrize("options", [{"beam_size": 0}, {"beam_size": 2, "n_best": 3}, {"max_length": 0}])
def test_options_out_of_range_are_refused(translator: Translator, options: dict[str, int]) -> None:
    with pytest.raises(OptionOutOfRange, match="allowed"):
        translator.translate(["cat"], **options)


def test_a_deadline_that_has_passed_is_answered(translator: Translator) -> None:
    reply = translator.submit(["small red house", "blue cat"], translator.options(), deadline=0.0)
    with pytest.raises(DeadlineExceeded, match="no translation within"):
        reply.result(timeout=10)


class Reversing:
    """Prefers what the search found worst."""

    def reranked(self, results: Sequence[TranslationResult]) -> list[TranslationResult]:
        return [replace(result, translations=result.translations[::-1]) for result in results]


def test_a_reranker_chooses_among_the_whole_beam(translator: Translator, package: Path) -> None:
    texts = [*sentences(20, 4), "", "  red cat "]
    whole = translator.translate(texts, beam_size=4, n_best=4)
    with Translator(ModelPackage.open(package), threads=2, reranker=Reversing()) as reversing:
        for n_best in (1, 3):
            found = reversing.translate(texts, beam_size=4, n_best=n_best)
            assert [each.translations for each in found] == [each.translations[::-1][:n_best] for each in whole]
