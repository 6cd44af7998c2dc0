"""Eole: train or time. Run by its own interpreter: eole_peer.py train|decode WORK THREADS [UPDATES]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
import yaml
from eole.bin.main import main as eole
from eole.config.run import PredictConfig
from eole.inference_engine import InferenceEnginePY
from timing import Translate, run, timed


def train(work: Path, updates: int) -> None:
    """Train for `updates` on batches of about 1,500 tokens."""
    config = {
        "data": {"train": {"path_src": str(work / "train.source"), "path_tgt": str(work / "train.target")}},
        "src_vocab": str(work / "vocabulary.source"),
        "tgt_vocab": str(work / "vocabulary.target"),
        "src_vocab_size": 8100,
        "tgt_vocab_size": 8100,
        "transforms": [],
        "overwrite": True,
        "report_every": 50,
        "seed": 1,
        "model": {
            "architecture": "custom",
            "embeddings": {"word_vec_size": 256},
            "encoder": {"encoder_type": "brnn", "rnn_type": "LSTM", "layers": 1, "hidden_size": 512},
            "decoder": {
                "decoder_type": "rnn",
                "rnn_type": "LSTM",
                "layers": 1,
                "hidden_size": 512,
                "global_attention": "general",
            },
        },
        "training": {
            "model_path": str(work / "eole" / "model"),
            "world_size": 0,
            "gpu_ranks": [],
            "batch_type": "tokens",
            "batch_size": 1500,
            "batch_size_multiple": 1,
            "bucket_size": 30000,
            "num_workers": 0,
            "optim": "adam",
            "learning_rate": 0.001,
            "max_grad_norm": 1.0,
            "label_smoothing": 0.1,
            "dropout": [0.1],
            "train_steps": updates,
            "save_checkpoint_steps": updates,
            "compute_dtype": "fp32",
        },
    }
    path = work / "eole" / "config.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(config))
    sys.argv = ["eole", "train", "--config", str(path)]
    eole()


def new_translate(work: Path, beam_size: int, batch_size: int) -> tuple[Translate, list[float]]:
    """Its inference engine; the seconds are those of its own `predict_batch`."""
    config = PredictConfig(
        model_path=[str(work / "eole" / "model")],
        src="none",
        output=os.devnull,
        beam_size=beam_size,
        batch_size=batch_size,
        max_length=100,
        world_size=0,
        gpu_ranks=[],
        compute_dtype="fp32",
        transforms=[],
    )
    engine = InferenceEnginePY(config)
    engine.predictor.predict_batch, seconds = timed(engine.predictor.predict_batch)
    return lambda lines: [best[0] for best in engine.infer_list(list(lines))[2]], seconds


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[3]))
    run("eole", train, new_translate)
