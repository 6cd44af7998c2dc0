"""Scores that are measured after a package was made."""

from __future__ import annotations

from collections.abc import Sequence

from nmt.runtime import ModelPackage, Score
from nmt.runtime.package import rewrite_package
from nmt.training.export.card import CARD, card_with_scores


def record_scores(package: ModelPackage, scores: Sequence[Score]) -> None:
    """Write `scores` into the manifest and the card of `package`, in place of those of the same sets and beam size."""

    def what(score: Score) -> tuple[str, str, int]:
        return score.test_set, score.metric, score.beam_size

    manifest = package.manifest
    recorded = tuple({what(score): score for score in (*manifest.scores, *scores)}.values())
    contents = {}
    if CARD in manifest.files:
        card = package.read(CARD).decode()
        contents = {CARD: card_with_scores(card, manifest.model_copy(update={"scores": recorded})).encode()}
    rewrite_package(package, contents, recorded)
