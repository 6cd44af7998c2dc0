"""Make a piece of a training corpus from a piece of monolingual text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from nmt.bulk.answering import LineTranslator
from nmt.bulk.back_translation.filters import Candidate, Filters, Judgement
from nmt.bulk.formats import Piece, StoredFormat
from nmt.bulk.pair_counts import PairCounts
from nmt.bulk.translating import TranslatedPiece, word_count
from nmt.corpus.readers.one_line import one_line

SCORES = ("chrf", "perplexity")
"""The scores after the two texts of a line, if they are wanted. One that is not measured is empty."""


@dataclass(frozen=True, slots=True)
class BackTranslator:
    """Writes pairs of a machine's source and the text it was made of, if they pass the filters."""

    lines: LineTranslator
    """With the reverse package."""
    filters: Filters
    scores: bool = False
    """Whether a line has SCORES too."""

    def translate(self, piece: Piece, stored: StoredFormat, skipped: Collection[int] = ()) -> TranslatedPiece:
        """Make pairs of the texts of `piece`. Texts that cannot be translated, or are `skipped`, are faults."""
        opened = stored.format.opened(piece)
        answers, faults = self.lines.read(opened, skipped)
        candidates = [
            Candidate(one_line(answer.text), one_line(text), answer.marks)
            for text, answer in zip(opened.texts, answers, strict=True)
            if answer is not None
        ]
        judged = list(zip(candidates, self.filters.judged(candidates), strict=True))
        kept = [self._line(pair, judgement) for pair, judgement in judged if judgement.left_out is None]
        return TranslatedPiece(
            stored.compression.compressed("".join(kept).encode()),
            tuple(faults),
            word_count(opened.texts),
            PairCounts(kept=len(kept), left_out=Counter(each.left_out for _, each in judged if each.left_out)),
        )

    def _line(self, pair: Candidate, judgement: Judgement) -> str:
        scores = [f"{judgement.scores[name]:.4f}" if name in judgement.scores else "" for name in SCORES]
        return "\t".join([pair.source, pair.target, *(scores if self.scores else [])]) + "\n"
