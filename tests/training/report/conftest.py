"""A report on sentences made up, and translations of them by nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from nmt.corpus import SentencePair
from nmt.decoding import StopReason
from nmt.runtime import Translation, TranslationResult
from nmt.training.report.scoring import TranslatedSet

MakeSet = Callable[..., TranslatedSet]


@pytest.fixture(scope="session")
def translated() -> MakeSet:
    """A set called `name` of (source, reference, translation); each subword had the probability 1/2."""

    def make(rows: Sequence[tuple[str, str, str]], name: str = "validation", target: str = "xx") -> TranslatedSet:
        pairs = [SentencePair(source, reference) for source, reference, _ in rows]
        half = -0.6931471805599453
        results = [
            TranslationResult(source, (Translation(text, -1.0, 3 * half, StopReason.END, (half,) * 3),))
            for source, _, text in rows
        ]
        return TranslatedSet(name, pairs, results, beam_size=5, target=target)

    return make
