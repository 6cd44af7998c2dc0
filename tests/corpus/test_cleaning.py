"""Reading, cleaning and splitting sentence pairs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus import CleaningRules, SentencePair, clean, read_pairs, split_by_source
from nmt.errors import CorpusError


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_tsv_gives_a_pair_a_line(tmp_path: Path) -> None:
    path = write(tmp_path / "pairs.tsv", "one\teins\r\ntwo\u2028still two\tzwei")
    assert list(read_pairs([path])) == [SentencePair("one", "eins"), SentencePair("two\u2028still two", "zwei")]


def test_aligned_files_may_be_gzipped_whatever_their_names(tmp_path: Path) -> None:
    source = write(tmp_path / "a.en", gzip.compress(b"one\ntwo\n"))
    target = write(tmp_path / "a.de", "eins\nzwei\n")
    assert [pair.target for pair in read_pairs([source, target])] == ["eins", "zwei"]


def test_a_line_with_another_number_of_columns_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "corpus.tsv", "a\tb\nonly one\n")
    with pytest.raises(CorpusError, match=r"corpus\.tsv line 2: expected 2 tab-separated columns, found 1"):
        list(read_pairs([path]))


@pytest.mark.parametrize(("left", "right"), [("a\nb\nc\n", "x\n"), ("a\n", "x\ny\nz\n"), ("", "x\n")])
def test_aligned_files_of_different_length_are_refused_with_both_counts(tmp_path: Path, left: str, right: str) -> None:
    source, target = write(tmp_path / "s", left), write(tmp_path / "t", right)
    message = rf"has {left.count(chr(10))} lines and .* has {right.count(chr(10))}"
    with pytest.raises(CorpusError, match=message):
        list(read_pairs([source, target]))


def test_bytes_that_are_no_utf8_are_named_by_line_and_value(tmp_path: Path) -> None:
    path = write(tmp_path / "latin.tsv", b"a\tb\ncaf\xe9\tx\n")
    with pytest.raises(CorpusError, match=r"latin\.tsv line 2: byte 3 \(0xE9\) is not UTF-8"):
        list(read_pairs([path]))


def test_a_cut_gzip_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "cut.gz", gzip.compress(b"a\tb\n" * 1000)[:-20])
    with pytest.raises(CorpusError, match=r"cut\.gz: cannot be read"):
        list(read_pairs([path]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"nowhere\.tsv: cannot be read"):
        list(read_pairs([tmp_path / "nowhere.tsv"]))


def test_cleaning_counts_every_reason_and_shows_examples() -> None:
    pairs = [
        SentencePair("a good sentence", "ein guter Satz"),
        SentencePair("a good sentence", "ein guter Satz"),
        SentencePair("  ", "leer"),
        SentencePair("short", "x" * 60),
        SentencePair("y" * 50, "y" * 50),
        SentencePair("ok", "in Ordnung"),
    ]
    kept, report = clean(pairs, CleaningRules(max_characters=49, max_ratio=4.0))
    assert [pair.source for pair in kept] == ["a good sentence", "ok"]
    assert (report.read, report.kept) == (6, 2)
    assert sum(report.dropped.values()) == 4
    assert report.examples["repeats an earlier pair"] == [pairs[1]]
    assert "left out 2: longer than 49 characters" in report.lines()


@given(
    pairs=st.lists(st.builds(SentencePair, st.sampled_from("abcdefgh"), st.sampled_from("uvwxyz")), max_size=60),
    held_out=st.integers(1, 20),
)
def test_nothing_held_out_is_seen_in_training(pairs: list[SentencePair], held_out: int) -> None:
    train, valid = split_by_source(pairs, held_out, seed=7)
    assert not {pair.source for pair in train} & {pair.source for pair in valid}
    assert not {pair.target for pair in train} & {pair.target for pair in valid}
    assert len(valid) >= min(held_out, len(pairs))
    assert (train, valid) == split_by_source(pairs, held_out, seed=7)
