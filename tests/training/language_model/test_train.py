from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from nmt.errors import CheckpointError, ConfigError, CorpusError
from nmt.language_model import LanguageModel, score_text
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import LanguageModelSettings, parse_settings
from nmt.training.language_model.streams import Streams
from nmt.training.language_model.text import EncodedText, encode_text
from nmt.training.language_model.train import LanguageModelRequest, train_language_model
from nmt.training.language_model.trainer import ChunkReport, Trainer
from nmt.training.optimization.checkpoint import Position
from nmt.training.run.hashed_tensors import read_hashed_tensors

CPU = torch.device("cpu")


class Killed(Exception):
    pass


class KilledAfter:
    """An observer that ends the training after some updates, as a kill would."""

    def __init__(self, updates: int) -> None:
        self._updates = updates

    def updated(self, report: ChunkReport, position: Position) -> None:
        if report.update == self._updates:
            raise Killed

    def evaluated(self, loss: float, position: Position, best: bool) -> None:
        pass


def trainer_in(run: Path, encoded: EncodedText, settings: LanguageModelSettings) -> Trainer:
    run.mkdir(exist_ok=True)
    torch.manual_seed(settings.seed)
    model = RecurrentLanguageModel(settings, encoded.symbols.size)
    streams = Streams(encoded.train, settings.streams, settings.k)
    return Trainer(model, streams, settings, CPU, run, encoded.fingerprint(settings))


def losses(model: RecurrentLanguageModel) -> float:
    return sum(parameter.detach().square().sum().item() for parameter in model.parameters())


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_killed_and_resumed_training_equals_an_uninterrupted_one(
    encoded: EncodedText, settings: LanguageModelSettings, tmp_path: Path, cell: str
) -> None:
    chosen = parse_settings([f"cell={cell}"])
    settings = replace(settings, cell=chosen.cell)
    whole = trainer_in(tmp_path / "whole", encoded, settings)
    whole.run(losses, KilledAfter(0))
    killed = trainer_in(tmp_path / "killed", encoded, settings)
    with pytest.raises(Killed):
        killed.run(losses, KilledAfter(9))  # the last checkpoint is from update 6, in the middle of the text
    resumed = trainer_in(tmp_path / "killed", encoded, settings)
    assert resumed.resume()
    assert resumed.position.update == 6
    assert resumed.position.batch > 0
    resumed.run(losses, KilledAfter(0))
    one, other = (read_hashed_tensors(tmp_path / run / "last.safetensors")[0] for run in ("whole", "killed"))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_training_with_another_k_does_not_resume(
    encoded: EncodedText, settings: LanguageModelSettings, tmp_path: Path
) -> None:
    trainer_in(tmp_path / "run", encoded, settings).run(losses, KilledAfter(0))
    with pytest.raises(CheckpointError, match=r"training\.k was 8 and is 4"):
        trainer_in(tmp_path / "run", encoded, replace(settings, k=4)).resume()


def test_gradients_above_tau_are_scaled_to_it_and_counted(
    encoded: EncodedText, settings: LanguageModelSettings, tmp_path: Path
) -> None:
    trainer = trainer_in(tmp_path / "run", encoded, replace(settings, clip_norm=1e-3))
    report = trainer.update()
    assert report.gradient_norm > 1e-3
    grads = [parameter.grad for parameter in trainer.model.parameters() if parameter.grad is not None]
    assert torch.stack([grad.norm() for grad in grads]).norm().item() == pytest.approx(1e-3, rel=1e-2)
    assert trainer.position.clipped_updates == 1


def test_training_writes_a_package_that_has_learned_a_log_and_a_report(
    request_: LanguageModelRequest, settings: LanguageModelSettings, console: Console
) -> None:
    settings = replace(settings, max_updates=60, evaluate_every=30, average_decay=0.0, k=16)
    train_language_model(request_, settings, CPU, console)
    model = LanguageModel.load(request_.output)
    found = score_text(model, [request_.train[0].read_text()])
    assert found is not None
    assert found.loss < 0.7 * np.log(model.symbols.size)
    events = [json.loads(line) for line in (request_.run / "log.jsonl").read_text().splitlines()]
    assert {event["event"] for event in events} == {"update", "evaluation"}
    assert all(0 <= event["clipped_share"] <= 1 for event in events if event["event"] == "update")
    report = json.loads((request_.run / "report.json").read_text())
    assert report["best_update"] == 60
    assert report["evaluations"][-1]["loss"] == pytest.approx(model.manifest.validation_loss)
    page = (request_.run / "report.html").read_text()
    assert "Validation loss" in page
    assert page.count("<svg") == 4


def test_a_finished_training_run_again_writes_the_same_package(
    request_: LanguageModelRequest, settings: LanguageModelSettings, console: Console
) -> None:
    train_language_model(request_, settings, CPU, console)
    first = LanguageModel.load(request_.output).manifest.version
    train_language_model(request_, settings, CPU, console)
    assert LanguageModel.load(request_.output).manifest.version == first


def test_subwords_are_learned_and_their_text_is_whole(text_file: Path, tmp_path: Path) -> None:
    settings = parse_settings(["symbols=subwords", "vocabulary_size=300", "streams=2", "k=4"])
    encoded = encode_text([text_file], [], settings, tmp_path / "run")
    text = text_file.read_text()
    parts = [part.rows([0], len(part))[0].tolist() for part in (encoded.train, encoded.valid)]
    assert "".join(map(encoded.symbols.decode, parts)) == text
    assert encoded.symbols.decode(encoded.symbols.encode(text)) == text


def test_the_last_tenth_of_the_characters_validates(text_file: Path, encoded: EncodedText) -> None:
    text = text_file.read_text()
    split = int(0.9 * len(text))
    assert encoded.symbols.decode(encoded.train.rows([0], len(encoded.train))[0]) == text[:split]
    assert encoded.valid_characters == len(text) - split


def test_characters_only_of_the_validation_text_are_unknown(tmp_path: Path, settings: LanguageModelSettings) -> None:
    (tmp_path / "train.txt").write_text("ab\n" * 100)
    (tmp_path / "valid.txt").write_text("abc\n")
    encoded = encode_text([tmp_path / "train.txt"], [tmp_path / "valid.txt"], settings, tmp_path / "run")
    assert encoded.symbols.unknown(encoded.valid.rows([0], 4)[0]) == 1


def test_too_little_text_says_how_much_is_needed(tmp_path: Path, settings: LanguageModelSettings) -> None:
    (tmp_path / "short.txt").write_text("too short")
    with pytest.raises(CorpusError, match="4 streams of 8 steps need more than 32"):
        encode_text([tmp_path / "short.txt"], [], settings, tmp_path / "run")


def test_text_that_is_not_utf8_is_named(tmp_path: Path, settings: LanguageModelSettings) -> None:
    (tmp_path / "latin.txt").write_bytes("caf\xe9 ".encode("latin-1") * 100)
    with pytest.raises(CorpusError, match=r"latin\.txt: not UTF-8"):
        encode_text([tmp_path / "latin.txt"], [], settings, tmp_path / "run")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("hiden=3", "did you mean hidden"),
        ("k=0", "k is 0, allowed: 1 or more"),
        ("cell=qrnn", "cell"),
        ("dropout=1.5", r"dropout is 1.5, allowed: \[0, 1\)"),
        ("clip_norm=-1", "clip_norm is -1.0, allowed: more than 0"),
    ],
)
def test_a_setting_that_cannot_be_is_named(override: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_settings([override])


@pytest.mark.parametrize("name", [field.name for field in fields(LanguageModelSettings)])
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "language-model.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("|") and f"`{name}`" in line)
    _, names, defaults, *_ = (cell.strip() for cell in row.split("|"))
    place = [each.strip(" `") for each in names.split(",")].index(name)
    shown = defaults.split(",")[place].strip(" `")
    value = getattr(LanguageModelSettings(), name)
    assert (shown if isinstance(value, str) else float(shown)) == value
