"""Corpus scores of translations, and whether a difference between two systems means something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest, Result

from nmt.languages import base_code

_FEWEST_TESTED = 30
"""Fewer sentences, drawn again and again, are always alike: everything would seem significant."""
_MOST_TESTED = 3000
"""Sentences that significance is tested on: the test holds 100 kB a sentence in memory."""
_RESAMPLES = 1000
_WORDS = "13a"
"""sacreBLEU's tokenizer for languages that put spaces between words."""
_WITHOUT_SPACES = {
    "zh": "zh zho cmn yue wuu lzh",
    "char": "ja jpn th tha km khm lo lao my mya bo bod dz dzo",
}
"""Its tokenizers for languages written without: 13a takes a whole clause of theirs for one word, and BLEU is then near
zero however good a translation is. That for Japanese words would need a dictionary beside it. Korean has spaces."""
_RUN = 4
"""Words in the longest runs that BLEU counts."""
_FEWEST_WITH_RUNS = 0.1
"""Share of the references that must have such a run. Without any, BLEU is 0 for a perfect translation too; with a few,
it is the luck of those few."""
_EFFECTIVE = "-eff"
"""Ends the name of BLEU with sacreBLEU's effective order: runs only as long as the translations have them."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Corpus scores of translations against one reference a sentence, with their sacreBLEU signatures."""

    bleu: float
    bleu_name: str
    """What the BLEU is called: see `bleu_name`."""
    chrf: float
    bleu_signature: str
    chrf_signature: str


class Significance(NamedTuple):
    """How probable so large a difference is if both systems are equally good; None where nothing can be said."""

    bleu: float | None
    chrf: float | None


def bleu_tokenizer(language: str) -> str:
    """What sacreBLEU calls the tokenizer for text of `language` (`de`, `zh-Hans`, `zh_TW`)."""
    code = base_code(language)
    return next((name for name, codes in _WITHOUT_SPACES.items() if code in codes.split()), _WORDS)


def bleu_name(language: str, references: Sequence[str]) -> str:
    """What BLEU of text of `language` is called: `BLEU`, or `BLEU-zh` and `BLEU-char`, which are no measure of words
    and so not to be compared with it. It ends in `-eff` where `references` are too short for BLEU of four words."""
    tokenizer = bleu_tokenizer(language)
    words = BLEU(tokenize=tokenizer).tokenizer
    with_runs = sum(len(words(reference.rstrip()).split()) >= _RUN for reference in references)
    too_short = with_runs < _FEWEST_WITH_RUNS * len(references) or not with_runs
    return ("BLEU" if tokenizer == _WORDS else f"BLEU-{tokenizer}") + _EFFECTIVE * too_short


def not_measured(metrics: Iterable[str]) -> str:
    """What the names of `metrics` say could not be measured, in a sentence; empty if all could."""
    effective = ", ".join(dict.fromkeys(name for name in metrics if name.endswith(_EFFECTIVE)))
    if not effective:
        return ""
    return (
        f"BLEU cannot be measured where fewer than one reference in ten has {_RUN} words, the longest runs that it "
        f"counts; {effective} counts runs as long as the translations have them (effective order), and is not to be "
        f"compared with it"
    )


def score(translations: Sequence[str], references: Sequence[str], language: str) -> Scores:
    """Cased, detokenised BLEU (Papineni et al. 2002) and chrF2 (Popovic 2015) by sacreBLEU (Post 2018).

    `language` is that of the translations, and decides what BLEU counts as words. Where the references are too short
    for BLEU, it has the effective order, and another name.
    """
    name, chrf = bleu_name(language, references), CHRF()
    bleu = _bleu(language, name)
    bleu_score = bleu.corpus_score(list(translations), [list(references)])
    chrf_score = chrf.corpus_score(list(translations), [list(references)])
    return Scores(bleu_score.score, name, chrf_score.score, str(bleu.get_signature()), str(chrf.get_signature()))


class SentenceChrf:
    """chrF2 (Popovic 2015) by sacreBLEU of one text at a time, 0 to 100."""

    def __init__(self) -> None:
        self._chrf = CHRF()

    def of(self, translation: str, reference: str) -> float:
        """Return the chrF of `translation`. That of an empty one is 0."""
        return float(self._chrf.sentence_score(translation, [reference]).score)


def significance(before: Sequence[str], now: Sequence[str], references: Sequence[str], language: str) -> Significance:
    """Of the differences between two systems' translations into `language`, by paired bootstrap (Koehn 2004).

    On the first 3,000 sentences. Nothing can be said of fewer than 30, or if both translate every one the same.
    """
    old, new, wanted = (list(texts[:_MOST_TESTED]) for texts in (before, now, references))
    if old == new or len(wanted) < _FEWEST_TESTED:
        return Significance(None, None)
    systems: list[tuple[str, Sequence[str]]] = [("before", old), ("now", new)]
    metrics = {"BLEU": _bleu(language, bleu_name(language, references)), "chrF": CHRF()}
    _, found = PairedTest(systems, metrics, [wanted], "bs", _RESAMPLES)()
    bleu, chrf = (result for metric in ("BLEU", "chrF2") if isinstance(result := found[metric][1], Result))
    return Significance(bleu.p_value, chrf.p_value)


def _bleu(language: str, name: str) -> BLEU:
    return BLEU(tokenize=bleu_tokenizer(language), effective_order=name.endswith(_EFFECTIVE))
