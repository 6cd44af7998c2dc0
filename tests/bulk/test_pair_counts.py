from __future__ import annotations

from nmt.bulk.pair_counts import NO_PAIRS, PairCounts


def test_counts_add_up_by_reason_and_are_told_the_most_frequent_first() -> None:
    total = PairCounts(kept=6, left_out={"short": 1}) + PairCounts(kept=1, left_out={"long": 2}) + NO_PAIRS
    assert total.lines() == ["7 of 10 pairs kept", "left out 2 (20.0%): long", "left out 1 (10.0%): short"]


def test_a_translation_tells_of_no_pairs() -> None:
    assert NO_PAIRS.lines() == []
