"""Cleaning, telling repetitions, holding out, and keeping pairs on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus import Cleaner, CleaningReport, CleaningRules, Origin, SentencePair, plain_pairs
from nmt.corpus.hash_set import SeenHashes
from nmt.corpus.held_out import HeldOut, Unseen
from nmt.corpus.spill_file import read_spill_file, write_spill_file


def test_cleaning_counts_every_reason_and_shows_examples() -> None:
    pairs = [
        SentencePair("a good sentence", "ein guter Satz"),
        SentencePair("a good sentence", "ein guter Satz"),
        SentencePair("  ", "leer"),
        SentencePair("short", "x" * 60),
        SentencePair("y" * 50, "y" * 50),
        SentencePair("ok", "in Ordnung"),
    ]
    cleaner = Cleaner(CleaningRules(max_characters=49, max_ratio=4.0))
    kept = list(cleaner.clean(pairs))
    report = cleaner.report
    assert [pair.source for pair in kept] == ["a good sentence", "ok"]
    assert (report.read, report.kept) == (6, 2)
    assert sum(report.dropped.values()) == 4
    assert report.examples["repeats an earlier pair"] == [pairs[1]]
    assert "left out 2: longer than 49 characters" in report.lines()


@pytest.mark.parametrize(
    ("source", "target", "fault"),
    [
        ("The quick brown fox jumps over the lazy dog", "敏捷的狐狸跳过懒狗", None),  # 43 letters, 9 characters
        ("敏捷的狐狸跳过懒狗", "The quick brown fox jumps over the lazy dog", None),
        ("The quick brown fox jumps over the lazy dog", "狐狸跳过", "ratio"),  # 43 to 10
        ("Hello", "你好我的老朋友们早上好", "ratio"),  # 5 to 27.5: dense text counts on the longer side too
        ("No", "不要这样", None),  # 10: too short to judge
        ("Grüße", "Grüße und noch ein Satz", "ratio"),
        ("x" * 1000, "的" * 400, None),  # the longest side is in plain characters
        ("x" * 1001, "的" * 400, "long"),
    ],
)
def test_lengths_in_dense_scripts_are_judged_by_what_they_say(source: str, target: str, fault: str | None) -> None:
    assert CleaningRules().fault(source, target) == fault


def test_the_report_says_where_the_first_pair_stood_that_was_left_out_for_a_reason() -> None:
    report = CleaningReport()
    report.leave_out(SentencePair("", "x", Origin(Path("a.tmx"), "u7")), "one side is empty")
    assert "left out 1: one side is empty (first: a.tmx unit u7)" in report.lines()


def test_a_pair_of_one_source_repeats_in_another_but_a_pair_left_out_is_not_repeated() -> None:
    cleaner = Cleaner(CleaningRules(max_characters=5))
    assert [len(list(cleaner.clean(pairs))) for pairs in ([SentencePair("a", "b")],) * 2] == [1, 0]
    assert list(cleaner.clean([SentencePair("a", "too long")] * 2)) == []
    assert cleaner.report.dropped == {"repeats an earlier pair": 1, "longer than 5 characters": 2}


@given(lists=st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=12))
def test_a_hash_is_new_exactly_once(lists: list[list[int]]) -> None:
    seen, hashes = set(), SeenHashes()
    for numbers in lists:
        # Near the ends of the range as well as near each other.
        values = [number * (2**64 - 1) // 40 for number in numbers]
        expected = [not (value in seen or seen.add(value)) for value in values]
        assert hashes.add(np.array(values, dtype=np.uint64)).tolist() == expected


def test_hashes_take_little_more_than_eight_bytes_each() -> None:
    hashes = SeenHashes()
    generator = np.random.default_rng(1)
    for _ in range(50):
        hashes.add(generator.integers(0, 2**64, 1000, dtype=np.uint64))
    runs = [len(run) for run in hashes._runs]
    assert sum(runs) == 50_000
    assert len(runs) < 8


@given(
    pairs=st.lists(st.builds(SentencePair, st.sampled_from("abcdefgh"), st.sampled_from("uvwxyz")), max_size=60),
    held_out=st.integers(1, 20),
)
def test_nothing_held_out_is_seen_in_training(pairs: list[SentencePair], held_out: int) -> None:
    valid, again = hold_out(pairs, held_out), hold_out(pairs, held_out)
    train = list(filter(Unseen(valid), pairs))
    assert not {pair.source for pair in train} & {pair.source for pair in valid}
    assert not {pair.target for pair in train} & {pair.target for pair in valid}
    assert len(valid) >= min(held_out, len(pairs) // 10)
    assert [pair for pair in pairs if pair.source in {held.source for held in valid}] == valid
    assert valid == again


def hold_out(pairs: list[SentencePair], held_out: int, seed: int = 7) -> list[SentencePair]:
    chooser = HeldOut(held_out, seed)
    for pair in pairs:
        chooser.see(pair)
    return chooser.choose()


def test_what_is_held_out_follows_the_seed_and_mostly_stays_when_the_corpus_grows() -> None:
    pairs = [SentencePair(f"source {number}", f"target {number}") for number in range(4000)]
    small, large, other = hold_out(pairs[:3000], 200), hold_out(pairs, 200), hold_out(pairs, 200, seed=8)
    assert len(small) == len(large) == len(other) == 200
    assert len({*small} & {*large}) > 120
    assert len({*large} & {*other}) < 40


@pytest.mark.parametrize("count", [1, 5, 30])
def test_at_most_about_a_tenth_is_held_out(count: int) -> None:
    assert len(hold_out([SentencePair(str(number), "x") for number in range(count)], 1000)) == max(1, count // 10)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"))


@given(pairs=st.lists(st.builds(SentencePair, texts, texts)))
def test_pairs_on_disk_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[SentencePair]
) -> None:
    path = tmp_path_factory.mktemp("spool") / "pairs"
    write_spill_file(path, pairs)
    assert list(read_spill_file(path)) == pairs


def test_training_reads_texts_without_invisible_characters_and_with_plain_spaces() -> None:
    pairs = [SentencePair("\ufeffsoft\u00adware", "\u00ab\u202fTu viens\u00a0?\u202f\u00bb"), SentencePair("a", "b")]
    assert list(plain_pairs(pairs)) == [SentencePair("software", "\u00ab Tu viens ? \u00bb"), SentencePair("a", "b")]
