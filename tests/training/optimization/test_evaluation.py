"""What is measured while training."""

from __future__ import annotations

from pathlib import Path

import torch
from tiny_training import CPU, Recorder

from nmt.corpus import CorpusSpec, Direction
from nmt.model import ModelConfig, Seq2Seq
from nmt.training.data.prepare import Sources, prepare
from nmt.training.optimization.evaluation import evaluator
from nmt.training.optimization.trainer import Trainer
from nmt.training.settings.config import DataConfig, TrainingConfig
from tokenizer import PAD_ID

CONFIG = TrainingConfig(
    batch_tokens=500, max_updates=150, warmup_updates=5, evaluate_every=150, learning_rate=0.01, precision="float32"
)


def test_bleu_while_training_counts_what_the_target_language_has_for_words(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"number {number} is also here\t数字{number}现在也在这里。\n" for number in range(100)))
    sources = Sources((CorpusSpec((pairs,)),), Direction("en", "zh-Hans"))
    corpus = prepare(DataConfig(vocabulary_size=330, held_out=10), sources, tmp_path / "run")
    size = corpus.target_tokenizer.vocabulary_size
    torch.manual_seed(1)
    model = Seq2Seq(ModelConfig(size, size, embedding_size=16, encoder_hidden=16, decoder_hidden=32), PAD_ID)
    trainer = Trainer(model, corpus.train, CONFIG, CPU, tmp_path / "run", "the same")
    trainer.run(evaluator(corpus, 500, 10, CPU), Recorder())
    found = evaluator(corpus, 100, 10, CPU)(trainer.model)
    assert found.bleu_name == "BLEU-zh"
    assert 50 < found.bleu < 100  # by 13a nothing is right
