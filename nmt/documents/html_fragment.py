"""What a document is to the rest: texts in their order, and bytes again when they are translated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Form = Literal["text", "html"]
"""How a fragment is written: as plain text, or as HTML whose tags, attributes and `translate="no"` are kept."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a document that is translated by itself: a paragraph, a heading, a cell."""

    text: str
    form: Form = "text"


class Document(Protocol):
    """A file whose texts can be replaced; all else stays."""

    @property
    def texts(self) -> Sequence[Fragment]:
        """What is to be translated, in the order of the document."""

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """The file with `texts` in the places of its own, each in the form of the fragment that it replaces."""


def has_letters(text: str) -> bool:
    """Whether there is anything to translate in `text`."""
    return any(character.isalpha() for character in text)
