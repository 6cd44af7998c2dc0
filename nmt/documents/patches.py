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

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """Return the fragments of the place: one."""
        return (self.fragment,)

    def written_all(self, texts: Sequence[str]) -> str:
        """Return the text to write in the place, given the translations of its fragments."""
        return self.written(texts[0])


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in a text that is translated as several fragments, such as the forms of a plural in one message."""

    start: int
    """Offset of the place in the text, in characters."""
    end: int
    fragments: tuple[Fragment, ...]
    written_all: Callable[[Sequence[str]], str]
    """Returns the text to write in the place, given the translations of its fragments."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A place that is written anew when anything in the file is translated, such as the language that it declares."""

    start: int
    end: int
    text: str


class PatchedText:
    """A text file and the ordered places in it to translate.

    A fragment that comes back unchanged leaves its place untouched. A file without translations is therefore the same
    byte for byte (in UTF-8).
    """

    def __init__(
        self,
        source: Decoded,
        patches: Sequence[Patch | Passage],
        *,
        edits: Sequence[Edit] = (),
        fills: bool = False,
    ) -> None:
        """`fills` is for files that hold source and translation: if any text changes, all places are written."""
        self._source = source
        self._patches = patches
        self._edits = edits
        self._fills = fills

    @property
    def texts(self) -> list[Fragment]:
        """Return the texts to translate, in file order."""
        return [fragment for patch in self._patches for fragment in patch.fragments]

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return the file with its texts replaced by `texts`."""
        if len(texts) != sum(len(patch.fragments) for patch in self._patches):
            raise ValueError(f"{len(texts)} texts for {len(self.texts)} fragments")
        changes: list[Edit] = []
        unchanged: list[Edit] = []
        at = 0
        for patch in self._patches:
            translated = texts[at : at + len(patch.fragments)]
            at += len(patch.fragments)
            is_changed = any(text != each.text for text, each in zip(translated, patch.fragments, strict=True))
            if is_changed or self._fills:
                edit = Edit(patch.start, patch.end, patch.written_all(translated))
                (changes if is_changed else unchanged).append(edit)
        if not changes:
            return self._source.encoded(self._source.text)
        parts: list[str] = []
        start = 0
        for edit in sorted([*changes, *unchanged, *self._edits], key=lambda edit: (edit.start, edit.end)):
            parts += [self._source.text[start : edit.start], edit.text]
            start = edit.end
        return self._source.encoded("".join(parts) + self._source.text[start:])
