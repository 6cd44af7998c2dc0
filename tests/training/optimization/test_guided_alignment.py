"""Where attention is told to look, and what it pays for looking elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from nmt.corpus.batching import IdPairs
from nmt.model import ModelConfig, Seq2Seq
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.optimization.guided_alignment import expected_alignment, summed_alignment_loss
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.trainer import Trainer
from nmt.training.settings.config import TrainingConfig
from tokenizer import PAD_ID

CPU = torch.device("cpu")
FIRST, WORDS = 10, 30
ARTICLE = 5
"""Stands in every target sentence and means no source word."""


def turned(sentences: int) -> IdPairs:
    """Each source word w becomes w + WORDS, the last one first, after an article."""
    generator = np.random.default_rng(0)
    sources = [generator.integers(FIRST, FIRST + WORDS, generator.integers(1, 7)).tolist() for _ in range(sentences)]
    return IdPairs(sources, [[ARTICLE, *(word + WORDS for word in reversed(source))] for source in sources])


def test_every_target_word_comes_from_its_translation_and_the_end_from_the_end() -> None:
    pairs = turned(600)
    lexicon = learn_lexicon(pairs, FIRST + 2 * WORDS)
    batch = IdPairs([[10, 20, 30], [11]], [[ARTICLE, 60, 50, 40], [ARTICLE, 41]]).batch([0, 1])
    expected = expected_alignment(batch, lexicon)
    assert expected.shape == (2, 5, 4)
    assert expected[0, 1:].argmax(dim=1).tolist() == [2, 1, 0, 3]  # words, then <END>
    assert (expected[0, 1:].max(dim=1).values > 0.9).all()
    assert expected[0, 0].sum() < 0.7  # the article comes from nowhere, more or less
    assert expected[1, 1].argmax() == 0
    assert expected[1, 2].tolist() == [0, 1, 0, 0]
    assert not expected[1, 3:].any()  # padding
    assert not expected[1, :, 2:].any()
    assert (expected.sum(dim=2) <= 1 + 1e-6).all()


def test_words_that_never_met_say_nothing() -> None:
    lexicon = learn_lexicon(IdPairs([[10], [11]], [[40], [41]]), FIRST + 2 * WORDS)
    batch = IdPairs([[10]], [[41, 69]]).batch([0])
    assert not expected_alignment(batch, lexicon)[0, :2].any()


def test_looking_elsewhere_costs_its_surprise() -> None:
    weights = torch.tensor([[[0.25, 0.75], [1.0, 0.0]]])
    expected = torch.tensor([[[1.0, 0.0], [0.0, 0.5]]])
    price = summed_alignment_loss(weights, expected)
    assert price.item() == pytest.approx(np.log(4) - 0.5 * np.log(1e-6), rel=1e-5)


@pytest.mark.parametrize("consistency", [0.0, 2.0])
def test_attention_learns_where_to_look(tmp_path: Path, consistency: float) -> None:
    pairs = turned(200)
    size = FIRST + 2 * WORDS
    lexicon = learn_lexicon(pairs, size)
    batch = pairs.batch(range(40))
    expected = expected_alignment(batch, lexicon)

    def price(guided: float) -> float:
        torch.manual_seed(1)
        model = Seq2Seq(ModelConfig(size, size, embedding_size=16, encoder_hidden=16, decoder_hidden=16), PAD_ID)
        config = TrainingConfig(
            batch_tokens=200, learning_rate=0.01, warmup_updates=0, guided_alignment=guided, consistency=consistency
        )
        trainer = Trainer(model, pairs, config, CPU, tmp_path, "", objective=Objective(config, CPU, lexicon))
        for _ in range(40):
            trainer.update(batch)
        model.eval()
        weights = model.attended_states(batch.source, batch.source_length, batch.target_input)[1]
        assert weights is not None
        return summed_alignment_loss(weights.detach(), expected).item()

    assert price(1.0) < 0.6 * price(0.0)
