"""Gettext catalogues: one fragment for each message without a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nmt.catalogue import CatalogueFault, Entry, Header, quoted, read_catalogue
from nmt.documents.document import Fragment, has_letters
from nmt.documents.encoding import decoded
from nmt.errors import DocumentError

_DECLARED = re.compile(rb"charset=([\w.:-]+)")
_CHARSET = re.compile(r"(charset=)([\w.:-]+)")
_CONTENT_TYPE = r"Content-Type: text/plain; charset=UTF-8\n"
_LONGEST_WRAPPED = 80
"""Maximum line length that gettext's tools may have wrapped. A file with longer lines is not wrapped."""
_NUMBER = re.compile(r"%[^%\s\w]*[\w$.]*[a-zA-Z@]|\{[^{}]*\}")
"""A place in a message where a program puts something."""

Change = tuple[int, int, str]
"""Offsets of a part of the file, and what is written there."""


class CatalogueDocument:
    """A PO file. All of it stays unchanged but the translations of entries without one, which are marked `fuzzy`.

    That is how gettext marks what a person has yet to check. Entries that were already fuzzy are translated again; the
    comments with the message that they were made for go.
    """

    def __init__(self, name: str, content: bytes) -> None:
        """Read the file `name`."""
        declared = _DECLARED.search(content)
        self._content = content
        self._source = decoded(name, content, declared[1].decode("ascii", errors="replace") if declared else None)
        text = self._source.text
        try:
            catalogue = read_catalogue(text)
        except CatalogueFault as error:
            raise DocumentError(f"{name} is no catalogue that gettext could read: {error}") from None
        self._headers = catalogue.headers
        self._entries = [entry for entry in catalogue.entries if _to_translate(entry)]
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._wrapped = max(map(len, text.split("\n"))) <= _LONGEST_WRAPPED
        self.texts = [Fragment(message) for entry in self._entries for message in entry.messages]
        """The texts to translate. An entry with a plural has two: the singular and the plural."""

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return the catalogue with `texts` as its translations."""
        if len(texts) != len(self.texts):
            raise ValueError(f"{len(texts)} texts for {len(self.texts)} messages")
        if not texts:
            return self._content
        remaining = iter(texts)
        changes = [change for header in self._headers for change in self._declared_utf_8(header)]
        if all(header.message is None for header in self._headers):
            changes.append((0, 0, f'msgid ""{self._newline}msgstr "{_CONTENT_TYPE}"{self._newline * 2}'))
        for entry in self._entries:
            changes += self._translated(entry, [next(remaining) for _ in entry.messages])
            changes += self._marked_fuzzy(entry)
        parts, position = [], 0
        for start, end, written in sorted(changes, key=lambda change: change[:2]):
            parts += [self._source.text[position:start], written]
            position = end
        return self._source.encoded("".join(parts) + self._source.text[position:])

    def _translated(self, entry: Entry, texts: list[str]) -> Iterator[Change]:
        """Yield the translations of `entry`. Forms that its language has and the entry lacks are added."""
        texts = [_with_ends_of(entry.messages[0], text) for text in texts]
        forms = entry.plural_forms
        for form, old in entry.translations.items():
            if entry.fuzzy or not old.text:
                name = f"msgstr[{form}]" if entry.plural else "msgstr"
                yield old.start, old.end, self._quoted(_of_form(entry, form, texts), name, entry)
        if entry.plural:
            end = max(message.end for message in entry.translations.values())
            for form in range(forms.count):
                if form not in entry.translations:
                    name = f"msgstr[{form}]"
                    written = self._quoted(_of_form(entry, form, texts), name, entry)
                    yield end, end, f"{self._newline}{name} {written}"

    def _quoted(self, text: str, name: str, entry: Entry) -> str:
        return quoted(text, name, self._newline, self._wrapped and "no-wrap" not in entry.flags)

    def _marked_fuzzy(self, entry: Entry) -> Iterator[Change]:
        if not entry.fuzzy and entry.flag_line is not None:
            yield entry.flag_line, entry.flag_line, ", fuzzy"
        elif not entry.fuzzy:
            start = min([entry.start, *(start for start, _ in entry.previous)])
            yield start, start, f"#, fuzzy{self._newline}"
        for start, end in entry.previous:
            yield start, end, ""

    def _declared_utf_8(self, header: Header) -> Iterator[Change]:
        """Yield what makes `header` say that the file is in UTF-8, if it does not."""
        message = header.message
        if message is None:
            return
        found = _CHARSET.search(self._source.text, message.start, message.end)
        if found is None:
            yield message.end, message.end, f'{self._newline}"{_CONTENT_TYPE}"'
        elif found[2].lower() not in ("utf-8", "utf8"):
            yield found.start(2), found.end(2), "UTF-8"


def _to_translate(entry: Entry) -> bool:
    if entry.obsolete or not any(map(has_letters, entry.messages)):
        return False
    return entry.fuzzy or not all(message.text for message in entry.translations.values())


def _of_form(entry: Entry, form: int, texts: list[str]) -> str:
    """Return which of `texts`, those of the singular and the plural, the plural form `form` of `entry` is."""
    forms = entry.plural_forms
    if len(texts) == 1 or (form == forms.one != forms.most and _fits_one(entry)):
        return texts[0]
    return texts[1]


def _fits_one(entry: Entry) -> bool:
    """Whether the singular can stand for every number of its form: it has the number, or the form is that of 1 alone.

    "One file" is wrong for 21 files, and `msgfmt --check` refuses it.
    """
    singular, plural = (set(_NUMBER.findall(message)) for message in entry.messages)
    return entry.plural_forms.is_only_one or plural <= singular


def _with_ends_of(message: str, text: str) -> str:
    """Return `text` with a line break at each end where `message` has one, as `msgfmt --check` wants it."""
    if message.startswith("\n") != text.startswith("\n"):
        text = text.lstrip("\n") if text.startswith("\n") else f"\n{text}"
    if message.endswith("\n") != text.endswith("\n"):
        text = text.rstrip("\n") if text.endswith("\n") else f"{text}\n"
    return text
