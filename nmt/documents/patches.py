"""A text file in which some places are translated. Every other byte stays unchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nmt.documents.document import Fragment
from nmt.documents.encoding import Decoded


@dataclass(frozen=True, slots=True)
class Patch:
    """A place in a text, and how to write a translation there."""

    start: int
    """Offset of the place in the text, in characters."""
    end: int
    fragment: Fragment
    written: Callable[[str], str]
    """Returns the text to write in the place, given the fragment's translation."""


class PatchedText:
    """A text file and the ordered places in it to translate.

    A fragment that comes back unchanged leaves its place untouched. A file without translations is therefore the same
    byte for byte (in UTF-8).
    """

    def __init__(self, source: Decoded, patches: Sequence[Patch]) -> None:
        self._source = source
        self._patches = patches

    @property
    def texts(self) -> list[Fragment]:
        """Return the texts to translate, in file order."""
        return [patch.fragment for patch in self._patches]

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return the file with its texts replaced by `texts`."""
        parts: list[str] = []
        start = 0
        for patch, text in zip(self._patches, texts, strict=True):
            if text != patch.fragment.text:
                parts += [self._source.text[start : patch.start], patch.written(text)]
                start = patch.end
        return self._source.encoded("".join(parts) + self._source.text[start:])
