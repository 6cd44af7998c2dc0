"""How far a pass over a corpus is: on a terminal, in a log, and for nobody."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from nmt.corpus import CorpusSpec, Direction
from nmt.corpus.progress import SILENT, CorpusProgress
from nmt.training.corpus_check import check_before_training
from nmt.training.data.prepare import Sources, prepare
from nmt.training.settings.config import DataConfig
from nmt.training.settings.settings import Settings


def written(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def plain() -> Console:
    return Console(file=io.StringIO(), width=200)


def test_a_log_has_a_line_a_minute() -> None:
    console, times = plain(), iter([0.0, 20.0, 61.0, 90.0, 130.0, 140.0])
    with CorpusProgress(console, times.__next__).doing("reading") as follow:
        assert list(follow(range(4_999))) == list(range(4_999))
        assert list(follow([1])) == [1]  # of the same pass
    assert written(console) == ["reading: 2,000 pairs read so far", "reading: 4,000 pairs read so far"]


def test_a_pass_that_takes_less_than_a_minute_says_nothing_in_a_log() -> None:
    console = plain()
    with CorpusProgress(console).doing("reading") as follow:
        assert sum(1 for _ in follow(range(3_000))) == 3_000
    assert written(console) == []


def test_a_terminal_shows_the_pass_and_its_count_and_is_left_as_it_was() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, force_interactive=True, width=80)

    def read_until_stopped() -> None:
        with CorpusProgress(console).doing("reading") as follow:
            for number in follow(count()):
                if number == 1_000:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_until_stopped()
    shown = "\n".join(written(console))
    assert "reading: 1,000 pairs read" in shown
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # the cursor is there again


def test_without_a_console_pairs_only_pass() -> None:
    with SILENT.doing("reading") as follow:
        assert list(follow([1, 2])) == [1, 2]


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"number {number}\tZahl {number}\n" for number in range(1_010)))
    return Sources((CorpusSpec((path,)),), Direction("en", "de"))


def minutes() -> Iterator[float]:
    return (60.0 * number for number in count())


def shown_to(console: Console, sources: Sources) -> Sources:
    return replace(sources, passes=CorpusProgress(console, minutes().__next__))


def test_the_passes_before_training_are_counted(tmp_path: Path, sources: Sources) -> None:
    console = plain()
    prepare(DataConfig(vocabulary_size=300, held_out=5), shown_to(console, sources), tmp_path)
    assert written(console) == [
        "reading and cleaning: 1,000 pairs read so far",
        "turning text into subwords: 1,000 pairs read so far",
    ]


def test_the_passes_of_the_check_are_counted(sources: Sources) -> None:
    console = plain()
    settings = Settings.parse(["data.held_out=5", "training.max_updates=10"], None)
    check_before_training(shown_to(console, sources), (), settings)
    what = "looking at the corpus, and at how fast training is"  # the corpus twice: to find the held-out pairs first
    assert written(console) == [
        "choosing the validation pairs: 1,000 pairs read so far",
        f"{what}: 1,000 pairs read so far",
        f"{what}: 2,000 pairs read so far",
    ]
