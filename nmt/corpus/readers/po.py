"""Read pairs from gettext catalogues. A catalogue is read whole, as it is small compared to a corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nmt.catalogue import CatalogueFault, Entry, read_catalogue
from nmt.corpus.corpus_spec import Columns, Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.compressed import open_unpacked
from nmt.corpus.readers.left_out import NOT_FINISHED, NOT_TRANSLATED, OBSOLETE, LeaveOut
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError
from nmt.languages import matches

_DECLARED = re.compile(rb"charset=([\w.:-]+)")
_MESSAGES = ("msgid", "msgstr")


def read_po(path: Path, columns: Columns | None, direction: Direction, leave_out: LeaveOut) -> Iterator[SentencePair]:
    """Read message and translation of each entry that is translated and neither fuzzy nor obsolete.

    `leave_out` is called for the others. The messages are the source, unless the header's Language or `columns` say
    that the translations are. In an entry with plurals, the singular is paired with the form of n = 1 and the plural
    with the form that the most numbers take; without a usable header Plural-Forms, with the first and the last.
    """
    if columns is not None and {columns.source, columns.target} != set(_MESSAGES):
        raise CorpusError(
            f"{path}: columns {columns.source!r} and {columns.target!r}: a catalogue has msgid and msgstr"
        )
    for entry in _entries(path):
        if columns is None:
            language = entry.header.field("Language")
            translations_first = matches(language, direction.source) and not matches(language, direction.target)
        else:
            translations_first = columns.source == "msgstr"
        origin = Origin(path, entry.line)
        for message, translation in _texts(entry):
            source, target = one_line(message), one_line(translation)
            reason = _reason(entry, bool(source and target))
            pair = SentencePair(target, source, origin) if translations_first else SentencePair(source, target, origin)
            if reason:
                leave_out(pair, reason)
            else:
                yield pair


def _reason(entry: Entry, translated: bool) -> str | None:
    """Return why a message of `entry` is not a pair, if there is a reason."""
    if entry.obsolete:
        return OBSOLETE
    if not translated:
        return NOT_TRANSLATED
    return NOT_FINISHED if entry.fuzzy else None


def _entries(path: Path) -> list[Entry]:
    with open_unpacked(path) as stream:
        content = stream.read()
    declared = _DECLARED.search(content)
    codec = declared[1].decode("ascii") if declared else "utf-8"
    codec = "utf-8-sig" if codec.lower() in {"charset", "utf-8", "utf8"} else codec  # CHARSET: never filled in
    try:
        return read_catalogue(content.decode(codec)).entries
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CorpusError(
            f"{path} line {line}: byte 0x{content[error.start]:02X} is not {codec.removesuffix('-sig').upper()}; "
            f"convert the file, or mend the charset in its header"
        ) from error
    except (CatalogueFault, LookupError) as error:
        raise CorpusError(f"{path}: no catalogue that gettext could read ({error}); check it with msgfmt") from error


def _texts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Return the message and its translation; of an entry with a plural, those of both that have a form."""
    translations = {form: message.text for form, message in entry.translations.items()}
    if entry.plural is None:
        yield entry.messages[0], translations[min(translations)]
        return
    singular, plural = entry.messages
    forms = entry.plural_forms
    if forms.one != forms.most and forms.one in translations:
        yield singular, translations[forms.one]
    if forms.most in translations:
        yield plural, translations[forms.most]
