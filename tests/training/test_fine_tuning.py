"""A package learns new text, stays near what it said, and hands on where it comes from."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result

from nmt.cli import main
from nmt.corpus import CorpusSpec, Direction
from nmt.corpus.batching import IdPairs
from nmt.corpus.id_files import map_ids
from nmt.errors import ConfigError
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.runtime import ModelPackage
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.words import ShortLists
from nmt.training.checkpoint import Position
from nmt.training.config import DataConfig, TrainingConfig
from nmt.training.evaluate import validation_loss
from nmt.training.export import Provenance, Trained, export_package
from nmt.training.fine_tuning import Start
from nmt.training.loop import Evaluation, Trainer, UpdateReport
from nmt.training.objective import Objective
from nmt.training.plan import keep_plan
from nmt.training.prepare import Sources, prepare
from nmt.training.prepare_with_settings import prepare_with_settings
from nmt.training.settings import Settings
from nmt.training.short_list import merged
from tokenizer import SubwordTokenizer

CPU = torch.device("cpu")
CONFIG = TrainingConfig(batch_tokens=60, max_updates=24, warmup_updates=4, evaluate_every=10, learning_rate=0.01)


def pairs_of(first: int, last: int, backwards: bool) -> IdPairs:
    """Texts of the ids from `first` to `last`, which the old task copies and the new one turns round."""
    generator = np.random.default_rng(5)
    rows = [generator.integers(first, last, generator.integers(2, 6)).tolist() for _ in range(80)]
    return IdPairs(rows, [row[::-1] for row in rows] if backwards else rows)


OLD, NEW = pairs_of(4, 14, backwards=False), pairs_of(8, 20, backwards=True)


class Watcher:
    def __init__(self, stop: int = 0) -> None:
        self.losses: list[float] = []
        self._stop = stop

    def updated(self, report: UpdateReport, position: Position) -> None:
        self.losses.append(report.loss)
        if position.update == self._stop:
            raise KeyboardInterrupt

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        pass


def loss_on(model: Seq2Seq, pairs: IdPairs) -> float:
    return validation_loss(model, pairs, 200, CPU)


def tuned(original: Seq2Seq, remember: float, run: Path) -> Seq2Seq:
    torch.manual_seed(1)
    run.mkdir()
    config = replace(CONFIG, max_updates=60, evaluate_every=60, remember=remember)
    objective = Objective(config, CPU, original=original)
    trainer = Trainer(copy.deepcopy(original), NEW, config, CPU, run, "same", objective=objective)
    trainer.run(lambda model: Evaluation(loss_on(model, NEW), 0.0, 0.0), Watcher())
    return trainer.model


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Seq2Seq:
    """A model that knows the old task."""
    torch.manual_seed(1)
    model = Seq2Seq(ModelConfig(20, 20, embedding_size=16, encoder_hidden=16, decoder_hidden=32), 0)
    config = replace(CONFIG, max_updates=150, evaluate_every=150)
    trainer = Trainer(model, OLD, config, CPU, tmp_path_factory.mktemp("old"), "same")
    trainer.run(lambda each: Evaluation(loss_on(each, OLD), 0.0, 0.0), Watcher())
    return trainer.model


def test_a_model_that_remembers_learns_the_new_and_forgets_less_of_the_old(original: Seq2Seq, tmp_path: Path) -> None:
    plain, remembering = tuned(original, 0.0, tmp_path / "plain"), tuned(original, 0.5, tmp_path / "remembering")
    assert loss_on(plain, NEW) < loss_on(original, NEW)
    assert loss_on(remembering, NEW) < loss_on(original, NEW)
    assert loss_on(original, OLD) < loss_on(remembering, OLD) < loss_on(plain, OLD)


def test_fine_tuning_that_was_stopped_goes_on_bit_for_bit(original: Seq2Seq, tmp_path: Path) -> None:
    def trainer(run: Path) -> Trainer:
        run.mkdir(exist_ok=True)
        torch.manual_seed(1)
        sizes = replace(original.config, dropout=DropoutConfig(word=0.1))
        model = Seq2Seq(sizes, 0)
        model.load_state_dict(original.state_dict())
        config = replace(CONFIG, remember=0.5, consistency=0.5, average_decay=0.9)
        return Trainer(model, NEW, config, CPU, run, "same", objective=Objective(config, CPU, original=original))

    def evaluate(model: Seq2Seq) -> Evaluation:
        return Evaluation(loss_on(model, NEW), 0.0, 0.0)

    whole, watched = trainer(tmp_path / "whole"), Watcher()
    whole.run(evaluate, watched)
    with pytest.raises(KeyboardInterrupt):
        trainer(tmp_path / "stopped").run(evaluate, Watcher(stop=17))
    resumed, rest = trainer(tmp_path / "stopped"), Watcher()
    assert resumed.resume()
    resumed.run(evaluate, rest)
    assert rest.losses == watched.losses[10:]
    assert all(map(torch.equal, resumed.model.parameters(), whole.model.parameters()))


def test_there_must_be_something_to_remember(original: Seq2Seq, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a package with --from"):
        Trainer(original, NEW, replace(CONFIG, remember=0.5), CPU, tmp_path, "same")


def test_merged_short_lists_open_the_translations_of_either_once() -> None:
    known = ShortLists(np.array([3, 5]), np.array([[6, 7], [8, 10], [10, 10]]), 10)
    learned = ShortLists(np.array([4, 5]), np.array([[7, 9], [10, 10], [10, 10]]), 10)
    both = merged(known, learned)
    assert both.always.tolist() == [3, 5]
    assert both.translations.tolist() == [[6, 7, 9], [8, 10, 10], [10, 10, 10]]


@pytest.fixture
def new_pairs(tmp_path: Path) -> Path:
    path = tmp_path / "new.tsv"
    path.write_text("".join(f"red cat {n} sleeps {m}\tKatze {n} und {m}\n" for n in range(9) for m in range(9)))
    return path


def tune(package: Path, new: Path, tmp_path: Path, *more: object) -> Result:
    arguments = ["train", "--from", package, "--train", new, "--output", tmp_path / "tuned", "--threads", 1]
    arguments += ["--run-dir", tmp_path / "run", "--set", "training.max_updates=2", *more]
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_a_fine_tuned_package_says_what_it_was_made_of_and_scores_before_and_after(
    package: Path, new_pairs: Path, tmp_path: Path
) -> None:
    general = tmp_path / "general.tsv"
    general.write_text("".join(f"old dog {n}\told tree {n}\n" for n in range(200)))
    done = tune(package, new_pairs, tmp_path, "--test", general, "--mix", general)
    assert done.exit_code == 0, done.output
    assert "before" in done.output
    begun, manifest = ModelPackage.open(package).manifest, ModelPackage.open(tmp_path / "tuned").manifest
    assert (manifest.source, manifest.target) == ("en", "xx")
    assert manifest.model == begun.model
    assert manifest.vocabulary == begun.vocabulary
    assert manifest.files["joint.spm"] == begun.files["joint.spm"]
    assert [(each.name, each.pairs) for each in manifest.corpora] == [("new.tsv", 81), ("general.tsv", 200)]
    ancestor = manifest.fine_tuned_from
    assert ancestor is not None
    assert (ancestor.name, ancestor.version) == (begun.name, begun.version)
    tests = [(each.test_set, each.metric) for each in manifest.scores]
    assert [(each.test_set, each.metric) for each in ancestor.scores] == tests
    assert [name.split("/")[-1] for name, metric in tests if metric == "BLEU"] == ["general", "validation"]
    card = (tmp_path / "tuned" / "CARD.md").read_text()
    assert f"It was fine-tuned from en-xx, version {begun.version}." in card
    assert "| before fine-tuning |" in card
    held_out = json.loads((tmp_path / "run" / "corpus.json").read_text())["files"]
    by_role = sorted((item["role"], item["pairs"]) for item in held_out)
    assert by_role == [("test", 200), ("train", 73), ("train", 200), ("valid", 8)]


def test_what_a_package_could_say_it_can_still_say(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    assert tune(package, new_pairs, tmp_path).exit_code == 0
    lists = []
    for path in (package, tmp_path / "tuned"):
        with (path / "arrays.npz").open("rb") as file:
            lists.append(ModelArrays.read(file).short_lists)
    before, after = lists
    assert before is not None
    assert after is not None
    for source in range(before.translations.shape[0]):
        assert set(before.of([source], [])) <= set(after.of([source], []))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--set", "model.decoder_hidden=64"], "model.decoder_hidden is 64, but"),
        (["--set", "data.joint=false"], "data.joint is False, but"),
        (["--set", "data.vocabulary_size=50"], "data.vocabulary_size is 50, but"),
        (["--source", "de"], "translates en to xx, not de to xx"),
    ],
)
def test_what_contradicts_the_package_is_refused(
    package: Path, new_pairs: Path, tmp_path: Path, more: list[str], message: str
) -> None:
    done = tune(package, new_pairs, tmp_path, *more)
    assert done.exit_code == 1
    assert message in done.output


def test_a_package_without_weights_is_refused(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    manifest = json.loads((package / "manifest.json").read_text())
    del manifest["files"]["weights.safetensors"]
    for name in manifest["files"]:
        (bare / name).write_bytes((package / name).read_bytes())
    (bare / "manifest.json").write_text(json.dumps(manifest))
    done = tune(bare, new_pairs, tmp_path)
    assert done.exit_code == 1
    assert "has no weights.safetensors, so it can be served but not fine-tuned" in done.output


def test_a_run_goes_on_from_the_package_it_began_from_and_no_other(
    package: Path, new_pairs: Path, tmp_path: Path
) -> None:
    assert tune(package, new_pairs, tmp_path).exit_code == 0
    longer = tune(package, new_pairs, tmp_path, "--set", "training.max_updates=3")
    assert "going on from update 2" in longer.output
    other = tmp_path / "other"
    (tmp_path / "tuned").rename(other)
    refused = tune(other, new_pairs, tmp_path)
    assert refused.exit_code == 1
    assert "the training there began from package version" in refused.output


def test_fine_tuning_does_not_replace_what_it_begins_from(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    done = tune(package, new_pairs, tmp_path, "--output", package)
    assert done.exit_code == 1
    assert "put the new package in its place with nmt promote" in done.output


def test_what_was_encoded_in_other_subwords_is_encoded_anew(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    sources = Sources((CorpusSpec.parse(str(new_pairs)),), Direction("en", "xx"))
    begun = prepare(DataConfig(vocabulary_size=300), sources, run)
    assert begun.source_tokenizer.to_bytes() != (package / "joint.spm").read_bytes()
    kept = tune(package, new_pairs, tmp_path, "--keep-corpus")
    assert kept.exit_code == 1
    assert "is not in the subwords of" in kept.output
    assert not (run / "start.json").exists()
    assert tune(package, new_pairs, tmp_path).exit_code == 0
    ids = IdPairs.of_arrays(map_ids(run / "corpus", "train"), ())
    tokenizer = SubwordTokenizer.load(package / "joint.spm")
    texts = {tokenizer.decode(ids.source(index).tolist()) for index in range(len(ids))}
    assert texts <= {line.split("\t")[0] for line in new_pairs.read_text().splitlines()}


def test_a_refused_setting_leaves_the_run_directory_alone(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    assert tune(package, new_pairs, tmp_path, "--set", "model.decoder_hidden=64").exit_code == 1
    assert not (tmp_path / "run" / "start.json").exists()


def test_the_plan_of_a_fine_tuning_follows_from_the_package_and_the_updates_asked_for(
    package: Path, new_pairs: Path, tmp_path: Path
) -> None:
    shown = tune(package, new_pairs, tmp_path, "--dry-run", "--set", "training.max_updates=50")
    assert shown.exit_code == 0, shown.output
    rows = [line.replace(" ", "") for line in shown.output.splitlines()]
    assert any(row.startswith("│training.warmup_updates│5│preset") for row in rows)
    assert any(row.startswith("│training.evaluate_every│10│preset") for row in rows)
    assert any(row.startswith("│training.remember│0.5│preset") for row in rows)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("recorded", "asked", "hidden"),
    [
        ("training:\n  dropout_falls_from: 0.5\n", (), 0.0),
        ("training:\n  dropout_falls_from: 0.5\n", ("model.dropout.hidden=0.1",), 0.1),
        ("training:\n  dropout_falls_from: 1.0\n", (), 0.2),
        ("", (), 0.2),
    ],
)
def test_dropout_that_fell_to_none_comes_back_only_when_it_is_asked_for(
    trained: Trained, tmp_path: Path, recorded: str, asked: tuple[str, ...], hidden: float
) -> None:
    export_package(tmp_path / "en-xx", trained, Provenance("en-xx", "en", "xx", "2026-01-01", "nmt train", recorded))
    dropout = Start.open(tmp_path / "en-xx").settings(Settings.parse(asked)).model_config(40, 40).dropout
    assert dropout.hidden == hidden
    assert dropout.embedding == (0.0 if "0.5" in recorded else 0.2)
    assert dropout.kind == "variational"


def test_the_plan_of_several_processes_is_shown_once_and_counts_what_all_see(
    package: Path, new_pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(rank: int, count: int) -> str:
        for name, value in (("RANK", rank), ("WORLD_SIZE", count), ("LOCAL_WORLD_SIZE", count)):
            monkeypatch.setenv(name, str(value))
        done = tune(package, new_pairs, tmp_path, "--dry-run", "--set", "training.max_updates=300")
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    (alone,), (together,) = (
        re.findall(r"300 updates are ([\d.]+) epochs .*Each pair is seen up to \1 times", shown(0, count))
        for count in (1, 2)
    )
    assert float(together) == pytest.approx(2 * float(alone), abs=0.2)
    assert shown(1, 2) == ""


def test_several_processes_see_the_new_text_as_often_as_one_and_fewer_go_on_with_their_plan(
    package: Path, new_pairs: Path, tmp_path: Path
) -> None:
    sources = Sources((CorpusSpec.parse(str(new_pairs)),), Direction("en", "xx"))
    settings, start, run = Settings.parse(["training.batch_tokens=10"]), Start.open(package), tmp_path / "run"

    def updates(processes: int) -> int:
        return prepare_with_settings(settings, sources, run, start, processes=processes)[1].training.max_updates

    assert updates(1) // 2 == updates(2) > 100  # the least there are
    completed = prepare_with_settings(settings, sources, run, start, processes=2)[1]
    keep_plan(completed, run)
    (run / "last.safetensors").write_bytes(b"a checkpoint")
    assert updates(1) == completed.training.max_updates


def test_corpora_that_only_share_a_file_name_are_both_named(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    assert tune(package, new_pairs, tmp_path).exit_code == 0
    again = tmp_path / "again"
    again.mkdir()
    elsewhere = again / new_pairs.name
    elsewhere.write_bytes(new_pairs.read_bytes())
    assert tune(tmp_path / "tuned", elsewhere, again).exit_code == 0
    corpora = ModelPackage.open(again / "tuned").manifest.corpora
    assert [each.name for each in corpora] == ["new.tsv", "new.tsv"]


def test_a_test_sentence_that_is_too_long_is_found_before_training(
    package: Path, new_pairs: Path, tmp_path: Path
) -> None:
    long = tmp_path / "long.tsv"
    long.write_text(f"cat\tKatze\n{'dog ' * 600}\tHund\n")
    done = tune(package, new_pairs, tmp_path, "--test", long)
    assert done.exit_code == 1
    assert "the source of pair 2 has" in done.output
    assert not (tmp_path / "tuned").exists()


def test_restart_forgets_the_training_and_nothing_else(package: Path, new_pairs: Path, tmp_path: Path) -> None:
    assert tune(package, new_pairs, tmp_path).exit_code == 0
    run = tmp_path / "run"
    (run / "notes.txt").write_text("mine")
    refused = tune(package, new_pairs, tmp_path, "--restart", "--test", tmp_path / "missing.tsv")
    assert refused.exit_code == 1
    assert (run / "best.safetensors").exists()
    assert "leave one of them out" in tune(package, new_pairs, tmp_path, "--restart", "--keep-corpus").output
    done = tune(package, new_pairs, tmp_path, "--restart")
    assert done.exit_code == 0
    assert "going on" not in done.output
    assert (run / "notes.txt").read_text() == "mine"
