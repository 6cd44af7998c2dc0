"""A text file in which some places are translated; every other byte stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nmt.documents.encoding import Decoded
from nmt.documents.html_fragment import Fragment


@dataclass(frozen=True, slots=True)
class Patch:
    """A place in a text and how a translation is written there."""

    start: int
    """Characters before it in the text."""
    end: int
    fragment: Fragment
    written: Callable[[str], str]
    """What stands in the place, given the fragment's translation."""


class PatchedText:
    """A text file and the places in it, in order, that are translated.

    A fragment that comes back as it was leaves its place untouched, so that a file without translations is
    the same byte for byte (in UTF-8).
    """

    def __init__(self, source: Decoded, patches: Sequence[Patch]) -> None:
        self._source = source
        self._patches = patches

    @property
    def texts(self) -> list[Fragment]:
        """What is to be translated, in the order of the file."""
        return [patch.fragment for patch in self._patches]

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """The file with `texts` in their places."""
        parts: list[str] = []
        start = 0
        for patch, text in zip(self._patches, texts, strict=True):
            if text != patch.fragment.text:
                parts += [self._source.text[start : patch.start], patch.written(text)]
                start = patch.end
        return self._source.encoded("".join(parts) + self._source.text[start:])
