"""Which texts are said to be in another script, where Latin names and code stand in text of any script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nmt.corpus import SentencePair
from nmt.corpus.check import CorpusReport, Finding, Part, check_corpus
from nmt.corpus.check.measures.script import script_of_language
from nmt.corpus.cleaning import CleaningRules

Found = Callable[..., Finding]


def checked(language: str, *targets: str) -> CorpusReport:
    pairs = [SentencePair(f"text {number}", target) for number, target in enumerate(targets)]
    return check_corpus([Part("train", "train", pairs)], ("en", language), CleaningRules())


@pytest.mark.parametrize(
    ("language", "target", "wrong"),
    [
        ("zh", "Open PDF in Firefox 的设置", False),  # 16 letters, 3 characters that count as 7.5
        ("zh-Hans", "PostgreSQL 文档", False),
        ("zh_TW", "git checkout 的選項", False),
        ("ja", "Firefox で PDF を開く", False),
        ("ja", "DSA および Elgamal", False),
        ("ko", "PostgreSQL 서버", False),
        ("ru", "Открыть PDF в Mozilla Firefox", False),
        ("zh", "Open PDF in Firefox", True),
        ("zh", "For example http://printer.mydomain/ipp and others 或", True),  # 2.5 of 43
        ("ru", "Open PDF in Firefox", True),
        ("zh", "Открыть файл в программе 的设置", True),  # only Latin is at home everywhere
        ("en", "在 Firefox 中打开 PDF 文件的设置", True),  # the rest of an English text is not Chinese
        ("en", "The word 设置 means settings", False),
        ("zh", "OK", False),  # too few letters to say
    ],
)
def test_latin_letters_beside_the_script_of_the_language_are_no_fault(
    language: str, target: str, wrong: bool, found: Found
) -> None:
    assert found(checked(language, target), "wrong_script_target").count == wrong


def test_where_the_script_of_a_language_is_not_known_that_of_most_texts_is_expected(found: Found) -> None:
    serbian = ["Отвори датотеку", "Сачувај датотеку", "Да", "Отвори PDF и Firefox", "Затвори", "Open the file"]
    finding = found(checked("sr", *serbian), "wrong_script_target")
    assert [example.target for example in finding.examples] == ["Open the file"]
    assert finding.details == {"expected": "cyrillic", "cyrillic": 4, "latin": 1}


@pytest.mark.parametrize(("tag", "script"), [("pt-BR", "LATIN"), ("zh_TW", "HAN OR KANA"), ("sr", None)])
def test_a_tag_has_the_script_of_its_language(tag: str, script: str | None) -> None:
    assert script_of_language(tag) == script
