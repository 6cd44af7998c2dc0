"""What is measured while training."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from nmt.corpus import CorpusSpec, Direction
from nmt.model import ModelConfig, Seq2Seq
from nmt.training import evaluate
from nmt.training.config import DataConfig
from nmt.training.evaluate import evaluator
from nmt.training.prepare import Sources, prepare


def test_bleu_while_training_counts_what_the_target_language_has_for_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"the number {number} is here\t数字{number}在这里。\n" for number in range(100)))
    sources = Sources((CorpusSpec((pairs,)),), Direction("en", "zh-Hans"))
    corpus = prepare(DataConfig(vocabulary_size=330, held_out=10), sources, tmp_path / "run")
    nearly_right = [ids.tolist()[:-1] for ids in map(corpus.valid.target, range(len(corpus.valid)))]
    monkeypatch.setattr(evaluate, "translate_ids", lambda *_: nearly_right)
    size = corpus.target_tokenizer.vocabulary_size
    model = Seq2Seq(ModelConfig(size, size, embedding_size=8, encoder_hidden=8, decoder_hidden=8), 0)
    found = evaluator(corpus, 100, 10, torch.device("cpu"))(model)
    assert found.bleu_name == "BLEU-zh"
    assert 50 < found.bleu < 100  # by 13a nothing is right
