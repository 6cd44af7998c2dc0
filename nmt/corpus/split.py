"""Hold out pairs so that nothing held out was seen in training."""

from __future__ import annotations

import random
from collections.abc import Sequence

from nmt.corpus.pairs import SentencePair


def split_by_source(
    pairs: Sequence[SentencePair], held_out: int, seed: int
) -> tuple[list[SentencePair], list[SentencePair]]:
    """Training pairs and about `held_out` validation pairs, the same for the same seed.

    All translations of a source sentence fall on one side, and training pairs whose target is also a
    held-out target are left out.
    """
    sources = sorted({pair.source for pair in pairs})
    random.Random(seed).shuffle(sources)
    counts: dict[str, int] = {}
    for pair in pairs:
        counts[pair.source] = counts.get(pair.source, 0) + 1
    chosen: set[str] = set()
    total = 0
    for source in sources:
        if total >= held_out:
            break
        chosen.add(source)
        total += counts[source]
    valid = [pair for pair in pairs if pair.source in chosen]
    targets = {pair.target for pair in valid}
    train = [pair for pair in pairs if pair.source not in chosen and pair.target not in targets]
    return train, valid
