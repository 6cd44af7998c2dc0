"""The forms in which a sentence is shown to a model, and which of its answers to take."""

from __future__ import annotations

from dataclasses import dataclass

from nmt.languages import base_code
from nmt.runtime import KnownWords, TranslationResult
from nmt.text.casing import Casing, as_sentence, capitalised, is_lower, other_reading, recased, with_formal_address
from nmt.text.sentences import ends_sentence, is_clause

_OTHER_READING = 0.4
"""What the score of a word in the other case must be better by. Of 30 common words, it then chose wrongly for one."""
_COPIED = 1.0
"""What the score of a word is worse by if its translation is the word itself."""
_FRAGMENT = 2
"""Maximum number of words that may be the end of a sentence cut by markup, and are no sentence by their full stop."""


@dataclass(frozen=True, slots=True)
class Way:
    """A form of the sentence that is shown to the model, and how to convert the model's output."""

    sentence: str
    casing: Casing
    handicap: float = 0.0
    """How much better its score has to be than that of the sentence as written."""


class Readings:
    """Shows sentences to a model as its training text writes them, however they are written."""

    def __init__(self, language: str, known: KnownWords | None) -> None:
        self._language = language
        self._has_formal_capital = base_code(language) == "de"
        self._usual = {} if known is None else known.usual

    def ways(self, core: str, casing: Casing) -> list[Way]:
        """Return the forms in which to show a sentence to the model."""
        if casing is Casing.SENTENCE:
            return self._lower_ways(core) if is_lower(core) else [Way(self._with_stop(core), casing), *_others(core)]
        lowered = Way(self._with_stop(self._recased(as_sentence(core))), casing)
        # Capitals may mark a title or names. Use whichever form the model is surer of.
        return [lowered] if casing is Casing.CAPITALS else [Way(core, Casing.SENTENCE), lowered]

    def _lower_ways(self, core: str) -> list[Way]:
        """Return the forms of a text without capitals. A sentence gets one at its beginning too."""
        text = self._recased(core)
        if is_clause(core, self._language) or (len(core.split()) > _FRAGMENT and ends_sentence(core[-1])):
            return [Way(self._with_stop(capitalised(text)), Casing.SENTENCE)]
        return [Way(text, Casing.SENTENCE), *_others(core)]

    def _recased(self, text: str) -> str:
        """Return `text`, whose capitals tell nothing, with those that its words have within sentences."""
        text = recased(text, self._usual)
        return with_formal_address(text) if self._has_formal_capital else text

    def _with_stop(self, text: str) -> str:
        """Return `text` with a full stop if it is a sentence without an end. Training text hardly has such ones."""
        return f"{text}." if text[-1].isalnum() and is_clause(text, self._language) else text


def _others(core: str) -> list[Way]:
    other = other_reading(core)
    return [] if other is None else [Way(other, Casing.SENTENCE, _OTHER_READING)]


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
