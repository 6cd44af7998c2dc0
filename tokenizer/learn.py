"""Learn a subword vocabulary from text."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Literal

import sentencepiece

from tokenizer.errors import TokenizerError, TooManyCharacters
from tokenizer.specials import END, END_ID, PAD, PAD_ID, START, START_ID, UNK, UNK_ID
from tokenizer.subword import SubwordTokenizer

Normalization = Literal["identity", "nfkc"]

_CHARACTER_COVERAGE = 0.9999
"""Share of a corpus's characters that get their own piece. The rest falls back to bytes."""
_THREADS = 2
"""Fixed, because the last digits of the vocabulary's scores depend on how the sums are split."""
_SMALLEST = 256 + 4 + 1
"""256 bytes, the special ids, and at least one piece."""


def learn_tokenizer(
    sentences: Iterable[str], vocabulary_size: int, *, normalization: Normalization = "identity"
) -> SubwordTokenizer:
    """Learn a unigram model (Kudo 2018) with at most `vocabulary_size` ids, special ids and bytes included.

    To learn one tokenizer for both languages, pass the sentences of both. A small corpus gives fewer ids. `nfkc` folds
    compatibility characters, so not every text survives a round trip. Raises TooManyCharacters if the characters alone
    need a larger vocabulary, and TokenizerError on a corpus without text or a size that only fits the bytes.
    """
    if vocabulary_size < _SMALLEST:
        raise TokenizerError(f"vocabulary size is {vocabulary_size}, at least {_SMALLEST} is needed")
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=model,
            model_type="unigram",
            vocab_size=vocabulary_size,
            hard_vocab_limit=False,
            byte_fallback=True,
            character_coverage=_CHARACTER_COVERAGE,
            split_digits=True,
            normalization_rule_name="nfkc" if normalization == "nfkc" else "identity",
            remove_extra_whitespaces=False,
            pad_id=PAD_ID,
            unk_id=UNK_ID,
            bos_id=START_ID,
            eos_id=END_ID,
            pad_piece=PAD,
            unk_piece=UNK,
            bos_piece=START,
            eos_piece=END,
            num_threads=_THREADS,
            minloglevel=2,
        )
    except RuntimeError as error:
        too_small = re.search(r"smaller than required_chars\. \d+ vs (\d+)", str(error))
        if too_small:
            raise TooManyCharacters(
                f"a vocabulary of {vocabulary_size} subwords is too small for the characters of this corpus, which "
                f"need {too_small[1]}: ask for more",
                int(too_small[1]),
            ) from error
        raise TokenizerError(
            f"no vocabulary of {vocabulary_size} subwords can be learned from this corpus: {error}; "
            f"give it more text or ask for another size"
        ) from error
    return SubwordTokenizer(model.getvalue())
