"""A translator with highway connections from training to its package, and on in fine-tuning."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.runtime import Translator

WORDS = itertools.product(("red", "old", "small"), ("cat", "dog", "tree", "house"), ("runs", "sleeps", "falls"))
SETTINGS = (
    "model.connection=highway", "model.decoder_layers=2", "model.embedding_size=32", "model.encoder_hidden=32",
    "model.decoder_hidden=64", "model.dropout.embedding=0", "model.dropout.hidden=0", "data.vocabulary_size=290",
    "training.max_updates=100", "training.evaluate_every=100", "training.learning_rate=0.01",
    "training.warmup_updates=10", "training.precision=float32", "training.average_decay=0",
)  # fmt: skip


def train(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments), "--threads", "1"])


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("highway") / "pairs.tsv"
    path.write_text("".join(f"{a} {b} {c}\t{c} {b} {a}\n" for a, b, c in WORDS))
    return path


@pytest.fixture(scope="module")
def package(pairs: Path) -> Path:
    output = pairs.parent / "en-xx"
    chosen = [part for setting in SETTINGS for part in ("--set", setting)]
    done = train("--train", pairs, "--source", "en", "--target", "xx", "--output", output,
                 "--run-dir", pairs.parent / "run", *chosen)  # fmt: skip
    assert done.exit_code == 0, done.output
    return output


def test_a_package_with_highway_connections_translates_what_it_learned(package: Path) -> None:
    assert json.loads((package / "manifest.json").read_text())["model"]["connection"] == "highway"
    with Translator.load(package) as translator:
        (translation,) = translator.translate(["red cat runs"])
    assert translation.text == "runs cat red"


def test_fine_tuning_keeps_the_connection(package: Path, pairs: Path) -> None:
    tuned = pairs.parent / "tuned"
    arguments = ("--from", package, "--train", pairs, "--output", tuned, "--run-dir", pairs.parent / "tuning")
    refused = train(*arguments, "--set", "model.connection=residual")
    assert refused.exit_code == 1
    assert "model.connection is residual, but" in refused.output
    done = train(*arguments, "--set", "training.max_updates=2")
    assert done.exit_code == 0, done.output
    assert json.loads((tuned / "manifest.json").read_text())["model"]["connection"] == "highway"
