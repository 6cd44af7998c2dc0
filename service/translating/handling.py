"""How the texts of a request are read, beyond the fields of /translate: what some dialects let their clients choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from nmt.text import MarkedText, Markup, TranslatedMarks, XmlMarkup, XmlRules

Assemble: TypeAlias = Callable[[Sequence[TranslatedMarks], int], str]
"""Returns a text with the n-th translations of its parts in their places."""
_LINE_BREAKS = re.compile(r"[ \t]*(?:\r\n|[\r\n])[ \t]*")


class Split(Enum):
    """Where a sentence ends."""

    LINES = "lines"
    """At punctuation and at line breaks."""
    PUNCTUATION = "punctuation"
    """At punctuation. A line break is a space."""
    NEVER = "never"
    """At the end of the text. A line break is a space."""


@dataclass(frozen=True, slots=True)
class Handling:
    """How to read texts."""

    split: Split = Split.LINES
    xml: XmlRules | None = None
    """Rules of texts that are XML."""
    context: str = ""
    """Text around those to translate, which helps to detect the language of short ones."""

    def opened(
        self, text: str, form: str, languages: tuple[str, str], attributes: bool
    ) -> tuple[list[MarkedText], Assemble]:
        """Return the parts of `text` to translate, and how to put their translations in place.

        `languages` are those of the text and of its translation. With `attributes`, those of HTML that people read are
        translated too. Raises RequestError for XML that cannot be read.
        """
        if self.xml is not None:
            xml = XmlMarkup(text, self.xml)
            return xml.texts, xml.with_texts
        if form == "html":
            markup = Markup(text, languages, attributes)
            return markup.texts, markup.with_texts
        plain = text if self.split is Split.LINES else _LINE_BREAKS.sub(" ", text)
        return [MarkedText(plain)], lambda translated, rank: translated[0].parts[0].text(rank)
