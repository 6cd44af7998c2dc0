"""A full disk: what is there stays whole, what is half written goes, and the message says how much is missing."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from tiny_training import in_process

from nmt.corpus import CorpusSpec, Direction
from nmt.errors import DiskFull
from nmt.training.data.prepare import Sources, prepare
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from nmt.training.run.disk_space import LineFile
from nmt.training.run.hashed_tensors import read_hashed_tensors, write_hashed_tensors
from nmt.training.settings.config import DataConfig


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """What a disk does that is full after `size` bytes of a file, without one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_checkpoint_without_room_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"
    write_hashed_tensors(path, {"a": torch.ones(10)}, {"n": "1"})
    with (
        files_no_larger_than(2000),
        pytest.raises(
            DiskFull,
            match=r"last\.safetensors: could not be written \(File too large\): 4,000 bytes are needed and \S+ bytes",
        ),
    ):
        write_hashed_tensors(path, {"a": torch.ones(1000)}, {"n": "2"}, tmp_path / "previous.safetensors")
    assert os.listdir(tmp_path) == [path.name]
    assert read_hashed_tensors(path)[1] == {"n": "1"}


def corpus(directory: Path) -> Sources:
    path = directory / "pairs.tsv"
    path.write_text("".join(f"the number {number} is here\tdie Zahl {number} ist hier\n" for number in range(80)))
    return Sources((CorpusSpec((path,)),), Direction("en", "de"))


@pytest.mark.parametrize(
    ("size", "named"), [(3000, r"/corpus: "), (4500, r"/joint\.spm: ")], ids=["the pairs", "the vocabulary"]
)
def test_a_corpus_without_room_leaves_nothing_half_encoded(tmp_path: Path, size: int, named: str) -> None:
    config = DataConfig(vocabulary_size=330, held_out=10)
    sources = corpus(tmp_path)
    with files_no_larger_than(size), pytest.raises(DiskFull, match=named):
        prepare(config, sources, tmp_path / "run")
    assert not list((tmp_path / "run").iterdir())
    assert len(prepare(config, sources, tmp_path / "run").train) == 72


def test_a_package_without_room_leaves_the_one_before(tmp_path: Path, trained: Trained) -> None:
    directory = tmp_path / "models" / "en-xx"
    provenance = Provenance("en-xx", "en", "xx", "2026-01-01", "nmt train", "")
    export_package(directory, model_files(trained), provenance)
    before = {path.name: path.read_bytes() for path in directory.iterdir()}
    with files_no_larger_than(20_000), pytest.raises(DiskFull, match=r"en-xx: could not .*same command again"):
        export_package(directory, model_files(trained), provenance)
    assert {path.name: path.read_bytes() for path in directory.iterdir()} == before
    assert os.listdir(directory.parent) == ["en-xx"]


def test_a_log_without_room_ends_in_a_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    lines = LineFile(path)
    lines.add("a" * 50)
    with files_no_larger_than(80), pytest.raises(DiskFull, match=r"log\.jsonl: could not .*: 51 bytes are needed"):
        lines.add("b" * 50)
    lines.add("c")
    lines.close()
    assert path.read_text() == "a" * 50 + "\nc\n"


@pytest.mark.parametrize("whole", ["", "one\n", "one\n" + "two" * 50_000 + "\n"])
def test_a_line_that_a_kill_left_unfinished_is_dropped(tmp_path: Path, whole: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(whole + "thr" * 30_000)
    lines = LineFile(path)
    lines.add("four")
    lines.close()
    assert path.read_text() == whole + "four\n"


def test_on_a_disk_that_is_really_full_training_stops_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    script = f'mount -t tmpfs -o size=4m none "{place}" && cd "{place}" && exec "$@"'
    if subprocess.run([*command, script, "sh", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system of their own")
    done = subprocess.run(
        [*command, script, "sh", *in_process("train_until_the_disk_is_full()")],
        capture_output=True,
        text=True,
        check=True,
    )
    message, left, resumed, update = done.stdout.splitlines()
    assert "could not be written (No space left on device)" in message
    assert "20,480 bytes are free in run" in message
    assert set(json.loads(left)) == {"last.safetensors", "best.safetensors"}
    assert (resumed, update) == ("True 10", "24")
