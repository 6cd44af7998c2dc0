"""Which words of a sentence are rare, where their subwords are, and how their translations are spelled."""

from __future__ import annotations

import pytest

from nmt.decoding import MOST_WORDS, NO_COPY
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
    ("weaver", "tejedor"),
    ("carpenter", "Carpintero"),
    ("Friday", "viernes"),
]
RARE = [word for word, *_ in ENTRIES if word != "war"]


@pytest.fixture(scope="module")
def tokenizer() -> SubwordTokenizer:
    texts = [" ".join(entry) for entry in ENTRIES for _ in range(9)] + ["At the solstice they listened to the Oracle."]
    capitals = ["Overdue", "En retard", "Tardif", "Weaver", "Tejedor", "Friday", "viernes", "Carp"] * 9
    return learn_tokenizer([*texts, *capitals], 500)


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
        ("the oracle\u2019s end", [("oracle\u2019s", ["oráculo"])]),
        # A word with a capital within a sentence may be a name; at its beginning, it has one in any case.
        ("I met Baker on Friday", [("Friday", ["viernes"])]),
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


def test_a_word_with_a_capital_may_be_a_name_that_the_model_copies(
    rare: RareWords, tokenizer: SubwordTokenizer
) -> None:
    def copies(text: str) -> list[int]:
        return [word.copy for word in rare.of(text, tokenizer.encode(text))]

    assert copies("Weaver is my friend") == [tokenizer.encode("Weaver")[0]]
    assert copies("the weaver is my friend") == [NO_COPY]


def test_a_translation_that_begins_as_a_copy_does_is_left_out(rare: RareWords, tokenizer: SubwordTokenizer) -> None:
    assert tokenizer.encode("Carpenter")[0] == tokenizer.encode("Carpintero")[0]
    assert found(rare, tokenizer, "Carpenter is my friend") == []
    assert found(rare, tokenizer, "a carpenter") == [("carpenter", ["Carpintero"])]
