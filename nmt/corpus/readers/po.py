"""Read pairs from gettext catalogues. A catalogue is read whole, as it is small compared to a corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polib

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
    that the translations are. In an entry with plurals, the singular is paired with the first form and the plural with
    the last.
    """
    catalogue = _catalogue(path)
    language = catalogue.metadata.get("Language", "")
    if columns is None:
        translations_first = matches(language, direction.source) and not matches(language, direction.target)
    elif {columns.source, columns.target} == set(_MESSAGES):
        translations_first = columns.source == "msgstr"
    else:
        raise CorpusError(
            f"{path}: columns {columns.source!r} and {columns.target!r}: a catalogue has msgid and msgstr"
        )
    for entry in catalogue:
        origin = Origin(path, (entry.linenum or 1) - 1)
        for message, translation in _texts(entry):
            source, target = one_line(message), one_line(translation)
            reason = _reason(entry, bool(source and target))
            pair = SentencePair(target, source, origin) if translations_first else SentencePair(source, target, origin)
            if reason:
                leave_out(pair, reason)
            else:
                yield pair


def _reason(entry: polib.POEntry, translated: bool) -> str | None:
    """Return why a message of `entry` is not a pair, if there is a reason."""
    if entry.obsolete:
        return OBSOLETE
    if not translated:
        return NOT_TRANSLATED
    return NOT_FINISHED if entry.fuzzy else None


def _catalogue(path: Path) -> polib.POFile:
    with open_unpacked(path) as stream:
        content = stream.read()
    declared = _DECLARED.search(content)
    codec = declared[1].decode("ascii") if declared else "utf-8"
    codec = "utf-8-sig" if codec.lower() in {"charset", "utf-8", "utf8"} else codec  # CHARSET: never filled in
    try:
        # The leading line break prevents polib from opening the text as a file path.
        return polib.pofile("\n" + content.decode(codec), encoding="utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise CorpusError(
            f"{path} line {line}: byte 0x{content[error.start]:02X} is not {codec.removesuffix('-sig').upper()}; "
            f"convert the file, or mend the charset in its header"
        ) from error
    except (OSError, ValueError, LookupError) as error:
        raise CorpusError(f"{path}: no catalogue that gettext could read ({error}); check it with msgfmt") from error


def _texts(entry: polib.POEntry) -> Iterator[tuple[str, str]]:
    if not entry.msgid_plural:
        yield entry.msgid, entry.msgstr
        return
    forms = [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
    if len(forms) > 1:
        yield entry.msgid, forms[0]
    if forms:
        yield entry.msgid_plural, forms[-1]
