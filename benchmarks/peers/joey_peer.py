"""JoeyNMT: train or time. Run by its own interpreter: joey_peer.py train|decode WORK THREADS [UPDATES]."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import torch
from joeynmt.config import parse_global_args
from joeynmt.helpers import make_model_dir
from joeynmt.prediction import predict, prepare
from joeynmt.training import train
from timing import Translate, report


def configuration(work: Path, updates: int) -> dict[str, object]:
    """What its YAML file would say."""
    encoder = {"type": "recurrent", "rnn_type": "lstm", "embeddings": {"embedding_dim": 256, "scale": False}}
    side = {"level": "word", "lowercase": False}
    return {
        "name": "multi30k",
        "model_dir": str(work / "joey"),
        "use_cuda": False,
        "random_seed": 1,
        "data": {
            "train": str(work / "train"),
            "dev": str(work / "valid"),
            "dataset_type": "plain",
            "src": {"lang": "source", "voc_file": str(work / "vocabulary.source"), **side},
            "trg": {"lang": "target", "voc_file": str(work / "vocabulary.target"), **side},
        },
        "training": {
            "optimizer": "adam",
            "learning_rate": 0.001,
            "scheduling": "exponential",
            "decrease_factor": 1.0,
            "clip_grad_norm": 1.0,
            "label_smoothing": 0.1,
            "batch_size": 1500,
            "batch_type": "token",
            "epochs": 100,
            "updates": updates,
            "validation_freq": updates,
            "logging_freq": 50 if updates % 50 == 0 else 1,
            "early_stopping_metric": "loss",
            "overwrite": True,
        },
        "testing": {"beam_size": 1, "batch_size": 64, "batch_type": "sentence", "eval_metrics": []},
        "model": {
            "encoder": {**encoder, "hidden_size": 256, "bidirectional": True, "num_layers": 1, "dropout": 0.1},
            "decoder": {
                **encoder,
                "hidden_size": 512,
                "num_layers": 1,
                "attention": "luong",
                "input_feeding": False,
                "init_hidden": "bridge",
                "dropout": 0.1,
            },
        },
    }


def new_translate(work: Path, beam_size: int, batch_size: int) -> tuple[Translate, list[float]]:
    """Its own prediction over a stream of sentences; whole calls are timed."""
    settings = configuration(work, 2)
    settings["testing"] = {
        "beam_size": beam_size,
        "batch_size": batch_size,
        "batch_type": "sentence",
        "max_output_length": 100,
        "eval_metrics": [],
    }
    arguments = parse_global_args(settings, mode="translate")
    model, _, _, stream = prepare(arguments, rank=0, mode="translate")

    def translate(lines: list[str]) -> list[str]:
        stream.reset_cache()
        for line in lines:
            stream.set_item(line)
        tokens = predict(
            model, stream, arguments.device, 0, normalization="none", args=arguments.test, autocast=arguments.autocast
        )[3]
        return [" ".join(token for token in line if token != "</s>") for line in tokens]

    return translate, []


def main() -> None:
    """As the module says."""
    action, work, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    if action == "train":
        settings = configuration(work, int(sys.argv[4]))
        make_model_dir(work / "joey", overwrite=True)
        train(rank=0, world_size=None, cfg=settings, skip_test=True)
    else:
        logging.disable(logging.WARNING)
        report(lambda beam, batch: new_translate(work, beam, batch), work / "test.source", work / "joey" / "test")


if __name__ == "__main__":
    main()
