"""What BLEU counts as words follows from the target language."""

from __future__ import annotations

import math

import pytest

from nmt.scores import bleu_name, bleu_tokenizer, not_measured, score, significance


@pytest.mark.parametrize(
    ("language", "tokenizer", "name"),
    [
        ("de", "13a", "BLEU"),
        ("pt-BR", "13a", "BLEU"),
        ("ko", "13a", "BLEU"),
        ("xx", "13a", "BLEU"),
        ("zh", "zh", "BLEU-zh"),
        ("zh-Hans", "zh", "BLEU-zh"),
        ("zh_TW", "zh", "BLEU-zh"),
        ("ZH-hant-HK", "zh", "BLEU-zh"),
        ("ja", "char", "BLEU-char"),
        ("th", "char", "BLEU-char"),
        ("lo", "char", "BLEU-char"),
        ("km_KH", "char", "BLEU-char"),
        ("my", "char", "BLEU-char"),
    ],
)
def test_the_tokenizer_follows_from_the_language_or_its_tag(language: str, tokenizer: str, name: str) -> None:
    assert (bleu_tokenizer(language), bleu_name(language, ["四个汉字 of four words"])) == (tokenizer, name)
    assert f"|tok:{tokenizer}|" in score(["a"], ["a"], language).bleu_signature


@pytest.mark.parametrize(
    ("language", "translation", "reference"),
    [
        ("zh", "那只猫又听见一个红苹果。", "那只猫经常听见一个红苹果。"),
        ("ja", "猫はまた赤いりんごの音を聞く。", "猫はよく赤いりんごの音を聞く。"),
        ("th", "แมวได้ยินเสียงแอปเปิลสีแดงอีก", "แมวได้ยินเสียงแอปเปิลสีแดงบ่อย"),
    ],
)
def test_a_nearly_right_translation_without_spaces_scores_well(language: str, translation: str, reference: str) -> None:
    assert score([translation], [reference], language).bleu > 50
    assert score([translation], [reference], "de").bleu < 20  # one word, or two, and they are wrong


def test_four_words_of_which_three_are_right_in_order() -> None:
    """Precisions 4/5, 3/4, 2/3 and 1/2 of 1 to 4 characters: BLEU is 100 (4/5 3/4 2/3 1/2) ** (1/4)."""
    assert score(["我们爱你们"], ["我们爱你他"], "zh").bleu == pytest.approx(100 * 0.2**0.25)


def test_significance_is_of_the_same_tokens_as_the_score() -> None:
    references = [f"第{index}只猫听见一个红苹果。" for index in range(40)]
    better = [text.replace("一个", "一") for text in references]
    worse = [text.replace("听见", "看到了") for text in better]
    found = significance(worse, better, references, "zh").bleu
    assert found is not None
    assert found < 0.05


STRINGS = ["Open", "Save as", "Close window", "Find and replace"]


def test_a_perfect_translation_of_short_texts_is_not_called_worthless() -> None:
    found = score(STRINGS, STRINGS, "de")
    assert (found.bleu_name, found.bleu, found.chrf) == ("BLEU-eff", pytest.approx(100), pytest.approx(100))
    assert "|eff:yes|" in found.bleu_signature
    assert "|eff:no|" in score(["four words are enough"], ["four words are enough"], "de").bleu_signature


def test_a_worse_translation_of_short_texts_has_a_lower_score() -> None:
    """Of 6 words 4 are right, and of 2 pairs of neighbours 1; 6 words for 8: e^(1 - 8/6) (4/6 1/2)^(1/2)."""
    found = score(["Open", "Save as", "Close it", "Replace"], STRINGS, "de")
    assert found.bleu == pytest.approx(100 * math.exp(1 - 8 / 6) * (4 / 6 / 2) ** 0.5)


@pytest.mark.parametrize(
    ("references", "name"),
    [
        (["one", "two"], "BLEU-eff"),
        (["one"] * 9 + ["a run of four"], "BLEU"),
        (["one"] * 10 + ["a run of four"], "BLEU-eff"),
        (["so, I see"], "BLEU"),  # the comma is a word
        ([], "BLEU-eff"),
    ],
)
def test_bleu_is_measured_where_one_reference_in_ten_has_four_words(references: list[str], name: str) -> None:
    assert bleu_name("de", references) == name
    assert bleu_name("zh", references).startswith("BLEU-zh")


def test_what_cannot_be_measured_is_said_once() -> None:
    assert not_measured(["BLEU", "chrF", "BLEU-zh"]) == ""
    assert not_measured(["BLEU-eff", "chrF", "BLEU-eff"]).count("BLEU-eff") == 1


def test_significance_of_short_texts_is_of_the_score_that_can_be_measured() -> None:
    references = [f"Save {index}" for index in range(60)]
    found = significance(["Open it"] * 60, references, references, "de")
    assert found.bleu is not None
    assert found.bleu < 0.05
