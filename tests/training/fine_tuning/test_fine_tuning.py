"""`nmt train --from`: a package learns new text, hands on where it comes from, and keeps what it could say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.corpus import CorpusSpec, Direction
from nmt.corpus.batching import IdPairs
from nmt.corpus.id_files import map_ids
from nmt.runtime import ModelPackage, WordBeginnings
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.words import Subwords, beginnings_of
from nmt.training.data.prepare import Sources, prepare
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.fine_tuning.start import Start
from nmt.training.settings.config import DataConfig
from nmt.training.settings.resolved import write_resolved_settings
from nmt.training.settings.settings import Settings
from tokenizer import SubwordTokenizer


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
    general.write_text("".join(f"old dog {n} and\told tree {n} und\n" for n in range(200)))
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


def test_words_of_the_new_text_are_spelled_so_if_the_package_says_how_words_are_spelled(
    trained: Trained, new_pairs: Path, tmp_path: Path
) -> None:
    assert tune(_written(trained, tmp_path / "silent"), new_pairs, tmp_path).exit_code == 0
    assert ModelPackage.open(tmp_path / "tuned").manifest.files.keys() & {"word_beginnings.npz"} == set()
    known = WordBeginnings.of([12345])
    begun = _written(replace(trained, word_beginnings=known), tmp_path / "speaking")
    assert tune(begun, new_pairs, tmp_path, "--restart").exit_code == 0
    found = WordBeginnings.of_bytes(ModelPackage.open(tmp_path / "tuned").read("word_beginnings.npz"))
    tokenizer = trained.target_tokenizer
    subwords = Subwords(tokenizer.pieces(range(tokenizer.vocabulary_size)))
    katze = beginnings_of(subwords, tokenizer.encode("Katze"))
    assert all(each in found for each in [12345, *katze])
    assert len(found.bits) == len(known.bits)


def _written(trained: Trained, path: Path) -> Path:
    export_package(path, model_files(trained), Provenance("en-xx", "en", "xx", "2026-01-01", "nmt train", ""))
    return path


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
    del manifest["files"]["weights.safetensors.gz"]
    for name in manifest["files"]:
        (bare / name).write_bytes((package / name).read_bytes())
    (bare / "manifest.json").write_text(json.dumps(manifest))
    done = tune(bare, new_pairs, tmp_path)
    assert done.exit_code == 1
    assert "has no weights.safetensors.gz, so it can be served but not fine-tuned" in done.output


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
    export_package(
        tmp_path / "en-xx", model_files(trained), Provenance("en-xx", "en", "xx", "2026-01-01", "nmt train", recorded)
    )
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
    write_resolved_settings(completed, run)
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
