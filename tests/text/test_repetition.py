"""Loops in text without spaces between words, and what is none of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.repetition import _CHARACTERS, _one_round_each, without_repetitions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我们的" * 20, "我们的"),
        ("我很喜欢" + "我们的" * 10 + "我们", "我很喜欢我们的"),  # the last round is cut short
        ("我们的、" * 8 + "好。", "我们的、好。"),
        ("的" * 30, "的"),
        ("ファイルを開いてください。" * 3, "ファイルを開いてください。"),
        ("ของเรา" * 6, "ของเรา"),
        ("ຂອງພວກເຮົາ" * 4, "ຂອງພວກເຮົາ"),
        ("របស់យើង" * 5, "របស់យើង"),
        ("ကျွန်ုပ်တို့၏" * 4, "ကျွန်ုပ်တို့၏"),
        ("打开Firefox" * 4, "打开Firefox"),  # Latin letters may be in a round
        ("see " + "我们的" * 10 + " here", "see 我们的 here"),
        ("no no no no no no " + "我们的" * 10, "no 我们的"),
    ],
)
def test_a_loop_without_spaces_is_cut_after_its_first_round(text: str, expected: str) -> None:
    assert without_repetitions(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("von der von der von der Katze", "von der Katze"),
        ("so so so so so so weit", "so weit"),
        ("die wirtschaftliche wirtschaftliche wirtschaftliche wirtschaftliche Lage", "die wirtschaftliche Lage"),
        ("gestern nachmittags nachmittags nachmittags nachmittags.", "gestern nachmittags."),
        ("Sicherheit, Transparenz, Transparenz, Transparenz, Transparenz und", "Sicherheit, Transparenz und"),
        ("very very very good", None),
        ("really, really, really good", None),
        ("ha ha ha ha", None),
        ("Danke, danke, danke, danke!", None),
    ],
)
def test_a_loop_of_words_has_six_words_or_four_long_rounds(text: str, expected: str | None) -> None:
    assert without_repetitions(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "哈哈哈哈",
        "哈哈哈哈哈哈哈哈哈哈",
        "ฮ่าฮ่าฮ่าฮ่า",
        "加油加油加油",
        "ありがとう、ありがとう、ありがとう、友よ。",
        "いいえ、いいえ、いいえ、いいえ。",
        "1111111111",
        "电话" + "1" * 40,
        "." * 40,
        "——————",
        "第一章" + "…" * 40 + "3",
        "あー" + "ー" * 40,
        "{0}、" * 20,
        "hahahahahahahahahahahahaha",
        "人人为我、我为人人、人人为我、我为人人。",
        "一只猫、两只猫、三只猫、四只猫、五只猫、六只猫",
        "하하하하하하하하하하하하하하하하하하하하",  # Korean has spaces: one word
    ],
)
def test_what_is_meant_or_is_no_word_is_no_loop(text: str) -> None:
    assert without_repetitions(text) is None


def test_a_long_row_of_dots_is_gone_through_once() -> None:
    class Counted(str):
        looked = 0

        def __getitem__(self, key: Any) -> str:
            Counted.looked += 1
            return super().__getitem__(key)

    text = Counted("第一章" + "…" * 3000)
    assert "".join(_one_round_each(text, text, _CHARACTERS)) == text
    assert Counted.looked < 5 * _CHARACTERS.longest * len(text)


@given(
    before=st.text("天地玄黄", max_size=5),
    round_=st.text("的我们很好", min_size=1, max_size=40),
    rounds=st.integers(0, 9),
)
def test_what_is_left_is_shorter_and_begins_as_the_text_did(before: str, round_: str, rounds: int) -> None:
    text = before + round_ * rounds
    shorter = without_repetitions(text)
    assert shorter is not None or rounds < 3 or len(round_ * rounds) < 30
    if shorter is not None:
        assert len(shorter) < len(text)
        assert text.startswith(shorter[: len(before) + 1])


@given(st.text("ab1.— \u00fc\uac00", max_size=5), st.integers(0, 30))
def test_text_of_scripts_with_spaces_loops_in_words_alone(round_: str, rounds: int) -> None:
    text = round_ * rounds
    assert without_repetitions(text) is None or text.count(" ") >= 5
