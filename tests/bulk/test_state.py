"""What is kept in the output directory, and what is refused."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from object_store import BUCKET, bucket_of_object_store

from nmt.bulk.formats import Fault, FormatOptions, Piece
from nmt.bulk.inputs import InputFile, find_inputs
from nmt.bulk.ledger import Ledger
from nmt.bulk.plan import Plan, hold_to_plan
from nmt.bulk.store import Store
from nmt.bulk.translating import TranslatedPiece
from nmt.errors import BulkError, ConfigError, DiskFull

PLAN = Plan(
    model="en-xx 0123456789ab", beam_size=1, max_length=None, format=None, columns=(), scores=False, shard_lines=2
)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of an object store on loopback."""
    with bucket_of_object_store():
        yield f"s3://{BUCKET}"


@pytest.fixture(params=["disk", "objects"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A directory of this machine, or one in an object store."""
    if request.param == "disk":
        return str(tmp_path)
    bucket: str = request.getfixturevalue("bucket")
    return f"{bucket}/{uuid4()}"


def written(place: str, name: str, content: bytes) -> None:
    Store(place).write(name, content)


def only(place: str) -> InputFile:
    (file,) = find_inputs(place, FormatOptions())
    return file


def committed(ledger: Ledger, file: InputFile, *, but: int | None = None) -> list[Piece]:
    pieces = [piece for piece, _ in file.pieces(PLAN.shard_lines)]
    for piece in pieces:
        if piece.index != but:
            ledger.commit(file, piece, TranslatedPiece(piece.content.upper(), (Fault(1, "odd", "b\u00e4"),), 2))
    return pieces


def test_a_file_is_made_of_its_pieces_and_then_they_are_gone(place: str) -> None:
    written(f"{place}/in", "a.txt", b"a\nb\nc\nd\ne")
    store, file = Store(f"{place}/out"), only(f"{place}/in")
    ledger = Ledger(store, PLAN)
    assert ledger.finished(file) is None
    pieces = committed(ledger, file)
    assert ledger.committed(file) == {piece.index: piece.digest for piece in pieces}
    finished = ledger.finish(file)
    assert (finished.lines, finished.words, finished.errors) == (5, 6, 3)
    assert store.read("a.txt") == b"A\nB\nC\nD\nE"
    errors = (store.read("a.txt.errors.jsonl") or b"").decode().splitlines()
    assert [json.loads(line) for line in errors] == [
        {"file": "a.txt", "line": line, "error": "odd", "text": "b\u00e4"} for line in (2, 4, 6)
    ]
    assert ledger.committed(file) == {}
    assert ledger.finished(file) == finished


def test_a_file_that_was_only_touched_is_still_finished(place: str) -> None:
    written(f"{place}/in", "a.txt", b"a\nb\nc\n")
    ledger = Ledger(Store(f"{place}/out"), PLAN)
    committed(ledger, only(f"{place}/in"))
    ledger.finish(only(f"{place}/in"))
    written(f"{place}/in", "a.txt", b"a\nb\nc\n")
    assert ledger.finished(only(f"{place}/in")) is not None


def test_a_changed_file_is_refused_by_name_until_its_translation_is_moved_away(place: str) -> None:
    written(f"{place}/in", "a.txt", b"a\nb\nc\n")
    store = Store(f"{place}/out")
    ledger = Ledger(store, PLAN)
    committed(ledger, only(f"{place}/in"))
    ledger.finish(only(f"{place}/in"))
    written(f"{place}/in", "a.txt", b"a\nB\nc\n")
    with pytest.raises(BulkError, match=r"in/a\.txt: has changed since it was translated: move .*out/a\.txt away"):
        ledger.finished(only(f"{place}/in"))
    store.remove("a.txt")
    assert ledger.finished(only(f"{place}/in")) is None


def test_a_translation_that_was_changed_is_refused_by_name(place: str) -> None:
    written(f"{place}/in", "a.txt", b"a\n")
    ledger = Ledger(Store(f"{place}/out"), PLAN)
    committed(ledger, only(f"{place}/in"))
    ledger.finish(only(f"{place}/in"))
    written(f"{place}/out", "a.txt", b"A, edited\n")
    with pytest.raises(BulkError, match=r"out/a\.txt: has 10 bytes, and 2 were written"):
        ledger.finished(only(f"{place}/in"))


def test_lines_that_change_under_way_are_refused_by_number(place: str) -> None:
    written(f"{place}/in", "a.txt", b"a\nb\nc\nd\n")
    ledger = Ledger(Store(f"{place}/out"), PLAN)
    committed(ledger, only(f"{place}/in"), but=0)
    written(f"{place}/in", "a.txt", b"a\nb\nc\nD\n")
    file = only(f"{place}/in")
    known = ledger.committed(file)
    *_, last = (piece for piece, _ in file.pieces(PLAN.shard_lines))
    with pytest.raises(BulkError, match=r"in/a\.txt: lines 3 to 4 have changed"):
        ledger.check(file, last, known[1])


def test_a_damaged_piece_is_refused_by_name(place: str) -> None:
    written(f"{place}/in", "a.txt", b"a\nb\nc\nd\n")
    store = Store(f"{place}/out")
    ledger = Ledger(store, PLAN)
    committed(ledger, only(f"{place}/in"))
    directory = ".nmt-bulk/shards/a.txt"
    damaged = store.names(directory)[1]
    content = store.read(f"{directory}/{damaged}") or b""
    store.write(f"{directory}/{damaged}", content[:-1] + b"x")
    with pytest.raises(BulkError, match=f"{damaged}: is damaged"):
        ledger.finish(only(f"{place}/in"))
    assert store.read("a.txt") is None


def test_a_write_that_fails_leaves_what_was_there(place: str) -> None:
    store = Store(place)
    store.write("a", b"before")

    def interrupted() -> None:
        with store.writing("a") as stream:
            stream.write(b"half of")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.read("a") == b"before"


def test_a_full_disk_is_named_and_leaves_no_part(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(DiskFull, match=r"shard: could not be written .* say the same command again"):
            store.write("shard", b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_what_a_kill_left_half_written_is_no_piece(tmp_path: Path) -> None:
    written(str(tmp_path / "in"), "a.txt", b"a\nb\n")
    store = Store(str(tmp_path / "out"))
    store.write(".nmt-bulk/shards/a.txt/.00000000-0123.partial", b"half")
    assert Ledger(store, PLAN).committed(only(str(tmp_path / "in"))) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "en-xx ba9876543210"}, "was begun with model en-xx 0123456789ab, and this is en-xx ba9876543210"),
        ({"beam_size": 5}, "was begun with --beam-size 1, and this is 5"),
        ({"columns": ("a", "b")}, "was begun with --column none, and this is a,b"),
        ({"shard_lines": 3}, "was begun with --shard-lines 2, and this is 3"),
        ({"scores": True}, "was begun with --scores False, and this is True"),
    ],
)
def test_another_plan_is_refused_and_says_what_differs(place: str, change: dict[str, object], message: str) -> None:
    hold_to_plan(Store(place), PLAN)
    hold_to_plan(Store(place), PLAN)
    with pytest.raises(BulkError, match=message):
        hold_to_plan(Store(place), PLAN.model_copy(update=change))


def test_files_are_found_below_a_directory_and_by_a_glob(place: str) -> None:
    for name in ("b.txt", "a.txt.gz", "sub/c.txt", ".hidden/d.txt", "sub/.e.txt"):
        written(place, name, b"x\n")
    assert [file.name for file in find_inputs(place, FormatOptions())] == ["a.txt.gz", "b.txt", "sub/c.txt"]
    assert [file.name for file in find_inputs(f"{place}/*.txt", FormatOptions())] == ["b.txt"]
    assert [file.name for file in find_inputs(f"{place}/**/*.txt", FormatOptions())] == ["b.txt", "sub/c.txt"]
    assert [file.name for file in find_inputs(f"{place}/sub/c.txt", FormatOptions())] == ["c.txt"]


def test_no_file_is_an_error_that_names_the_place(place: str) -> None:
    written(place, ".hidden", b"x")
    with pytest.raises(BulkError, match="gone: no file or directory here"):
        find_inputs(f"{place}/gone", FormatOptions())
    with pytest.raises(BulkError, match="holds no file to translate"):
        find_inputs(place, FormatOptions())


def test_an_unknown_kind_of_place_is_named() -> None:
    with pytest.raises(BulkError, match="nowhere://x: "):
        find_inputs("nowhere://x", FormatOptions())


def test_columns_are_asked_for_with_the_name_of_the_file(place: str) -> None:
    written(place, "a.jsonl", b"{}\n")
    with pytest.raises(ConfigError, match=r"a\.jsonl: say which column"):
        find_inputs(place, FormatOptions())
