"""Subwords that begin near their translations."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from nmt.corpus.batching import IdPairs
from nmt.model import ModelConfig, Seq2Seq
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.optimization.lexicon_embeddings import begin_from_lexicon
from tokenizer import END_ID, PAD_ID, UNK_ID

FIRST, WORDS = 10, 30
SIZE = FIRST + 2 * WORDS
ARTICLE = 5
"""Stands in every target sentence and means no source word."""
SOURCE_WORDS = torch.arange(FIRST, FIRST + WORDS)


@pytest.fixture(scope="module")
def pairs() -> IdPairs:
    """Each source word w becomes w + WORDS, after an article."""
    generator = np.random.default_rng(0)
    sources = [generator.integers(FIRST, FIRST + WORDS, generator.integers(1, 7)).tolist() for _ in range(600)]
    return IdPairs(sources, [[ARTICLE, *(word + WORDS for word in source)] for source in sources])


def begun(pairs: IdPairs, **settings: object) -> Seq2Seq:
    torch.manual_seed(1)
    sizes = {"embedding_size": 32, "encoder_hidden": 16, "decoder_hidden": 16, "lexical": True}
    model = Seq2Seq(ModelConfig(SIZE, SIZE, **{**sizes, **settings}), PAD_ID).eval()  # type: ignore[arg-type]
    begin_from_lexicon(model, learn_lexicon(pairs, SIZE), pairs)
    return model


@pytest.mark.parametrize("settings", [{"tie": "all"}, {"tie": "output"}, {"tie": "none"}, {"lexical": False}])
@pytest.mark.parametrize("embedding_size", [32, 100])
def test_a_word_and_its_translation_point_the_same_way(
    pairs: IdPairs, settings: dict[str, object], embedding_size: int
) -> None:
    model = begun(pairs, embedding_size=embedding_size, **settings)
    source = model.encoder.embedding.weight[SOURCE_WORDS]
    for target in (model.decoder.embedding.weight, model.output.weight):
        nearest = (source @ target[FIRST + WORDS :].T).argmax(dim=1)
        assert (nearest == torch.arange(WORDS)).all()


def test_from_an_attended_word_to_the_output_a_lexical_model_begins_as_the_lexicon(pairs: IdPairs) -> None:
    model = begun(pairs, tie="output")
    with torch.no_grad():
        embedded = model.encoder.embedding(SOURCE_WORDS)
        logits = model.output(torch.tanh(embedded @ model.decoder.combine.weight[:, -32:].T))
    assert (logits[:, FIRST + WORDS :].argmax(dim=1) == torch.arange(WORDS)).all()


def test_the_output_begins_with_how_frequent_words_are(pairs: IdPairs) -> None:
    bias = begun(pairs).output.bias
    assert set(bias.topk(2).indices.tolist()) == {ARTICLE, END_ID}
    assert bias[FIRST : FIRST + WORDS].max() < bias[FIRST + WORDS :].min()  # source words never stand in a target
    assert bias.mean().item() == pytest.approx(0, abs=1e-5)


def test_padding_stays_zero_and_the_same_seed_begins_the_same(pairs: IdPairs) -> None:
    first, second = begun(pairs, tie="all"), begun(pairs, tie="all")
    assert not first.encoder.embedding.weight[PAD_ID].any()
    for one, two in zip(first.parameters(), second.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=0)


def test_pairs_that_say_nothing_of_words_leave_embeddings_as_they_were() -> None:
    nothing = IdPairs([[UNK_ID]], [[UNK_ID]])
    torch.manual_seed(1)
    before = Seq2Seq(ModelConfig(SIZE, SIZE, embedding_size=32), PAD_ID).encoder.embedding.weight
    torch.manual_seed(1)
    model = Seq2Seq(ModelConfig(SIZE, SIZE, embedding_size=32), PAD_ID)
    begin_from_lexicon(model, learn_lexicon(nothing, SIZE), nothing)
    torch.testing.assert_close(model.encoder.embedding.weight, before)
    assert torch.isfinite(model.output.bias).all()
