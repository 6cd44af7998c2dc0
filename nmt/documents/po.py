"""Gettext catalogues: one fragment for each message without a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polib

from nmt.documents.document import Fragment, has_letters
from nmt.documents.encoding import decoded
from nmt.errors import DocumentError

_DECLARED = re.compile(rb"charset=([\w.:-]+)")
_LONGEST_WRAPPED = 80
"""Maximum line length that gettext's tools may have wrapped. A file with longer lines is not wrapped."""


class Catalogue:
    """A PO file. Its header, comments, contexts, finished translations and obsolete entries stay unchanged.

    New translations are marked `fuzzy`, as gettext marks what a person has yet to check. Entries that were already
    fuzzy are translated again.
    """

    def __init__(self, name: str, content: bytes) -> None:
        """Read the file `name`."""
        declared = _DECLARED.search(content)
        self._name = name
        self._content = content
        self._source = decoded(name, content, declared[1].decode("ascii", errors="replace") if declared else None)
        self.texts = [Fragment(text) for entry in _untranslated(self._read()) for text in _messages(entry)]
        """The texts to translate. An entry with a plural has two: the singular and the plural."""

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return the catalogue with `texts` as its translations. The plural's is used for every form but the first."""
        if len(texts) != len(self.texts):
            raise ValueError(f"{len(texts)} texts for {len(self.texts)} messages")
        if not texts:
            return self._content
        catalogue = self._read()
        remaining = iter(texts)
        for entry in _untranslated(catalogue):
            _translate(entry, [next(remaining) for _ in _messages(entry)])
        kind = catalogue.metadata.get("Content-Type", "text/plain; charset=UTF-8")
        catalogue.metadata["Content-Type"] = re.sub(r"charset=[\w.:-]+", "charset=UTF-8", kind)
        written = str(catalogue)
        return self._source.encoded(written.replace("\n", "\r\n") if "\r\n" in self._source.text else written)

    def _read(self) -> polib.POFile:
        # The leading line break is for polib, which would otherwise open a file if the text is the path of one.
        text = "\n" + self._source.text
        wrapped = max(map(len, text.splitlines())) <= _LONGEST_WRAPPED
        try:
            return polib.pofile(text, wrapwidth=78 if wrapped else 0, encoding="utf-8")
        except (OSError, ValueError, LookupError) as error:
            raise DocumentError(f"{self._name} is no catalogue that gettext could read: {error}") from None


def _untranslated(catalogue: polib.POFile) -> Iterator[polib.POEntry]:
    return (
        entry
        for entry in catalogue
        if not entry.obsolete and not entry.translated() and any(has_letters(text) for text in _messages(entry))
    )


def _messages(entry: polib.POEntry) -> list[str]:
    return [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]


def _translate(entry: polib.POEntry, texts: list[str]) -> None:
    if entry.msgid_plural:
        known = entry.msgstr_plural or {0: "", 1: ""}
        entry.msgstr_plural = {
            form: text if text and not entry.fuzzy else texts[0] if form == 0 and len(known) > 1 else texts[1]
            for form, text in known.items()
        }
    else:
        entry.msgstr = texts[0]
    entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    if "fuzzy" not in entry.flags:
        entry.flags.append("fuzzy")
