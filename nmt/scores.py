"""Corpus scores of translations, and whether a difference between two systems means something."""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Scores:
    """Corpus scores of translations against one reference a sentence, with their sacreBLEU signatures."""

    bleu: float
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


def bleu_name(language: str) -> str:
    """What BLEU of text of `language` is called: `BLEU`, or `BLEU-zh` and `BLEU-char`, which are no measure of words
    and so not to be compared with it."""
    tokenizer = bleu_tokenizer(language)
    return "BLEU" if tokenizer == _WORDS else f"BLEU-{tokenizer}"


def score(translations: Sequence[str], references: Sequence[str], language: str) -> Scores:
    """Cased, detokenised BLEU (Papineni et al. 2002) and chrF2 (Popovic 2015) by sacreBLEU (Post 2018).

    `language` is that of the translations, and decides what BLEU counts as words.
    """
    bleu, chrf = BLEU(tokenize=bleu_tokenizer(language)), CHRF()
    bleu_score = bleu.corpus_score(list(translations), [list(references)])
    chrf_score = chrf.corpus_score(list(translations), [list(references)])
    return Scores(bleu_score.score, chrf_score.score, str(bleu.get_signature()), str(chrf.get_signature()))


def significance(before: Sequence[str], now: Sequence[str], references: Sequence[str], language: str) -> Significance:
    """Of the differences between two systems' translations into `language`, by paired bootstrap (Koehn 2004).

    On the first 3,000 sentences. Nothing can be said of fewer than 30, or if both translate every one the same.
    """
    old, new, wanted = (list(texts[:_MOST_TESTED]) for texts in (before, now, references))
    if old == new or len(wanted) < _FEWEST_TESTED:
        return Significance(None, None)
    systems: list[tuple[str, Sequence[str]]] = [("before", old), ("now", new)]
    metrics = {"BLEU": BLEU(tokenize=bleu_tokenizer(language)), "chrF": CHRF()}
    _, found = PairedTest(systems, metrics, [wanted], "bs", _RESAMPLES)()
    bleu, chrf = (result for metric in ("BLEU", "chrF2") if isinstance(result := found[metric][1], Result))
    return Significance(bleu.p_value, chrf.p_value)
