"""Count training pairs by the label that the user gave their source (`domain=`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_NONE = "no domain"


def by_domain(counts: Iterable[tuple[str | None, int]]) -> dict[str, int]:
    """Sum the pairs per label, given (label, pairs) of each source. Empty when no source has a label."""
    pairs: dict[str, int] = {}
    for domain, count in counts:
        pairs[domain or _NONE] = pairs.get(domain or _NONE, 0) + count
    return pairs if set(pairs) != {_NONE} else {}


def domain_lines(pairs: Mapping[str, int]) -> list[str]:
    """Format the result of `by_domain` as text, one line per label."""
    return [f"{domain}: {count:,} training pairs" for domain, count in pairs.items()]
