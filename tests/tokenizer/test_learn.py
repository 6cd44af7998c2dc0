"""Learning a vocabulary."""

from pathlib import Path

import pytest

from tokenizer import SubwordTokenizer, TokenizerError, TooManyCharacters, learn_tokenizer

SENTENCES = [f"number {first} and {second}" for first in range(40) for second in range(40)]


def test_a_tokenizer_learned_twice_is_the_same() -> None:
    assert learn_tokenizer(SENTENCES, 300).to_bytes() == learn_tokenizer(SENTENCES, 300).to_bytes()


def test_a_saved_tokenizer_gives_the_same_ids(tmp_path: Path) -> None:
    tokenizer = learn_tokenizer(SENTENCES, 300)
    (tmp_path / "joint.spm").write_bytes(tokenizer.to_bytes())
    assert SubwordTokenizer.load(tmp_path / "joint.spm").encode("number 7") == tokenizer.encode("number 7")


def test_a_small_corpus_gives_fewer_subwords_than_asked_for() -> None:
    assert learn_tokenizer(SENTENCES, 8000).vocabulary_size < 1000


def test_digits_are_single_subwords() -> None:
    tokenizer = learn_tokenizer(SENTENCES, 400)
    assert [piece for piece in tokenizer.pieces(tokenizer.encode("37")) if piece.strip("\u2581")] == ["3", "7"]


def test_nfkc_is_off_unless_asked_for() -> None:
    ligature = [*SENTENCES, "ﬁne ﬁre ﬁnd"]
    assert learn_tokenizer(ligature, 400).decode(learn_tokenizer(ligature, 400).encode("ﬁne")) == "ﬁne"
    folding = learn_tokenizer(ligature, 400, normalization="nfkc")
    assert folding.decode(folding.encode("ﬁne")) == "fine"


def test_a_size_without_room_for_pieces_is_refused() -> None:
    with pytest.raises(TokenizerError, match="vocabulary size is 100, at least 261"):
        learn_tokenizer(SENTENCES, 100)


def test_a_size_too_small_for_the_characters_says_what_they_need() -> None:
    many = ["".join(map(chr, range(start, start + 50))) for start in range(0x4E00, 0x5000, 50)] * 5
    with pytest.raises(TooManyCharacters, match="subwords is too small for the characters") as refused:
        learn_tokenizer(many, 400)
    assert learn_tokenizer(many, refused.value.needed).vocabulary_size <= refused.value.needed


def test_a_corpus_without_text_is_refused() -> None:
    with pytest.raises(TokenizerError, match="no vocabulary of 300 subwords"):
        learn_tokenizer([], 300)
