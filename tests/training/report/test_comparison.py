"""The package before beside the new one: scores, significance, and the sentences that differ."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.corpus import Direction, SentencePair
from nmt.training.report.comparison import Previous, compare, translate_with_previous
from nmt.training.report.scoring import TranslatedSet

MakeSet = Callable[..., TranslatedSet]
DIRECTION = Direction("en", "xx")
PAIRS = [("validation", [SentencePair("red cat", "blue dog"), SentencePair("old house", "small tree")])]


def test_where_no_package_stands_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert translate_with_previous(tmp_path, PAIRS, DIRECTION) is None


def test_the_package_before_translates_the_same_pairs(package: Path) -> None:
    previous = translate_with_previous(package, PAIRS, DIRECTION)
    assert previous is not None
    assert previous.problem == ""
    assert (previous.created, [len(each.texts) for each in previous.sets]) == ("2026-01-01", [2])


def test_a_package_that_cannot_be_read_is_a_sentence_and_no_error(package: Path, tmp_path: Path) -> None:
    broken = tmp_path / "en-xx"
    shutil.copytree(package, broken)
    (broken / "step.onnx").write_bytes(b"")
    previous = translate_with_previous(broken, PAIRS, DIRECTION)
    assert previous is not None
    assert previous.problem.startswith("the package before could not be used (")
    assert "step.onnx" in previous.problem


def test_a_package_of_other_languages_is_not_compared(package: Path) -> None:
    previous = translate_with_previous(package, PAIRS, Direction("en", "yy"))
    assert previous == Previous(problem="the package before translated en to xx")


def test_a_model_that_is_right_where_the_other_was_wrong_is_significantly_better(translated: MakeSet) -> None:
    rows = [(f"s {index}", f"the right words of number {index}") for index in range(40)]
    before = translated([(source, right, right if index < 20 else "@@") for index, (source, right) in enumerate(rows)])
    now = translated([(source, right, right) for source, right in rows])
    found = compare(Previous("v", "2026-01-01", (before,)), [now], now)
    bleu, chrf = found.changes
    assert (bleu.metric, bleu.now, chrf.metric, chrf.now) == ("BLEU", pytest.approx(100), "chrF", pytest.approx(100))
    assert bleu.before < 70
    assert max(bleu.p_value or 1, chrf.p_value or 1) < 0.01
    assert found.differing == 20
    assert len(found.differences) == 10
    assert found.differences[0].before == "@@"
    assert (found.differences[0].chrf_before, found.differences[0].chrf_now) == (pytest.approx(0), pytest.approx(100))


def test_bleu_of_a_language_without_spaces_is_of_characters_and_says_so(translated: MakeSet) -> None:
    rows = [(f"s {index}", f"那只猫在第{index}天经常听见一个红苹果。") for index in range(40)]
    before = translated([(source, right, "的") for source, right in rows], target="zh-Hans")
    now = translated([(source, right, right.replace("经常", "又")) for source, right in rows], target="zh-Hans")
    bleu, chrf = compare(Previous("v", "2026-01-01", (before,)), [now], now).changes
    assert (bleu.metric, chrf.metric) == ("BLEU-zh", "chrF")
    assert bleu.now > 50
    assert bleu.p_value is not None
    assert bleu.p_value < 0.01
    stored = now.scores()[0]
    assert (stored.metric, stored.value) == ("BLEU-zh", bleu.now)
    assert "|tok:zh|" in stored.signature


def test_the_sentences_that_differ_most_come_first(translated: MakeSet) -> None:
    before = translated([("a", "tree", "tree"), ("b", "house", "mouse"), ("c", "dog", "dog")])
    now = translated([("a", "tree", "xxxx"), ("b", "house", "house"), ("c", "dog", "dog")])
    found = compare(Previous("v", "d", (before,)), [now], now)
    assert [each.source for each in found.differences] == ["a", "b"]
    assert found.differences[0].chrf_now < found.differences[0].chrf_before


@pytest.mark.parametrize("count", [3, 40])
def test_nothing_is_called_significant_of_few_sentences_or_of_the_same_translations(
    translated: MakeSet, count: int
) -> None:
    rows = [("a", f"the reference {index}", f"the translation {index}") for index in range(count)]
    before = translated(rows if count == 40 else [(source, reference, "@@") for source, reference, _ in rows])
    now = translated(rows)
    assert [each.p_value for each in compare(Previous("v", "d", (before,)), [now], now).changes] == [None, None]
