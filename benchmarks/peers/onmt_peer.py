"""OpenNMT-py: train or time. Run by its own interpreter: onmt_peer.py train|decode WORK THREADS [UPDATES]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"] = "1"  # its checkpoints hold options as pickled objects

import torch
from onmt.bin import train as training
from onmt.inference_engine import InferenceEnginePY
from onmt.opts import translate_opts
from onmt.utils.parse import ArgumentParser
from timing import Translate, run, timed


def train(work: Path, updates: int) -> None:
    """Train for `updates` on batches of about 1,500 tokens, with the fused LSTM (no input feeding)."""
    options = {
        "save_model": work / "onmt" / "model",
        "src_vocab": work / "vocabulary.source",
        "tgt_vocab": work / "vocabulary.target",
        "encoder_type": "brnn",
        "decoder_type": "rnn",
        "rnn_type": "LSTM",
        "word_vec_size": 256,
        "hidden_size": 512,
        "enc_layers": 1,
        "dec_layers": 1,
        "input_feed": 0,
        "global_attention": "general",
        "dropout": 0.1,
        "optim": "adam",
        "learning_rate": 0.001,
        "max_grad_norm": 1,
        "label_smoothing": 0.1,
        "batch_type": "tokens",
        "batch_size": 1500,
        "bucket_size": 30000,
        "num_workers": 0,
        "train_steps": updates,
        "save_checkpoint_steps": updates,
        "report_every": 50,
        "seed": 1,
    }
    config = work / "onmt" / "config.yaml"
    config.parent.mkdir(exist_ok=True)
    corpus = f"data: {{train: {{path_src: {work / 'train.source'}, path_tgt: {work / 'train.target'}}}}}\n"
    config.write_text(corpus + "".join(f"{name}: {value}\n" for name, value in options.items()))
    sys.argv = ["onmt_train", "-config", str(config)]
    training.main()


def new_translate(work: Path, beam_size: int, batch_size: int) -> tuple[Translate, list[float]]:
    """Its inference engine; the seconds are those of its own `translate_batch`."""
    parser = ArgumentParser()
    translate_opts(parser)
    model = max((work / "onmt").glob("model_step_*.pt"), key=lambda path: path.stat().st_mtime)
    arguments = f"-src none -beam_size {beam_size} -batch_size {batch_size} -max_length 100 -gpu -1"
    options = parser.parse_args(["-model", str(model), "-output", os.devnull, *arguments.split()])
    ArgumentParser.validate_translate_opts(options)
    ArgumentParser._get_all_transform_translate(options)
    ArgumentParser._validate_transforms_opts(options)
    ArgumentParser.validate_translate_opts_dynamic(options)
    engine = InferenceEnginePY(options)
    engine.translator.translate_batch, seconds = timed(engine.translator.translate_batch)
    return lambda lines: [best[0] for best in engine.infer_list(list(lines))[1]], seconds


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[3]))
    run("onmt", train, new_translate)
