"""Callbacks for units of a file that are not finished pairs in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from nmt.corpus.pairs import SentencePair

LeaveOut = Callable[[SentencePair, str], None]
"""Called with the available texts of a unit and the reason why it is not a pair."""

NOT_TRANSLATED = "not translated"
NOT_FINISHED = "marked as not finished"
NOT_TO_TRANSLATE = "marked as not to be translated"
OBSOLETE = "marked as obsolete"
NOT_IN_BOTH = "not in both languages"


def counting(counts: Counter[str]) -> LeaveOut:
    """Return a callback that counts units by reason in `counts`."""

    def leave_out(pair: SentencePair, reason: str) -> None:
        counts[reason] += 1

    return leave_out


def in_words(counts: Mapping[str, int]) -> str:
    """Format `counts` by reason, to append to a line about what was read. Empty when nothing was left out."""
    return "".join(f"; left out {count:,}: {reason}" for reason, count in counts.items())


def untold(pair: SentencePair, reason: str) -> None:
    """Ignore the unit."""
