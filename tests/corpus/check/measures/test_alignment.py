"""Stretches where source and target do not belong together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nmt.corpus import SentencePair
from nmt.corpus.check import CorpusReport, Finding

Check = Callable[..., CorpusReport]
Found = Callable[..., Finding]


def shifted(pairs: list[SentencePair], begin: int, end: int, by: int) -> list[SentencePair]:
    """The targets of lines `begin` to `end` moved down by `by` lines, in a circle."""
    targets = [pair.target for pair in pairs[begin - 1 : end]]
    targets = targets[-by:] + targets[:-by]
    moved = [SentencePair(pair.source, target) for pair, target in zip(pairs[begin - 1 : end], targets, strict=True)]
    return [*pairs[: begin - 1], *moved, *pairs[end:]]


@pytest.mark.parametrize(("begin", "end", "by"), [(1001, 1200, 1), (1001, 1200, -2), (2801, 3000, 1), (1, 150, -1)])
def test_a_shifted_stretch_is_found_with_its_ends_and_its_shift(
    begin: int, end: int, by: int, check: Check, found: Found, clean_pairs: list[SentencePair]
) -> None:
    finding = found(check(shifted(clean_pairs, begin, end, by)), "misaligned")
    assert finding.details["stretches"] == 1
    example = finding.examples[0]
    assert abs(example.place - begin) <= 6
    assert abs(example.place + finding.count - 1 - end) <= 6
    lines = f"{abs(by)} line{'s' if abs(by) > 1 else ''} {'below' if by > 0 else 'above'}"
    assert example.note.endswith(f"each source belongs to the target {lines}")


def test_a_file_that_is_shifted_from_its_first_line_is_found(
    check: Check, found: Found, clean_pairs: list[SentencePair]
) -> None:
    finding = found(check(shifted(clean_pairs, 1, 3000, 1)), "misaligned")
    assert (finding.count, finding.severity) == (3000, "serious")
    assert "1 line below" in finding.examples[0].note


def test_aligned_text_has_no_such_stretch(check: Check, found: Found, clean_pairs: list[SentencePair]) -> None:
    assert found(check(clean_pairs), "misaligned").count == 0


def test_a_file_too_small_to_tell_is_said_not_to_be_judged(check: Check, found: Found) -> None:
    finding = found(check([SentencePair("one", "eins")]), "misaligned")
    assert (finding.count, finding.details["not_judged"]) == (0, "train")
