"""Pairs in lines, and what all readers share: compression, encodings, files that are not whole."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus import CorpusSpec, Direction, SentencePair, read_pairs
from nmt.corpus.readers.compressed import zstd
from nmt.corpus.readers.lines import read_aligned
from nmt.errors import CorpusError

Read = Callable[..., list[tuple[str, str]]]
DIRECTION = Direction("en", "de")


def pack_zstd(data: bytes) -> bytes:
    """With a checksum, as the `zstd` command writes it."""
    return zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})


PACKERS = [gzip.compress, lzma.compress, pack_zstd, bz2.compress]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_tsv_gives_a_pair_a_line_and_says_where_it_stands(tmp_path: Path) -> None:
    path = write(tmp_path / "pairs.tsv", "one\teins\r\ntwo\u2028still two\tzwei")
    pairs = list(read_pairs(CorpusSpec((path,)), DIRECTION))
    assert pairs == [SentencePair("one", "eins"), SentencePair("two\u2028still two", "zwei")]
    assert [str(pair.origin) for pair in pairs] == [f"{path} line 1", f"{path} line 2"]


@pytest.mark.parametrize("pack", PACKERS)
def test_compression_is_told_by_the_bytes_and_not_by_the_name(read: Read, pack: Callable[[bytes], bytes]) -> None:
    assert read("pairs.tsv", pack(b"one\teins\n")) == [("one", "eins")]


@pytest.mark.parametrize("pack", PACKERS)
def test_packed_files_may_be_joined_as_cat_joins_them(read: Read, pack: Callable[[bytes], bytes]) -> None:
    assert read("pairs.tsv", pack(b"one\teins\n") + pack(b"two\tzwei\n")) == [("one", "eins"), ("two", "zwei")]


@pytest.mark.parametrize("pack", PACKERS)
@pytest.mark.parametrize("lost", [1, 20])
def test_a_cut_file_is_named(read: Read, pack: Callable[[bytes], bytes], lost: int) -> None:
    text = "".join(f"{number}\t{number * number}\n" for number in range(1000)).encode()
    with pytest.raises(CorpusError, match=r"cut\.tsv: cannot be read .*; check the path and that the file is whole"):
        read("cut.tsv", pack(text)[:-lost])


@pytest.mark.parametrize("pack", PACKERS)
def test_a_damaged_file_is_named(read: Read, pack: Callable[[bytes], bytes]) -> None:
    packed = bytearray(pack(b"one\teins\n" * 500))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(CorpusError, match=r"bad\.tsv: cannot be read"):
        read("bad.tsv", bytes(packed))


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl", "a.po"])
@pytest.mark.parametrize("content", [b"", gzip.compress(b"", mtime=0), codecs.BOM_UTF8])
def test_an_empty_file_has_no_pairs(read: Read, name: str, content: bytes) -> None:
    assert read(name, content) == []


def test_a_byte_order_mark_is_no_text(read: Read) -> None:
    assert read("a.tsv", codecs.BOM_UTF8 + b"one\teins\n") == [("one", "eins")]


def test_bytes_that_are_no_utf8_are_named_by_line_and_value(read: Read) -> None:
    with pytest.raises(CorpusError, match=r"latin\.tsv line 2: byte 3 \(0xE9\) is not UTF-8.*iconv -f LATIN1"):
        read("latin.tsv", b"a\tb\ncaf\xe9\tx\n")


def test_utf16_is_named_as_such(read: Read) -> None:
    with pytest.raises(CorpusError, match=r"wide\.tsv line 1: byte 0 \(0xFF\) is not UTF-8.*iconv -f UTF-16"):
        read("wide.tsv", "one\teins\n".encode("utf-16"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"nowhere\.tsv: cannot be read"):
        list(read_pairs(CorpusSpec((tmp_path / "nowhere.tsv",)), DIRECTION))


def test_a_line_with_another_number_of_columns_is_named(read: Read) -> None:
    with pytest.raises(CorpusError, match=r"c\.tsv line 2: expected 2 tab-separated columns, found 1"):
        read("c.tsv", "a\tb\nonly one\n")


def test_blank_lines_are_passed_over_and_counted_as_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tsv", "one\teins\n\n \u3000\r\ntwo\tzwei\n\t\n\n")
    pairs = list(read_pairs(CorpusSpec((path,)), DIRECTION))
    assert pairs == [SentencePair("one", "eins"), SentencePair("two", "zwei"), SentencePair("", "")]
    assert [str(pair.origin) for pair in pairs] == [f"{path} line {number}" for number in (1, 4, 5)]


def test_blank_lines_may_stand_before_the_header_and_after_it(read: Read) -> None:
    named = "\ndeutsch\tenglish\n\neins\tone\n\n"
    assert read("named.tsv", named, ",source=english,target=deutsch") == [("one", "eins")]
    with pytest.raises(CorpusError, match=r"line 4: expected at least 2 tab-separated columns, found 1"):
        read("named.tsv", "\ndeutsch\tenglish\n\neins\n", ",source=english,target=deutsch")
    with pytest.raises(CorpusError, match=r"line 2: no column 'german'"):
        read("named.tsv", named, ",source=english,target=german")


def test_blank_lines_of_aligned_files_keep_the_others_together(tmp_path: Path) -> None:
    source, target = write(tmp_path / "s", "one\n\nthree\n"), write(tmp_path / "t", "eins\nzwei\n\n")
    assert list(read_aligned(source, target)) == [
        SentencePair("one", "eins"), SentencePair("", "zwei"), SentencePair("three", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("a\tb\tc", "say which hold the texts, for example .*,source=1,target=3"),
        ("a,b", "put a tab between .*format=csv"),
    ],
)
def test_the_remedy_fits_the_number_of_columns(read: Read, line: str, remedy: str) -> None:
    with pytest.raises(CorpusError, match=rf"line 1: expected 2 .*; {remedy}"):
        read("a.tsv", line)


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.xlsx", "a.tsv", "a.po", "a.tmx"])
def test_an_archive_is_named_as_one_whatever_it_is_called(read: Read, name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.tsv", "one\teins\n")
    with pytest.raises(CorpusError, match=r"is an archive, .*: unpack it first .*, or save the table as CSV"):
        read(name, content.getvalue())


def test_columns_are_counted_where_there_is_no_header(read: Read) -> None:
    scored = "http://a\t0.9\tone\teins\nhttp://b\t0.8\ttwo\tzwei\n"
    assert read("scored.tsv", scored, ",source=3,target=4") == [("one", "eins"), ("two", "zwei")]


def test_columns_are_named_where_there_is_a_header_and_nothing_is_quoted(read: Read) -> None:
    named = 'id\tdeutsch\tenglish\n1\t"eins\tone\n'
    assert read("named.tsv", named, ",source=english,target=deutsch") == [("one", '"eins')]


def test_a_column_that_is_not_there_is_named_with_those_that_are(read: Read) -> None:
    with pytest.raises(CorpusError, match="no column 'englisch'; its columns are 'id', 'english', 'deutsch'"):
        read("n.tsv", "id\tenglish\tdeutsch\n", ",source=englisch,target=deutsch")


@pytest.mark.parametrize(("left", "right"), [("a\nb\nc\n", "x\n"), ("a\n", "x\ny\nz\n"), ("", "x\n"), ("a", "")])
def test_aligned_files_of_different_length_are_refused_with_both_counts(tmp_path: Path, left: str, right: str) -> None:
    source, target = write(tmp_path / "s", left), write(tmp_path / "t", right)
    counts = len(left.split()), len(right.split())
    message = rf"has {counts[0]} lines and .* has {counts[1]}: .* first {min(counts)} would"
    with pytest.raises(CorpusError, match=message):
        list(read_aligned(source, target))


def test_standard_input_is_read_packed_or_not_when_its_format_is_said() -> None:
    code = """
from nmt.corpus import CorpusSpec, Direction, read_pairs
print([pair.target for pair in read_pairs(CorpusSpec.parse("-,format=tsv"), Direction("en", "de"))])
"""
    for content in (b"one\teins\n", gzip.compress(b"one\teins\n")):
        done = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True, check=True)
        assert done.stdout == b"['eins']\n"


no_line_feed = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\t"), max_size=20).filter(
    lambda text: not text.endswith("\r")
)


@given(pairs=st.lists(st.tuples(no_line_feed, no_line_feed)))
def test_what_stands_in_lines_is_read_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    directory = tmp_path_factory.mktemp("lines")
    bom = "\ufeff"  # so that a text that begins with one keeps it
    tsv = write(directory / "a.tsv", bom + "".join(f"{source}\t{target}\n" for source, target in pairs))
    sources = write(directory / "a.en", bom + "".join(f"{source}\n" for source, _ in pairs))
    targets = write(directory / "a.de", bom + "".join(f"{target}\n" for _, target in pairs))
    for paths in ((tsv,), (sources, targets)):
        found = [(pair.source, pair.target) for pair in read_pairs(CorpusSpec(paths), DIRECTION)]
        assert found == pairs
