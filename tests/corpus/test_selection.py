"""Selecting the pairs that are nearest to a sample: by a corpus of two domains, and the command."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.corpus import SentencePair
from nmt.corpus.selection import Selector
from nmt.errors import CorpusError

COURT = (("judge", "Richter"), ("court", "Gericht"), ("plaintiff", "Kläger"), ("verdict", "Urteil"), ("law", "Gesetz"))
KITCHEN = (("onion", "Zwiebel"), ("butter", "Butter"), ("oven", "Ofen"), ("flour", "Mehl"), ("sauce", "Soße"))
BOTH = (("the", "der"), ("and", "und"), ("new", "neue"), ("first", "erste"), ("good", "gute"))


def drawn(domain: tuple[tuple[str, str], ...], count: int, seed: int) -> list[SentencePair]:
    """`count` pairs of words of a domain among common ones, some with a number that makes them rare."""
    draw = random.Random(seed)
    pairs = []
    for _ in range(count):
        words = [*draw.sample(domain, 2), *draw.sample(BOTH, 3), (str(draw.randint(1, 999)),) * 2]
        draw.shuffle(words)
        pairs.append(SentencePair(" ".join(word[0] for word in words), " ".join(word[1] for word in words)))
    return pairs


COURT_PAIRS = drawn(COURT, 300, seed=1)
CORPUS = [*drawn(KITCHEN, 1500, seed=2), *COURT_PAIRS, *drawn(KITCHEN, 1500, seed=3)]
OWN = drawn(COURT, 100, seed=4)
SOURCES, TARGETS = [pair.source for pair in OWN], [pair.target for pair in OWN]


@pytest.mark.parametrize("targets", [[], TARGETS])
def test_pairs_of_the_domain_of_the_sample_are_selected(targets: list[str]) -> None:
    found = Selector(SOURCES, targets, CORPUS).select(CORPUS, 250)
    assert found.read == len(CORPUS)
    assert len(found.pairs) == 250
    assert len(set(found.pairs) & set(COURT_PAIRS)) >= 0.95 * 250


def test_they_are_the_first_of_all_pairs_sorted_by_score() -> None:
    selector = Selector(SOURCES, TARGETS, CORPUS)
    different = list(dict.fromkeys(CORPUS))
    scores = dict(zip(different, selector.scores(different).tolist(), strict=True))
    found = selector.select(CORPUS, 400)
    assert found.pairs == sorted(different, key=lambda pair: scores[pair])[:400]
    assert found.scores == sorted(found.scores)
    assert selector.select(CORPUS, 10).pairs == found.pairs[:10]


def test_equal_pairs_are_selected_once_and_those_that_cleaning_leaves_out_never() -> None:
    corpus = [pair for pair in COURT_PAIRS[:20] for _ in range(3)] + [SentencePair("the judge", " ")]
    found = Selector(SOURCES, [], CORPUS).select(corpus, 50)
    assert sorted(found.pairs, key=str) == sorted(set(COURT_PAIRS[:20]), key=str)


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(CorpusError, match="the sample has no text"):
        Selector([" "], [], CORPUS)
    with pytest.raises(CorpusError, match="no pair that cleaning keeps"):
        Selector(SOURCES, [], [SentencePair("", "")])


def selected(path: Path, *more: str) -> Result:
    (path / "pairs.tsv").write_text("".join(f"{pair.source}\t{pair.target}\n" for pair in CORPUS))
    (path / "own.txt").write_text("\n".join(SOURCES))
    arguments = ["--train", f"{path}/pairs.tsv", "--source", "en", "--target", "de", "--like", f"{path}/own.txt"]
    return CliRunner().invoke(main, ["corpus", "select", *arguments, "--output", f"{path}/near.tsv", *more])


def test_the_command_writes_the_same_file_each_time(tmp_path: Path) -> None:
    done = selected(tmp_path, "--number", "50")
    assert done.exit_code == 0, done.output
    assert "50 of 3,300 pairs written" in done.output
    expected = Selector(SOURCES, [], CORPUS).select(CORPUS, 50).pairs
    content = (tmp_path / "near.tsv").read_text()
    assert content == "".join(f"{pair.source}\t{pair.target}\n" for pair in expected)
    assert selected(tmp_path, "--number", "50", "--overwrite").exit_code == 0
    assert (tmp_path / "near.tsv").read_text() == content


def test_the_command_keeps_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "near.tsv").write_text("mine")
    done = selected(tmp_path, "--number", "50")
    assert done.exit_code == 1
    assert "give another --output, or --overwrite to replace it" in done.output
    assert (tmp_path / "near.tsv").read_text() == "mine"


def test_standard_input_is_refused(tmp_path: Path) -> None:
    done = selected(tmp_path, "--number", "5", "--train", "-,format=tsv")
    assert done.exit_code == 1
    assert "standard input (-) can be read but once" in done.output
