"""The whole path on a task that can be learned: English number names to German ones, from nothing to HTTP.

German says the units before the tens and writes a number as one word, so no rule of word order will do. What is
asked at the end are numbers that training never saw.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from num2words import num2words
from rich.console import Console
from servers import server_process
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_pre_hook

from nmt.corpus import CorpusSpec, Direction
from nmt.runtime import Translator
from nmt.training.data.prepare import Sources
from nmt.training.settings.settings import Settings
from nmt.training.train import TrainRequest, train_package
from service.settings import Settings as ServiceSettings

TAU = 0.5
UPDATES = 400
SETTINGS = (
    "data.vocabulary_size=340",
    "model.embedding_size=64",
    "model.encoder_hidden=64",
    "model.decoder_hidden=128",
    "model.decoder_layers=1",
    "model.dropout.word=0.0",
    "model.dropout.embedding=0.0",
    "model.dropout.hidden=0.05",
    f"training.max_updates={UPDATES}",
    "training.evaluate_every=100",
    "training.evaluate_pairs=50",
    "training.batch_tokens=800",
    "training.warmup_updates=50",
    "training.learning_rate=0.006",
    "training.label_smoothing=0.05",
    "training.average_decay=0",
    f"training.clip_norm={TAU}",
)


@dataclass(frozen=True)
class Learned:
    request: TrainRequest
    package: Path
    report: dict[str, Any]
    log: list[dict[str, Any]]
    applied_norms: list[float]
    unseen: list[tuple[str, str]]


def number_names(seed: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    numbers = list(range(10_000))
    random.Random(seed).shuffle(numbers)
    pairs = [(num2words(number, lang="en"), num2words(number, lang="de")) for number in numbers[:4400]]
    return pairs[:4000], pairs[4000:]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    directory = tmp_path_factory.mktemp("numbers")
    seen, unseen = number_names(seed=1)
    pairs = directory / "pairs.tsv"
    pairs.write_text("".join(f"{source}\t{target}\n" for source, target in seen), encoding="utf-8")
    norms: list[float] = []

    def note_norm(optimizer: Optimizer, *_: object) -> None:
        gradients = [parameter.grad for group in optimizer.param_groups for parameter in group["params"]]
        norms.append(torch.stack([gradient.norm() for gradient in gradients]).norm().item())

    sources = Sources((CorpusSpec((pairs,)),), Direction("en", "de"))
    request = TrainRequest(sources, directory / "models" / "en-de", directory / "run", "nmt train")
    hook = register_optimizer_step_pre_hook(note_norm)
    try:
        train_package(request, Settings.parse(SETTINGS), torch.device("cpu"), Console(quiet=True))
    finally:
        hook.remove()
    log = [json.loads(line) for line in (directory / "run" / "log.jsonl").read_text().splitlines()]
    return Learned(request, request.output, report_of(request), log, norms, unseen)


def report_of(request: TrainRequest) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((request.run / "report.json").read_text())
    return made


@pytest.fixture(scope="module")
def client(learned: Learned) -> Iterator[httpx.Client]:
    with server_process(ServiceSettings(models_dir=learned.package.parent)) as server:
        yield server.client


def test_numbers_never_seen_are_translated_exactly(learned: Learned, client: httpx.Client) -> None:
    sources, expected = zip(*learned.unseen, strict=True)
    answers: list[str] = []
    for start in range(0, len(sources), 100):
        body = {"q": sources[start : start + 100], "source": "en", "target": "de"}
        answers += client.post("/translate", json=body).raise_for_status().json()["translatedText"]
    exact = sum(answer == right for answer, right in zip(answers, expected, strict=True))
    assert exact >= 0.95 * len(expected)


@pytest.mark.parametrize("beam_size", [1, 5])
def test_every_translation_ends_by_itself_and_no_longer_than_it_should(learned: Learned, beam_size: int) -> None:
    with Translator.load(learned.package) as translator:
        results = translator.translate([source for source, _ in learned.unseen], beam_size=beam_size)
    assert sum(result.translations[0].reached_end for result in results) >= 0.99 * len(results)


def test_gradients_were_clipped_to_tau_before_they_were_applied(learned: Learned) -> None:
    updates = [line for line in learned.log if line["event"] == "update"]
    assert len(learned.applied_norms) == UPDATES
    assert 0.0 < updates[-1]["clipped_share"] < 1.0
    assert max(learned.applied_norms) == pytest.approx(TAU, rel=1e-3)


def test_the_loss_went_down_and_the_scores_went_up(learned: Learned) -> None:
    first, *_, last = (line for line in learned.log if line["event"] == "evaluation")
    assert last["loss"] < first["loss"]
    assert last["chrf"] > 95.0


def test_the_training_left_a_report_for_people_and_one_for_programs(learned: Learned) -> None:
    page, report = (learned.request.run / "report.html").read_text(), learned.report
    assert (report["updates"], report["training_pairs"], report["validation_pairs"]) == (UPDATES, 3600, 400)
    assert report["scores"][1]["value"] > 95.0
    assert report["sentences"]["best"][0]["chrf"] == pytest.approx(100)
    assert [len(each["samples"]) for each in report["history"]["evaluations"]] == [3] * 4
    assert report["sentences"]["worst"][0]["reference"] in page
    assert len(report["attention"]) == 3
    assert all(sum(row) == pytest.approx(1, abs=0.02) for row in report["attention"][0]["weights"])
    assert report["comparison"] is None


def test_said_again_it_only_exports_and_compares_with_what_stood_there_before(learned: Learned) -> None:
    train_package(learned.request, Settings.parse(SETTINGS), torch.device("cpu"), Console(quiet=True))
    again = report_of(learned.request)
    assert again["comparison"] is None  # and not the package with itself
    assert again["history"] == learned.report["history"]
