"""Which words of a sentence are rare, where their subwords are, and how their translations are spelled."""

from __future__ import annotations

import pytest

from nmt.decoding import MOST_WORDS
from nmt.runtime import Dictionary
from nmt.runtime.words import RareWords
from tokenizer import SubwordTokenizer, learn_tokenizer

ENTRIES = [
    ("oracle", "oráculo"),
    ("solstice", "solsticio"),
    ("war", "guerra"),
    ("Advent", "Adviento"),
    ("baker", "panadero"),
    ("overdue", "en retard", "tardif"),
    ("infection", "infección"),
    ("ore", "mineral"),
]
RARE = [word for word, *_ in ENTRIES if word != "war"]


@pytest.fixture(scope="module")
def tokenizer() -> SubwordTokenizer:
    texts = [" ".join(entry) for entry in ENTRIES for _ in range(9)] + ["At the solstice they listened to the Oracle."]
    return learn_tokenizer(texts, 330)


@pytest.fixture(scope="module")
def rare(tokenizer: SubwordTokenizer) -> RareWords:
    return RareWords(Dictionary(ENTRIES, rare=RARE), tokenizer, tokenizer)


def found(rare: RareWords, tokenizer: SubwordTokenizer, text: str) -> list[tuple[str, list[str]]]:
    """The source subwords of each rare word, joined, and its translations."""
    ids = tokenizer.encode(text)
    return [
        (
            tokenizer.decode(ids[word.first : word.last + 1]),
            [tokenizer.decode(spelling) for spelling in word.spellings],
        )
        for word in rare.of(text, ids)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They asked the oracle and went to war.", [("oracle", ["oráculo"])]),
        ("“(oracle),” she said", [("“(oracle),”", ["oráculo"])]),
        ("This is overdue!", [("overdue!", ["en retard", "tardif"])]),
        ("l'infection", [("l'infection", ["infección"])]),
        # A word with a capital within a sentence may be a name; at its beginning, it has one in any case.
        ("I met Baker in Advent", [("Advent", ["Adviento"])]),
        ("Overdue since Monday", [("Overdue", ["En retard", "Tardif", "en retard", "tardif"])]),
        ("oracle oracle", [("oracle", ["oráculo"]), ("oracle", ["oráculo"])]),
        ("iron ore", []),
        ("see oracle.com or /oracle/war", []),
        ("", []),
        ("  ", []),
    ],
)
def test_rare_words_are_found(
    rare: RareWords, tokenizer: SubwordTokenizer, text: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert found(rare, tokenizer, text) == expected


def test_a_sentence_has_no_more_than_a_search_takes(rare: RareWords, tokenizer: SubwordTokenizer) -> None:
    assert len(found(rare, tokenizer, " ".join(["oracle"] * 50))) == MOST_WORDS
