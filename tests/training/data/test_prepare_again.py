"""A corpus is encoded once for a run: what happens when a file, a setting or what was encoded has changed since."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from numbered_pairs import CONFIG, DIRECTION, begin, sources, write

from nmt.corpus import CorpusSpec, Direction
from nmt.errors import CheckpointError, ConfigError, CorpusError
from nmt.training.data import prepare as preparing
from nmt.training.data.prepare import Sources, prepare
from nmt.training.settings.config import DataConfig


def test_what_is_encoded_is_not_encoded_again(
    tmp_path: Path, spec: CorpusSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = prepare(CONFIG, sources(spec), tmp_path / "run")
    os.utime(spec.paths[0], (1, 1))  # touched, and the same
    monkeypatch.setattr(preparing, "encode_corpus", None)
    second = prepare(CONFIG, sources(spec), tmp_path / "run")
    assert second.fingerprint() == first.fingerprint()
    assert (second.report(), second.length) == (first.report(), first.length)
    labelled = prepare(CONFIG, sources(replace(spec, domain="numbers")), tmp_path / "run")
    assert labelled.report()[-1] == "numbers: 190 training pairs"


def test_before_any_checkpoint_a_changed_corpus_is_simply_read(tmp_path: Path, spec: CorpusSpec) -> None:
    first = prepare(CONFIG, sources(spec), tmp_path / "run")
    second = prepare(CONFIG, sources(write(spec.paths[0], 1000, 150)), tmp_path / "run")
    assert len(second.train) < len(first.train)


def test_a_training_says_which_source_changed_under_it_and_how(tmp_path: Path, spec: CorpusSpec) -> None:
    other = write(tmp_path / "b.tsv", 500, 100)
    first = prepare(CONFIG, sources(spec, other), tmp_path / "run")
    begin(tmp_path / "run")
    write(other.paths[0], 500, 101)
    message = (
        r"began with another corpus: \S*b\.tsv: was 4,500 bytes, modified .* SHA-256 \w{12}; "
        r"is 4,545 bytes, .* SHA-256 \w{12}\. Put it back .*--keep-corpus.*--run-dir.*--restart"
    )
    with pytest.raises(CheckpointError, match=message) as refused:
        prepare(CONFIG, sources(spec, other), tmp_path / "run")
    assert "a.tsv" not in str(refused.value).split(". Put it back")[0]
    kept = prepare(CONFIG, sources(spec, other, keep=True), tmp_path / "run")
    assert kept.fingerprint() == first.fingerprint()
    write(other.paths[0], 500, 100)
    assert prepare(CONFIG, sources(spec, other), tmp_path / "run").fingerprint() == first.fingerprint()


def test_a_training_says_which_setting_changed_under_it(tmp_path: Path, spec: CorpusSpec) -> None:
    prepare(CONFIG, sources(spec), tmp_path / "run")
    begin(tmp_path / "run")
    changed = replace(CONFIG, max_subwords=7)
    with pytest.raises(CheckpointError, match=r"data\.max_subwords was 100 and is 7"):
        prepare(changed, sources(spec), tmp_path / "run")
    with pytest.raises(CheckpointError, match=r"a\.tsv: weight was 1\.0 and is 2"):
        prepare(CONFIG, sources(replace(spec, weight=2)), tmp_path / "run")
    with pytest.raises(CheckpointError, match=r"the validation sources were none and are \S*a\.tsv"):
        prepare(CONFIG, sources(spec, valid=(spec,)), tmp_path / "run")


@pytest.mark.parametrize(
    ("config", "direction", "said"),
    [
        (replace(CONFIG, vocabulary_size=340), DIRECTION, r"data\.vocabulary_size was 330 and is 340"),
        (CONFIG, Direction("de", "en"), "the direction was en to de and is de to en"),
    ],
)
def test_a_corpus_that_is_kept_is_kept_as_it_was_made(
    tmp_path: Path, spec: CorpusSpec, config: DataConfig, direction: Direction, said: str
) -> None:
    prepare(CONFIG, sources(spec), tmp_path / "run")
    with pytest.raises(CheckpointError, match=f"--keep-corpus: .* was made otherwise: {said}"):
        prepare(config, Sources((spec,), direction, keep=True), tmp_path / "run")


def test_a_source_that_is_gone_can_be_done_without(tmp_path: Path, spec: CorpusSpec) -> None:
    first = prepare(CONFIG, sources(spec), tmp_path / "run")
    spec.paths[0].unlink()
    with pytest.raises(CorpusError, match=r"a\.tsv: cannot be read .*--keep-corpus"):
        prepare(CONFIG, sources(spec), tmp_path / "run")
    assert prepare(CONFIG, sources(spec, keep=True), tmp_path / "run").fingerprint() == first.fingerprint()
    with pytest.raises(ConfigError, match=r"--keep-corpus: .* has no whole corpus"):
        prepare(CONFIG, sources(spec, keep=True), tmp_path / "elsewhere")


@pytest.mark.parametrize("name", ["train.target-ids", "valid-pairs", "corpus.json"])
def test_a_file_of_the_encoded_corpus_that_is_cut_is_written_anew(tmp_path: Path, spec: CorpusSpec, name: str) -> None:
    fingerprint = prepare(CONFIG, sources(spec), tmp_path / "run").fingerprint()
    file = tmp_path / "run" / "corpus" / name
    os.truncate(file, file.stat().st_size // 2)
    assert prepare(CONFIG, sources(spec), tmp_path / "run").fingerprint() == fingerprint


def test_a_corpus_that_was_half_encoded_is_encoded_whole(tmp_path: Path, spec: CorpusSpec) -> None:
    partial = tmp_path / "run" / "corpus.partial"
    partial.mkdir(parents=True)
    (partial / "kept-pairs").write_bytes(b"one\neins\ntw")
    assert len(prepare(CONFIG, sources(spec), tmp_path / "run").train) == 190
    assert not partial.exists()


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"junk")])
def test_a_vocabulary_that_is_damaged_or_gone_is_named_and_can_be_made_again(
    tmp_path: Path, spec: CorpusSpec, damage: Callable[[Path], object]
) -> None:
    run = tmp_path / "run"
    first = prepare(CONFIG, sources(spec), run)
    begin(run)
    damage(run / "joint.spm")
    with pytest.raises(
        CheckpointError, match=r"joint\.spm: cannot be read .* Remove what is left of it, and \S*corpus:"
    ):
        prepare(CONFIG, sources(spec), run)
    (run / "joint.spm").unlink(missing_ok=True)
    shutil.rmtree(run / "corpus")
    assert prepare(CONFIG, sources(spec), run).fingerprint() == first.fingerprint()


def test_a_source_that_was_mixed_in_and_is_not_any_more_is_a_change(tmp_path: Path, spec: CorpusSpec) -> None:
    general = write(tmp_path / "general.tsv", 1000, 50)
    prepare(CONFIG, sources(spec, mixed=(general,)), tmp_path / "run")
    (tmp_path / "run" / "last.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match="1 sources were mixed in and are 0"):
        prepare(CONFIG, sources(spec, general), tmp_path / "run")
