"""The entries of a catalogue, read as gettext's own lexer reads them, each string with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from nmt.catalogue.plural_forms import PluralForms
from nmt.catalogue.strings import unescaped

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\f\v]+|\n)
    | (?P<flags>\#[,=][^\n]*)
    | (?P<previous>\#~?\|[^\n]*)
    | (?P<obsolete>\#~)
    | (?P<comment>\#[^\n]*)
    | (?P<keyword>(?P<name>msgctxt|msgid_plural|msgid|msgstr|domain)(?:[ \t]*\[[ \t]*(?P<form>\d{1,4})[ \t]*\])?)
    | "(?P<string>[^"\\\n]*(?:\\[^\n][^"\\\n]*)*)"
    """,
    re.VERBOSE,
)
"""Only a line feed ends a line. U+0085, U+2028 and others at which Python splits lines are mere characters."""
_FLAG = re.compile(r"[^\s,#=]+")


class CatalogueFault(ValueError):
    """The text is no catalogue. The message names the line."""


@dataclass(slots=True)
class Message:
    """A text, made of one or more strings."""

    start: int
    """Offset of the first string's opening quotation mark in the file, in characters."""
    end: int
    """Offset after the last string's closing quotation mark."""
    parts: list[str]

    @property
    def text(self) -> str:
        """The text without escapes."""
        return "".join(map(unescaped, self.parts))


@dataclass
class Header:
    """The header of a domain: the translation of the empty message, a line a field."""

    message: Message | None = None

    def field(self, name: str) -> str:
        """Return the value of a field, empty if there is none."""
        for line in self.message.text.split("\n") if self.message else ():
            key, colon, value = line.partition(":")
            if colon and key.strip().lower() == name.lower():
                return value.strip()
        return ""

    @cached_property
    def plural_forms(self) -> PluralForms | None:
        """What Plural-Forms says, if it says anything usable. Asked for every entry, and the same for all."""
        return PluralForms.parse(self.field("Plural-Forms"))


@dataclass(slots=True)
class Entry:
    """A message and its translations."""

    line: int
    """Number of its first line, which may be a comment, from 1."""
    start: int
    """Offset of the line with its first keyword. Flags stand before it."""
    header: Header
    """The header of its domain."""
    obsolete: bool
    flags: dict[str, None] = field(default_factory=dict)
    flag_line: int | None = None
    """Offset of the end of its line of flags, if it has one."""
    previous: list[tuple[int, int]] = field(default_factory=list)
    """Places of lines with the message that a fuzzy translation was made for, with their line ends."""
    context: Message | None = None
    message: Message | None = None
    plural: Message | None = None
    translations: dict[int, Message] = field(default_factory=dict)
    """By plural form. An entry without a plural has form 0 only."""

    @property
    def messages(self) -> list[str]:
        """The message, and its plural if it has one."""
        return [each.text for each in (self.message, self.plural) if each]

    @property
    def plural_forms(self) -> PluralForms:
        """Which of the translations are the singular's and the plural's."""
        return self.header.plural_forms or PluralForms.by_place(list(self.translations))

    @property
    def fuzzy(self) -> bool:
        """Whether the translation is marked as one to be checked."""
        return "fuzzy" in self.flags


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries of a file, without those that are headers, and the headers, one a domain."""

    entries: list[Entry]
    headers: list[Header]


def read_catalogue(text: str) -> Catalogue:
    """Read the catalogue `text`. Raises CatalogueFault."""
    headers = [Header()]
    entries: list[Entry] = []
    for entry in _Reader(text, headers).entries():
        if entry.message and not entry.message.text and not entry.context and not entry.obsolete:
            entry.header.message = entry.translations.get(0)
        elif entry.message:
            entries.append(entry)
    return Catalogue(entries, headers)


class _Reader:
    """Reads entries from tokens. `headers` grows by one with each domain."""

    def __init__(self, text: str, headers: list[Header]) -> None:
        self._text = text
        self._headers = headers
        self._line = 1
        self._entry: Entry | None = None
        self._string: Message | None = None
        """The text that further strings belong to."""
        self._begin()

    def _begin(self) -> None:
        """Forget the comments that were read for the next entry."""
        self._first_line: int | None = None
        self._flags: dict[str, None] = {}
        self._flag_line: int | None = None
        self._previous: list[tuple[int, int]] = []

    def entries(self) -> Iterator[Entry]:
        """Yield the entries of all domains."""
        position, obsolete, length = 0, False, len(self._text)
        while position < length:
            token = _TOKEN.match(self._text, position)
            if token is None:
                raise self._fault(f"{self._text[position : position + 20]!r} is neither keyword nor string nor comment")
            kind = token.lastgroup
            if kind == "space":
                if token[0] == "\n":
                    self._line += 1
                    obsolete = False
            elif kind == "obsolete":
                obsolete = True
            elif kind == "string":
                self._add(token)
            elif kind == "keyword":
                if (finished := self._take(token, obsolete)) is not None:
                    yield finished
            else:
                self._note(token)
            position = token.end()
        if self._entry:
            yield self._checked(self._entry)

    def _note(self, comment: re.Match[str]) -> None:
        self._first_line = self._first_line or self._line
        if comment.lastgroup == "flags":
            self._flags |= dict.fromkeys(_FLAG.findall(comment[0]))
            if comment[0][1] == ",":
                self._flag_line = comment.start() + len(comment[0].rstrip())
        elif comment.lastgroup == "previous":
            self._previous.append((self._line_start(comment.start()), min(comment.end() + 1, len(self._text))))

    def _add(self, string: re.Match[str]) -> None:
        if self._string is None:
            raise self._fault("a string without a keyword before it")
        if not self._string.parts:
            self._string.start = string.start()
        self._string.parts.append(string["string"])
        self._string.end = string.end()

    def _take(self, keyword: re.Match[str], obsolete: bool) -> Entry | None:
        """Begin the text of `keyword`, and return the entry that ends before it, if one does."""
        name, finished, message = keyword["name"], None, Message(keyword.end(), keyword.end(), [])
        entry = self._entry
        begins = name in ("domain", "msgctxt") or (name == "msgid" and not (entry and not entry.message))
        if begins:
            finished = self._checked(entry) if entry else None
            entry = self._entry = None if name == "domain" else self._new_entry(keyword.start(), obsolete)
        self._string = message
        if name == "domain":
            self._headers.append(Header())
            self._begin()
        elif entry is None or (name != "msgctxt" and name != "msgid" and entry.message is None):
            raise self._fault(f"{name} without msgid before it")
        elif name == "msgctxt":
            entry.context = message
        elif name == "msgid":
            entry.message = message
        elif name == "msgid_plural":
            entry.plural = message
        else:
            entry.translations[int(keyword["form"] or 0)] = message
        return finished

    def _new_entry(self, start: int, obsolete: bool) -> Entry:
        entry = Entry(
            self._first_line or self._line,
            self._line_start(start),
            self._headers[-1],
            obsolete,
            self._flags,
            self._flag_line,
            self._previous,
        )
        self._begin()
        return entry

    def _checked(self, entry: Entry) -> Entry:
        texts = (entry.context, entry.message, entry.plural, *entry.translations.values())
        if not entry.message or not entry.translations or not all(text.parts for text in texts if text):
            raise self._fault("an entry before this line has no message, no translation, or a keyword without a string")
        return entry

    def _line_start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position) + 1

    def _fault(self, found: str) -> CatalogueFault:
        return CatalogueFault(f"line {self._line}: {found}")
