"""The forms in which a sentence is shown to a model, and which of its answers to take."""

from __future__ import annotations

from dataclasses import dataclass

from nmt.runtime import TranslationResult
from nmt.text.casing import Casing, as_sentence, capitalised, other_reading

_OTHER_READING = 0.4
"""What the score of a word in the other case must be better by. Of 30 common words, it then chose wrongly for one."""
_COPIED = 1.0
"""What the score of a word is worse by if its translation is the word itself."""


@dataclass(frozen=True, slots=True)
class Way:
    """A form of the sentence that is shown to the model, and how to convert the model's output."""

    sentence: str
    casing: Casing
    handicap: float = 0.0
    """How much better its score has to be than that of the sentence as written."""


def ways(core: str, casing: Casing) -> list[Way]:
    """Return the forms in which to show a sentence to the model."""
    if casing is Casing.SENTENCE:
        other = other_reading(core)
        return [Way(core, casing)] + ([] if other is None else [Way(other, casing, _OTHER_READING)])
    lowered = Way(as_sentence(core), casing)
    # Capitals may mark a title or names. Use whichever form the model is surer of.
    return [lowered] if casing is Casing.CAPITALS else [Way(core, Casing.SENTENCE), lowered]


def sureness(tried: tuple[Way, TranslationResult]) -> float:
    """Return how sure the model is of a way to show it a sentence. A word that it copied, it may not know."""
    way, result = tried
    best = result.translations[0]
    is_copied = way.handicap > 0.0 and best.text.lower() == way.sentence.lower()
    return best.score - way.handicap - (_COPIED if is_copied else 0.0)


def other_forms(core: str) -> tuple[str, ...]:
    """Return forms of a sentence to which a model may have more to say: with a full stop, and with a capital."""
    bare = core.rstrip(".!?:;, ")
    return f"{bare}.", f"{capitalised(bare)}.", as_sentence(bare)
