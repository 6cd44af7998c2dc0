"""Check that texts are in their declared language, using the detector of the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import Finding
from nmt.corpus.check.measures.tally import Note, Tally
from nmt.languages import base_code

_FEWEST_BYTES = 30
"""Minimum number of letter bytes (UTF-8) in a text to detect its language."""
_MARGIN = 15.0
"""Margin, in nats, by which another language must be likelier. At 15, 1 or 2 of 10,000 texts from manuals and everyday
sentences in four languages were wrongly flagged, and 99 % of those in a wrong language were found."""
_PLAUSIBLE = frozenset(
    code
    for codes in (
        "ar bg ca cs da de el en es et fa fi fr he hi hr hu id",
        "it ja ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk vi zh",
    )
    for code in codes.split()
)
"""Languages that misplaced text is likely to be in. Among all 140 that the model knows, a rare one is often the best
match for a list of part numbers."""
_NEAR = tuple(
    set(group.split())
    for group in (
        "no nb nn da sv", "hr sr bs sl", "cs sk", "id ms", "es ca gl pt an", "nl af fy", "de lb", "ru uk be", "bg mk",
        "hi mr ne", "fr oc wa", "it vec lij", "zh yue wuu", "et fi", "fa ar ur ps",
    )
)  # fmt: skip
"""Groups of languages that the detector confuses too easily."""


@dataclass(frozen=True, slots=True)
class _Judgement:
    """The detected language of a text, if it is not the expected one."""

    reads_as: str = ""


class Languages:
    """Checks pairs against the two languages of the corpus."""

    def __init__(self, source: str, target: str) -> None:
        self._codes = {"source": _code(source), "target": _code(target)}
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        known = set(self._identifier.labels)
        self.unknown = sorted({code for code in self._codes.values() if code not in known})
        """Languages of the corpus that the detector does not know."""
        self._candidates = {
            side: sorted(_candidates(code, set(self._codes.values())) & known) for side, code in self._codes.items()
        }

    def findings(self, chunk: Chunk) -> list[Finding]:
        """Return the detector's findings for `chunk`. Languages that it does not know are skipped."""
        read = {
            side: self._judge(side, texts) for side, texts in (("source", chunk.sources), ("target", chunk.targets))
        }
        swapped = [index for index in range(len(chunk)) if self._swapped(read["source"][index], read["target"][index])]
        tallies = [Tally("swapped_languages")]
        tallies[0].add(chunk, swapped)
        for side, judged in read.items():
            wrong = [index for index, text in enumerate(judged) if text.reads_as and index not in set(swapped)]
            tallies.append(Tally(f"wrong_language_{side}"))
            tallies[-1].add(chunk, wrong, _say(judged))
        return [tally.finding(chunk.role) for tally in tallies]

    def _swapped(self, source: _Judgement, target: _Judgement) -> bool:
        return source.reads_as == self._codes["target"] and target.reads_as == self._codes["source"]

    def _judge(self, side: str, texts: Sequence[str]) -> list[_Judgement]:
        expected = self._codes[side]
        if expected in self.unknown:
            return [_Judgement()] * len(texts)
        self._identifier.set_languages(self._candidates[side])
        return [self._reads_as(text, expected) for text in texts]

    def _reads_as(self, text: str, expected: str) -> _Judgement:
        if len("".join(filter(str.isalpha, text)).encode(errors="ignore")) < _FEWEST_BYTES:
            return _Judgement()
        ranked = self._identifier.rank(text)
        own = next(score for language, score in ranked if language == expected)
        best, score = ranked[0]
        return _Judgement(best) if score - own > _MARGIN else _Judgement()


def _say(judged: Sequence[_Judgement]) -> Note:
    return lambda _chunk, index: f"reads as {judged[index].reads_as}"


def _code(language: str) -> str:
    code = base_code(language)
    return "no" if code == "nb" else code


def _candidates(expected: str, both: set[str]) -> set[str]:
    """Return `expected` and the languages to test against it: no near relatives, unless one is the other side's."""
    relatives = set().union(*(group for group in _NEAR if expected in group))
    return {expected, *both} | (_PLAUSIBLE - relatives)
