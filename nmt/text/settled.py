"""What is settled of a sentence's translation before there is one: protected parts, terms, names, and typography."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nmt.text.casing import Casing, casing_of
from nmt.text.protected.names import UnknownNames
from nmt.text.protected.number_forms import NumberForms
from nmt.text.protected.parts import Glossary, Part, protected_parts, with_others, with_targets
from nmt.text.protected.unspelled import unspelled_parts
from nmt.text.readings import Readings, Way
from nmt.text.sentence_translator import SentenceTranslator
from nmt.text.sentences import Segment
from nmt.text.typography import Typography, model_view
from nmt.text.untranslated import Untranslated


@dataclass(frozen=True, slots=True)
class Task:
    """A sentence and the parts of its translation that are settled."""

    segment: Segment
    core: str
    """The sentence as a model sees it, in which the parts stand."""
    typography: Typography
    parts: list[Part]
    untranslated: Untranslated
    ways: list[Way]
    """Empty if nothing needs to be translated."""
    in_dictionary: tuple[str, ...] = ()
    """Translations that the dictionary has of the sentence, best first."""


class Settled:
    """Finds what is settled of a translation before there is one."""

    def __init__(self, translator: SentenceTranslator, glossary: Glossary | None) -> None:
        known, manifest = translator.known_words, translator.manifest
        self.names = None if known is None else UnknownNames(known, manifest.source)
        self.target = manifest.target
        self.numbers = NumberForms(manifest.source, manifest.target)
        self.readings = Readings(manifest.source, known)
        self._glossary = glossary
        self.translator = translator

    def _reads_lower(self, character: str) -> bool:
        """Return whether a letter of a text in capitals, which the model sees in lower case, is read as itself."""
        spells = self.translator.spells
        return spells(character) or all(map(spells, character.lower()))

    def parts(self, sentence: str, casing: Casing) -> list[Part]:
        """Return the parts of `sentence` with a fixed translation. Where capitals tell nothing there are no names."""
        parts = protected_parts(sentence, self._glossary, any_case=casing is Casing.CAPITALS)
        found = unspelled_parts(
            sentence, self._reads_lower if casing is Casing.CAPITALS else self.translator.spells, parts
        )
        if casing is Casing.SENTENCE and self.names is not None:
            found = with_others(found, self.names.of(sentence))
        return with_others(parts, found)


def task_of(segment: Segment, settled: Settled) -> Task:
    """Return what is settled of the translation of `segment`. A sentence without words has no ways to show it."""
    view = model_view(segment.core)
    casing = casing_of(view.text)
    parts = settled.parts(view.text, casing)
    typography = Typography.of(segment.core, settled.target)
    found = () if parts else settled.translator.dictionary.translations(view.text)
    parts = [
        part
        if part.is_term or part.is_name
        else replace(part, target=settled.numbers.written(view.source_of(part.start, part.end), view.text[part.end :]))
        for part in parts
    ]
    if casing is Casing.CAPITALS:
        parts = [replace(part, target=part.target.upper()) if part.is_term else part for part in parts]
    has_words = any(map(str.isalpha, with_targets(view.text, [replace(part, target="") for part in parts])))
    ways = settled.readings.ways(view.text, casing) if has_words else []
    return Task(
        segment,
        view.text,
        typography,
        parts,
        Untranslated(settled.translator.dictionary, view.text, parts),
        ways,
        found,
    )
