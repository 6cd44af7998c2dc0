"""What a translation attended to: one weight for each pair of subwords, whatever is aligned together."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nmt.errors import DeadlineExceeded
from nmt.model import Seq2Seq
from nmt.runtime import TranslationResult, Translator
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from tokenizer import PAD_ID

TEXTS = ["red cat", "  small old house and tree ", "blue dog runs", "not", "red 猫 sleeps"] * 9
"""More than are aligned at once."""


@pytest.fixture(scope="module")
def translator(package: Path) -> Iterator[Translator]:
    with Translator.load(package, threads=1) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def results(translator: Translator) -> list[TranslationResult]:
    return translator.translate(TEXTS, beam_size=1)


def test_each_subword_of_the_translation_has_a_row_and_each_of_the_source_a_column(
    translator: Translator, results: list[TranslationResult]
) -> None:
    assert {result.translations[0].reached_end for result in results} == {True, False}
    for result, alignment in zip(results, translator.align(results), strict=True):
        assert alignment is not None
        assert alignment.target == translator.subwords(result.translations[0])
        assert (len(alignment.source), alignment.source[-1]) == (result.source_subwords + 1, "<END>")
        assert alignment.weights.shape == (len(alignment.target), len(alignment.source))
        assert alignment.weights.dtype == np.float32
        assert (alignment.weights >= 0.0).all()
        np.testing.assert_allclose(alignment.weights.sum(axis=1), 1.0, atol=1e-5)


def test_what_is_aligned_beside_it_does_not_change_an_alignment(
    translator: Translator, results: list[TranslationResult]
) -> None:
    for result, together in zip(results[:5], translator.align(results), strict=False):
        (alone,) = translator.align([result])
        assert alone is not None
        assert together is not None
        np.testing.assert_allclose(alone.weights, together.weights, atol=1e-6)


def test_threads_may_align_while_others_translate(translator: Translator, results: list[TranslationResult]) -> None:
    expected = translator.align(results)
    with ThreadPoolExecutor(3) as threads:
        found = [threads.submit(translator.align, results) for _ in range(3)]
        again = translator.translate(TEXTS, beam_size=1)
    assert [result.translations for result in again] == [result.translations for result in results]
    for aligned in found:
        for one, other in zip(aligned.result(), expected, strict=True):
            assert one is not None
            assert other is not None
            np.testing.assert_array_equal(one.weights, other.weights)


def test_white_space_and_nothing_have_no_alignment(translator: Translator) -> None:
    assert translator.align([]) == []
    blank, word = translator.align(translator.translate([" \n", "cat"]))
    assert blank is None
    assert word is not None


def test_a_deadline_that_has_passed_stops_it(translator: Translator, results: list[TranslationResult]) -> None:
    with pytest.raises(DeadlineExceeded, match="no alignment within the time limit"):
        translator.align(results, deadline=0.0)


def test_a_model_without_attention_has_no_alignment(trained: Trained, tmp_path: Path) -> None:
    torch.manual_seed(0)
    plain = replace(trained, model=Seq2Seq(replace(trained.model.config, attention="none"), PAD_ID).eval())
    export_package(
        tmp_path / "en-xx", model_files(plain), Provenance("en-xx", "en", "xx", "2026-01-01", "nmt train", "")
    )
    with Translator.load(tmp_path / "en-xx", threads=1) as translator:
        assert translator.align(translator.translate(["red cat", "old dog"])) == [None, None]
