"""Answers to the texts of a piece: each depends on its text alone, and one that fails does not harm the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from nmt.bulk.formats import Answer, Fault, Opened
from nmt.decoding import DecodingOptions
from nmt.runtime import Translation
from nmt.text import SentenceTranslator, TranslatedSentence, TranslatedText, translate_texts
from nmt.text.accelerators import Label

KILLS = "the worker that translated it died each time"
_MARKS: dict[str, Callable[[TranslatedSentence], bool]] = {
    "truncated": lambda sentence: sentence.truncated,
    "repetition_stopped": lambda sentence: sentence.repetition_stopped,
    "used_stand_ins": lambda sentence: sentence.used_stand_ins,
    "carried": lambda sentence: bool(sentence.carried),
    "looked_up": lambda sentence: bool(sentence.looked_up),
    "from_dictionary": lambda sentence: sentence.from_dictionary,
    "translated_around": lambda sentence: sentence.translated_around,
    "copied_source": lambda sentence: sentence.copied_source,
}
"""What the service says of a sentence, by the same names."""


@dataclass(frozen=True, slots=True)
class LineTranslator:
    """A loaded translator and how it searches."""

    translator: SentenceTranslator
    options: DecodingOptions

    def read(self, opened: Opened, skipped: Collection[int]) -> tuple[list[Answer | None], list[Fault]]:
        """Return the answer to each text of `opened`, and the faults of all its lines in order.

        A text without an answer has a fault: it could not be translated, or its line has as many lines before it in
        the piece as a number in `skipped`.
        """
        faults = list(opened.faults)
        numbered = list(zip(opened.lines, opened.texts, strict=True))
        found = iter(self.answers([text for line, text in numbered if line not in skipped]))
        answers: list[Answer | None] = []
        for line, text in numbered:
            outcome = KILLS if line in skipped else next(found)
            answers.append(outcome if isinstance(outcome, Answer) else None)
            if not isinstance(outcome, Answer):
                faults.append(_fault(line, outcome, text))
        return answers, sorted(faults, key=lambda fault: fault.line)

    def answers(self, texts: Sequence[str]) -> list[Answer | str]:
        """Return the answer to each of `texts`, or what is wrong with it.

        Labels with an accelerator are translated one by one: those of a program avoid each other's letters, while a
        line here has nothing to do with the next.
        """
        known = self.translator.known_words
        labels = [index for index, text in enumerate(texts) if Label.of(text, known).mark]
        alone = set(labels)
        others = [index for index in range(len(texts)) if index not in alone]
        outcomes = dict(zip(others, self._together([texts[index] for index in others]), strict=True))
        for index in labels:
            (outcomes[index],) = self._together([texts[index]])
        return [outcomes[index] for index in range(len(texts))]

    def _together(self, texts: Sequence[str]) -> list[Answer | str]:
        if not texts:
            return []
        try:
            return [_answer(each) for each in translate_texts(self.translator, texts, self.options)]
        except Exception as error:  # whatever one text does to the translator, the others get their answers
            if len(texts) == 1:
                return [f"{type(error).__name__}: {error}"]
        middle = len(texts) // 2
        return self._together(texts[:middle]) + self._together(texts[middle:])


def _answer(translated: TranslatedText) -> Answer:
    sentences = translated.sentences
    best = [sentence.result.translations[0] for sentence in sentences if sentence.result is not None]
    marks = tuple(name for name, has in _MARKS.items() if any(map(has, sentences)))
    return Answer(translated.text(), _mean_log_prob(best), marks)


def _mean_log_prob(translations: Sequence[Translation]) -> float | None:
    subwords = sum(len(each.token_log_probs) for each in translations)
    return sum(each.log_prob for each in translations) / subwords if subwords else None


def _fault(line: int, reason: str, text: str) -> Fault:
    # Half of a surrogate pair, which a JSON escape may spell, has no bytes in UTF-8.
    return Fault(line, reason, text.encode(errors="backslashreplace").decode())
