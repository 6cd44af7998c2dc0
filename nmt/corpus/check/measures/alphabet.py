"""Count the characters that training sees, and find held-out characters that it never sees."""

from __future__ import annotations

import unicodedata

import numpy as np

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.code_points import SPACE, Characters, Counts
from nmt.corpus.check.finding import EXAMPLES, Example, Finding, Role
from nmt.corpus.check.kinds import KINDS

RARE = 5
"""A character seen fewer times than this is rare."""
_SIDES = ("source", "target")


class Alphabet:
    """Counts the characters on each side of the pairs of one use, and remembers where each occurred first."""

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {side: np.zeros(0x110000, dtype=np.int64) for side in _SIDES}
        self._first: dict[tuple[str, int], Example] = {}
        self._chunks: list[Chunk] = []

    def feed(self, chunk: Chunk) -> None:
        """Count the pairs of `chunk` that training uses."""
        for side in _SIDES:
            texts: Characters = getattr(chunk, side)
            kept = ~chunk.left_out[texts.text] & (texts.classes != SPACE)
            found = np.bincount(texts.codes[kept])
            seen = self.counts[side]
            for code in np.flatnonzero((found > 0) & (seen[: len(found)] == 0)).tolist():
                where = int(texts.text[np.flatnonzero(kept & (texts.codes == code))[0]])
                self._first[side, code] = chunk.example(where, describe(code))
            seen[: len(found)] += found

    def hold(self, chunk: Chunk) -> None:
        """Count held-out pairs, and keep them for a second look."""
        self.feed(chunk)
        self._chunks.append(chunk)

    def _examples(self, codes: list[tuple[str, int]]) -> tuple[Example, ...]:
        """Return the first occurrences of the first `codes`, each pair at most once."""
        places = {(first.file, first.place): first for first in map(self._first.__getitem__, reversed(codes))}
        return tuple(reversed(places.values()))[:EXAMPLES]

    def rare(self, role: Role) -> Finding:
        """Find the distinct characters, over both sides, that are seen too few times."""
        codes = [(side, code) for side in _SIDES for code in _between(self.counts[side], 1, RARE)]
        examples = self._examples(codes)
        distinct = sum(int((counts > 0).sum()) for counts in self.counts.values())
        severity = KINDS["rare_characters"].severity(len(codes), distinct)
        action = "kept: spelled in bytes where the vocabulary has no place for them" if codes else "nothing to do"
        details = {f"distinct_{side}": int((counts > 0).sum()) for side, counts in self.counts.items()}
        return Finding("rare_characters", role, severity, len(codes), distinct, examples, action, details)

    def unknown_to(self, train: Alphabet, role: Role) -> Finding:
        """Find held-out pairs with a character that never occurs on that side of `train`."""
        unknown = {side: (self.counts[side] > 0) & (train.counts[side] == 0) for side in _SIDES}
        pairs = characters = total = 0
        for chunk in self._chunks:
            hit: set[int] = set()
            for side in _SIDES:
                texts: Characters = getattr(chunk, side)
                found = unknown[side][texts.codes]
                hit.update(texts.having(found).tolist())
                characters += int(found.sum())
                total += len(texts.codes)
            pairs += len(hit)
        codes = [(side, code) for side in _SIDES for code in np.flatnonzero(unknown[side]).tolist()]
        codes.sort(key=lambda each: -int(self.counts[each[0]][each[1]]))
        of = sum(map(len, self._chunks))
        severity = KINDS["unknown_characters"].severity(pairs, of)
        details = {"characters": characters, "rate": round(characters / total, 8) if total else 0.0}
        action = "kept: spelled in bytes, which training has not learned" if pairs else "nothing to do"
        examples = self._examples(codes)
        return Finding("unknown_characters", role, severity, pairs, of, examples, action, details)


def describe(code: int) -> str:
    """Return a printable form of a character with its name: `ß (U+00DF LATIN SMALL LETTER SHARP S)`."""
    character = chr(code)
    shown = f"{character} " if character.isprintable() else ""
    return f"{shown}(U+{code:04X} {unicodedata.name(character, 'no name')})"


def _between(counts: Counts, least: int, below: int) -> list[int]:
    return np.flatnonzero((counts >= least) & (counts < below)).tolist()
