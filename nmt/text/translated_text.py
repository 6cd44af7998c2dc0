"""A translated text: its sentences, their translations, and what happened to each."""

from __future__ import annotations

from dataclasses import dataclass

from nmt.decoding import StopReason
from nmt.runtime import TranslationResult
from nmt.text.sentences import Segment


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """A sentence of a text and its translation."""

    segment: Segment
    candidates: tuple[str, ...]
    """Translations of the sentence, best first."""
    result: TranslationResult | None = None
    """The model's result for the whole sentence, in the order of `candidates`. Contains stand-ins if they were used,
    and covers the whole sentence even if it was translated around parts of it. None for a sentence without a letter,
    which stays unchanged."""
    repetition_stopped: bool = False
    """Whether the model repeated itself. The translation then ends with the first round."""
    used_stand_ins: bool = False
    """Whether the model lost a protected part, a term or a name, and kept the number or name that stood in for it."""
    carried: tuple[str, ...] = ()
    """Names that the model does not know and lost, and that were carried through by stand-ins or around it."""
    looked_up: tuple[str, ...] = ()
    """Words that the model left untranslated in the best translation, and that the dictionary translated."""
    from_dictionary: bool = False
    """Whether the package's dictionary has the sentence, and the model said something else. `result` is None then."""
    translated_around: bool = False
    """Whether the model also lost the stand-in. The text between such parts was then translated separately."""

    @property
    def truncated(self) -> bool:
        """Whether the length limit cut the translation."""
        best = self.result.translations[0] if self.result else None
        return best is not None and best.stop_reason is StopReason.LENGTH_LIMIT and not self.repetition_stopped

    @property
    def copied_source(self) -> bool:
        """Whether the translation equals the source."""
        return self.result is not None and self.candidates[0] == self.segment.core

    def text(self, rank: int) -> str:
        """Return the n-th translation, or the best if there are fewer, with the text around it."""
        candidate = self.candidates[rank if rank < len(self.candidates) else 0]
        return self.segment.before + candidate + self.segment.after


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """Translation of a text, sentence by sentence."""

    sentences: tuple[TranslatedSentence, ...]

    def text(self, rank: int = 0) -> str:
        """Return the n-th translation of the whole text, made of the n-th translation of every sentence."""
        return "".join(sentence.text(rank) for sentence in self.sentences)
