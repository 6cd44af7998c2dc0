"""How many sentence pairs were made, and why others were left out."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel, ConfigDict


class PairCounts(BaseModel):
    """Of a piece, a file or a run. Where no pairs are made, nothing."""

    model_config = ConfigDict(frozen=True)

    kept: int = 0
    left_out: dict[str, int] = {}
    """By reason."""

    def __add__(self, other: PairCounts) -> PairCounts:
        return PairCounts(kept=self.kept + other.kept, left_out=Counter(self.left_out) + Counter(other.left_out))

    def lines(self) -> list[str]:
        """Return the counts as text, the most frequent reason first."""
        total = self.kept + sum(self.left_out.values())
        if not total:
            return []
        by_count = sorted(self.left_out.items(), key=lambda item: (-item[1], item[0]))
        return [
            f"{self.kept:,} of {total:,} pairs kept",
            *(f"left out {count:,} ({count / total:.1%}): {reason}" for reason, count in by_count),
        ]


NO_PAIRS = PairCounts()
