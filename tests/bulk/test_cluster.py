"""`nmt bulk` on a cluster of this machine's processes, which are killed: each line comes out once, in its place."""

from __future__ import annotations

import gzip
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from object_store import BUCKET, bucket_of_object_store
from ray_cluster import Cluster, running_cluster, workers_with

from nmt.bulk.answering import LineTranslator
from nmt.bulk.back_translation.filters import Filters, RoundTrip
from nmt.bulk.back_translation.making import BackTranslator
from nmt.bulk.formats import FormatOptions, stored_format
from nmt.bulk.translating import TranslatedPiece
from nmt.runtime import Translator
from nmt.text import translate_texts

pytestmark = pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra cluster")

WORDS = ("red", "blue", "small", "old", "house", "cat", "dog", "tree", "runs", "sleeps", "and", "not")
SHARD_LINES = 10
LINES = 2500
MakePackage = Callable[..., Path]
LONGEST_SECONDS = 240
"""That a run may take; only a broken one takes as long."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # Paths of sockets are limited to 107 bytes, and pytest's directories grow with its processes.
    with TemporaryDirectory(prefix="ray") as directory, running_cluster(Path(directory)) as started:
        yield started


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of lines, one much longer than the others, some lines with traps."""
    directory = tmp_path_factory.mktemp("texts")
    draw = random.Random(7)
    lines = [" ".join(draw.choices(WORDS, k=draw.randint(1, 9))) for _ in range(LINES)]
    lines[3], lines[17], lines[18] = "", "red\u2028cat\x85dog", "&Tree"
    (directory / "long.txt").write_text("\n".join(lines), encoding="utf-8", newline="\n")
    (directory / "sub").mkdir()
    (directory / "sub" / "short.txt").write_bytes(b"red cat\r\n\r\nold caf\xe9\nblue dog\n")
    (directory / "packed.txt.gz").write_bytes(gzip.compress("\n".join(lines[:45]).encode()))
    (directory / "empty.txt").touch()
    return directory


@pytest.fixture(scope="module")
def expected(texts: Path, package: Path) -> dict[str, bytes]:
    """The output, by name, made without any machinery."""
    with Translator.load(package, threads=1) as translator:
        options = translator.options(beam_size=1)

        def translated(lines: list[str]) -> str:
            return "\n".join(each.text().replace("\n", " ") for each in translate_texts(translator, lines, options))

        lines = (texts / "long.txt").read_text(encoding="utf-8").split("\n")
        short = translated(["red cat", "blue dog"]).split("\n")
        return {
            "long.txt": translated(lines).encode(),
            "packed.txt.gz": translated(lines[:45]).encode(),
            "sub/short.txt": f"{short[0]}\r\n\r\n\n{short[1]}\n".encode(),
            "empty.txt": b"",
        }


def output_of(directory: Path) -> dict[str, bytes]:
    """The files that are whole, unpacked."""
    found = {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and ".nmt-bulk" not in path.parts and not path.name.endswith(".errors.jsonl")
    }
    return {name: gzip.decompress(content) if name.endswith(".gz") else content for name, content in found.items()}


def command(package: Path, texts: Path | str, output: Path | str, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "nmt", "bulk", "--model", str(package), "--beam-size", "1"),
        *("--shard-lines", str(SHARD_LINES), "--input", str(texts), "--output", str(output), *options),
    ]


def started(cluster: Cluster, arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(arguments, env=cluster.environment, stderr=subprocess.PIPE, text=True)


def wait_for_shards(run: subprocess.Popen[str], output: Path, count: int, name: str = "long.txt") -> None:
    """Wait until `count` pieces of a file are stored."""
    shards = output / ".nmt-bulk" / "shards" / name
    latest = time.monotonic() + LONGEST_SECONDS
    while not shards.is_dir() or sum(1 for _ in shards.iterdir()) < count:
        try:
            run.wait(0.01)
        except subprocess.TimeoutExpired:
            if time.monotonic() < latest:
                continue
            run.kill()
        raise AssertionError(f"it ended before the kill: {run.stderr.read() if run.stderr else ''}")


def finished(run: subprocess.Popen[str]) -> str:
    _, said = run.communicate(timeout=LONGEST_SECONDS)
    assert run.returncode == 0, said
    return said


def test_kills_of_driver_worker_and_machine_leave_no_trace(
    cluster: Cluster, package: Path, texts: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    arguments = command(package, texts, output, "--address", cluster.address)
    draw = random.Random()
    for least, most in ((1, 60), (70, 120)):
        run = started(cluster, arguments)
        wait_for_shards(run, output, draw.randint(least, most))
        run.kill()
        run.communicate()
        assert "long.txt" not in output_of(output)
    machine = cluster.add_machine()
    run = started(cluster, arguments)
    wait_for_shards(run, output, draw.randint(130, 150))
    os.kill(draw.choice(cluster.workers()), signal.SIGKILL)
    wait_for_shards(run, output, draw.randint(160, 200))
    cluster.lose(machine)
    said = finished(run)
    assert output_of(output) == expected
    assert "4 files, 2,549 lines, 1 error (" in said
    errors = (output / "sub" / "short.txt.errors.jsonl").read_text(encoding="utf-8")
    assert (
        '"line": 3, "error": "not UTF-8; convert the file, for example with iconv", "text": "old caf\\\\xe9"' in errors
    )
    assert not [path for path in output.rglob("*") if path.name.endswith(".partial") or "-" in path.stem[8:9]]


def test_a_changed_input_or_model_is_refused_by_name_and_a_finished_run_starts_nothing(
    cluster: Cluster, package: Path, texts: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    output, copied = tmp_path / "out", tmp_path / "in"
    copied.mkdir()
    (copied / "a.txt").write_bytes(b"red cat\nblue dog\n" * 10)
    arguments = command(package, copied, output, "--address", cluster.address)
    finished(started(cluster, arguments))
    first = (output / "a.txt").read_bytes()
    nowhere = command(package, copied, output, "--address", "127.0.0.1:1")  # nothing answers there, nor is asked
    again = subprocess.run(nowhere, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "(20 lines were there before)" in again.stderr
    (copied / "a.txt").write_bytes(b"red cat\nblue cat\n" * 10)
    refused = subprocess.run(nowhere, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert f"{copied / 'a.txt'}: has changed since it was translated" in refused.stderr
    assert (output / "a.txt").read_bytes() == first
    other = subprocess.run([*nowhere, "--beam-size", "2"], capture_output=True, text=True, check=False)
    assert "was begun with --beam-size 1, and this is 2" in other.stderr


def test_objects_of_a_store_are_translated_to_objects(
    cluster: Cluster, package: Path, texts: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    with bucket_of_object_store() as (store, environment):
        store.put(str(texts / "sub"), f"{BUCKET}/in", recursive=True)
        store.put(str(texts / "packed.txt.gz"), f"{BUCKET}/in/packed.txt.gz")
        arguments = command(package, f"s3://{BUCKET}/in", f"s3://{BUCKET}/out", "--address", cluster.address)
        run = subprocess.run(
            arguments, env={**cluster.environment, **environment}, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        store.invalidate_cache()
        assert store.cat_file(f"{BUCKET}/out/short.txt") == expected["sub/short.txt"]
        assert gzip.decompress(store.cat_file(f"{BUCKET}/out/packed.txt.gz")) == expected["packed.txt.gz"]


def test_without_a_cluster_ray_runs_as_long_as_the_translation(
    package: Path, texts: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "out"
    short = texts / "sub"
    token = secrets.token_hex(32)
    environment = {**os.environ, "RAY_AUTH_TOKEN": token}
    run = subprocess.run(
        command(package, short, output, "--scores"), env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    lines = (output / "short.txt").read_bytes().split(b"\n")
    assert [line.rpartition(b"\t")[2] for line in lines] == expected["sub/short.txt"].split(b"\n")
    assert float(lines[0].split(b"\t")[0]) < 0
    assert workers_with(token) == []


def test_pairs_are_made_once_though_the_driver_is_killed(
    cluster: Cluster, package: Path, make_package: MakePackage, texts: Path, tmp_path: Path
) -> None:
    forward = make_package(tmp_path / "xx-en", source="xx", target="en")
    output, short = tmp_path / "out", tmp_path / "in"
    short.mkdir()
    lines = (texts / "long.txt").read_text(encoding="utf-8").split("\n")[:400]
    (short / "long.txt").write_text("\n".join(lines), encoding="utf-8", newline="\n")
    options = ("--address", cluster.address, "--back-translate", "--forward", str(forward), "--least-chrf", "5")
    run = started(cluster, command(package, short, output, *options))
    wait_for_shards(run, output, 3, "long.txt.tsv")
    run.kill()
    run.communicate()
    said = finished(started(cluster, command(package, short, output, *options)))
    assert "1 file, 400 lines, 0 errors (" in said
    expected = made_without_machinery(package, forward, lines, 5)
    assert (output / "long.txt.tsv").read_bytes() == expected.content
    assert said.endswith("\n".join([*expected.pairs.lines(), ""]))
    assert 0 < expected.pairs.kept < 400


def made_without_machinery(package: Path, forward: Path, lines: list[str], least_chrf: float) -> TranslatedPiece:
    """All pairs of `lines`, as one piece."""
    with Translator.load(package, threads=1) as back, Translator.load(forward, threads=1) as there:
        reverse, trip = (LineTranslator(each, each.options(beam_size=1)) for each in (back, there))
        stored = stored_format("long.txt", FormatOptions(pairs=True))
        (piece,) = stored.pieces(BytesIO("\n".join(lines).encode()), len(lines))
        return BackTranslator(reverse, Filters((RoundTrip(trip, least_chrf),))).translate(piece, stored)
