"""Encoding and decoding lose nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tokenizer import END_ID, PAD_ID, SPECIAL_IDS, START_ID, SubwordTokenizer, TokenizerError, learn_tokenizer

SENTENCES = [
    f"{subject} {verb} {thing}."
    for subject in ("The cat", "A dog", "Die Katze", "Ein Hund", "My sister")
    for verb in ("sees", "likes", "sieht", "mag", "does not see")
    for thing in ("the old house", "das alte Haus", "three apples", "drei Äpfel", "nothing")
]


@pytest.fixture(scope="module")
def tokenizer() -> SubwordTokenizer:
    return learn_tokenizer(SENTENCES, 400)


texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@given(text=texts)
@example(text="")
@example(text=" leading, trailing and  double  spaces ")
@example(text="\u2581 is how a space is written, \u2581\u2581")
@example(text="\u2581")
@example(text=" \u2581 ")
@example(text="<PAD><UNK><START><END> are words here, <0x41> too")
@example(text="tab\tnewline\ncarriage\r\nNUL\0end")
@example(text="e\u0301 ﬁ ½ Ⅷ 全角 \u00a0 \u200d 👩‍👩‍👧")
def test_every_text_comes_back_as_it_was(tokenizer: SubwordTokenizer, text: str) -> None:
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert not SPECIAL_IDS & set(ids)


@given(many=st.lists(texts, max_size=5))
@example(many=["one", "\u2581 two", "", "a\0b"])
def test_many_texts_at_once_give_the_ids_that_each_gives_alone(tokenizer: SubwordTokenizer, many: list[str]) -> None:
    assert tokenizer.encode_all(many) == [tokenizer.encode(text) for text in many]


def test_special_ids_in_a_sequence_give_no_text(tokenizer: SubwordTokenizer) -> None:
    ids = tokenizer.encode("The cat sees nothing.")
    assert tokenizer.decode([START_ID, *ids, END_ID, PAD_ID]) == "The cat sees nothing."


def test_byte_fallbacks_count_the_utf8_bytes_of_unknown_characters(tokenizer: SubwordTokenizer) -> None:
    assert tokenizer.byte_fallbacks(tokenizer.encode("The cat sees nothing.")) == 0
    assert tokenizer.byte_fallbacks(tokenizer.encode("The 猫 sees nothing.")) == len("猫".encode())


def test_pieces_of_a_sentence_spell_it(tokenizer: SubwordTokenizer) -> None:
    pieces = tokenizer.pieces(tokenizer.encode("The cat"))
    assert "".join(pieces) == "\u2581The\u2581cat"


def test_a_lone_surrogate_is_refused_by_place_and_name(tokenizer: SubwordTokenizer) -> None:
    with pytest.raises(TokenizerError, match=r"character 2 is the lone surrogate U\+D800"):
        tokenizer.encode("ab\ud800")


def test_a_lone_surrogate_among_many_texts_is_refused_too(tokenizer: SubwordTokenizer) -> None:
    with pytest.raises(TokenizerError, match=r"U\+DC00"):
        tokenizer.encode_all(["fine", "ab\udc00"])


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(TokenizerError, match="not a SentencePiece model"):
        SubwordTokenizer(b"\x00 nonsense")
