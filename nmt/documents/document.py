"""The document interface: ordered texts to translate, and the file's bytes with their translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Form = Literal["text", "html"]
"""The form of a fragment: plain text, or HTML whose tags, attributes and `translate="no"` are kept."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a document that is translated separately: a paragraph, a heading or a cell."""

    text: str
    form: Form = "text"


class Document(Protocol):
    """A file whose texts can be replaced. All else stays unchanged."""

    @property
    def texts(self) -> Sequence[Fragment]:
        """Return the texts to translate, in document order."""

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return the file with its texts replaced by `texts`, each in the form of the fragment that it replaces."""


def has_letters(text: str) -> bool:
    """Whether `text` contains anything to translate."""
    return any(character.isalpha() for character in text)
