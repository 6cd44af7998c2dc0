"""The row of the output layer that stands for the words that are not on a short list."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nmt.corpus.batching import IdPairs
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime.short_lists import ShortLists
from nmt.training.export.closed_words import fit_closed_words
from tokenizer import END_ID, PAD_ID, SubwordTokenizer, learn_tokenizer

WORDS = ["red", "blue", "green", "cat", "dog", "house", "sees", "finds", "likes"]


@pytest.fixture(scope="module")
def tokenizer() -> SubwordTokenizer:
    texts = [" ".join(np.random.default_rng(seed).choice(WORDS, 5)) for seed in range(200)]
    return learn_tokenizer(texts, 300)


def corpus(tokenizer: SubwordTokenizer) -> IdPairs:
    generator = np.random.default_rng(0)
    texts = [" ".join(generator.choice(WORDS, generator.integers(2, 9))) for _ in range(300)]
    ids = tokenizer.encode_all(texts)
    return IdPairs(ids, ids[::-1])


def test_the_logit_of_closed_words_is_near_the_log_of_their_sum(tokenizer: SubwordTokenizer) -> None:
    torch.manual_seed(1)
    size = tokenizer.vocabulary_size
    model = Seq2Seq(
        ModelConfig(size, size, embedding_size=16, encoder_hidden=16, decoder_hidden=16, attention_heads=1), PAD_ID
    ).eval()
    with torch.no_grad():
        model.output.bias.normal_()
    lists = ShortLists(np.array([END_ID, 40, 41, 42]), np.full((size, 1), size), size)
    pairs = corpus(tokenizer)
    fitted = fit_closed_words(model, (tokenizer, tokenizer), lists, pairs)
    assert fitted is not None
    batch = pairs.batch(list(range(20)))
    with torch.no_grad():
        states = model.states(batch.source, batch.source_length, batch.target_input)
        logits = model.output(states)
    for row in range(20):
        source = pairs.source(row).tolist()
        closed = np.ones(size, dtype=bool)
        closed[lists.of(source, source)] = False  # one tokenizer for both sides, so that a copy has the same ids
        right = torch.logsumexp(logits[row, :, torch.from_numpy(closed)], dim=1)
        found = states[row] @ torch.from_numpy(fitted[:-1]) + fitted[-1]
        assert float((found - right).abs().max()) < 0.1


def test_lists_that_open_everything_need_no_such_row(tokenizer: SubwordTokenizer) -> None:
    size = tokenizer.vocabulary_size
    model = Seq2Seq(ModelConfig(size, size, embedding_size=8, encoder_hidden=8, decoder_hidden=8), PAD_ID)
    lists = ShortLists(np.arange(size), np.full((size, 1), size), size)
    assert fit_closed_words(model, (tokenizer, tokenizer), lists, corpus(tokenizer)) is None
