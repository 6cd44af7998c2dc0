"""Units of a file that are no finished pairs in both languages: they are told, with the reason, to whoever counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from nmt.corpus.pairs import SentencePair

LeaveOut = Callable[[SentencePair, str], None]
"""Is told of a unit, with the texts that it has, and why it is no pair."""

NOT_TRANSLATED = "not translated"
NOT_FINISHED = "marked as not finished"
NOT_TO_TRANSLATE = "marked as not to be translated"
OBSOLETE = "marked as obsolete"
NOT_IN_BOTH = "not in both languages"


def counting(counts: Counter[str]) -> LeaveOut:
    """Count in `counts`, by the reason."""

    def leave_out(pair: SentencePair, reason: str) -> None:
        counts[reason] += 1

    return leave_out


def in_words(counts: Mapping[str, int]) -> str:
    """`counts` by the reason, to follow what was read in a line for people; empty when nothing was left out."""
    return "".join(f"; left out {count:,}: {reason}" for reason, count in counts.items())


def untold(pair: SentencePair, reason: str) -> None:
    """For those who count nothing."""
