"""Catalogues: empty and fuzzy entries are translated and marked, all others stay."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import polib
import pytest

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={}\\n"\n"Plural-Forms: nplurals={}; plural=0;\\n"\n\n'

ENTRIES = """# Kept by the translator.
#. Kept by the programmer.
#: main.c:3
#, c-format
msgctxt "menu"
msgid "Open %s\\n"
msgstr ""

msgid "Done"
msgstr "Fertig"

#, fuzzy
#| msgid "Close"
msgid "Close it"
msgstr "Schliessen"

msgid "100"
msgstr ""

msgid "one file"
msgid_plural "%d files"
msgstr[0] ""
msgstr[1] ""
msgstr[2] "kept"

#~ msgid "Old"
#~ msgstr ""
"""


def test_empty_and_fuzzy_entries_are_translated_and_all_else_stays(shout: Shout) -> None:
    document = open_document("a.po", (HEADER.format("UTF-8", 3) + ENTRIES).encode())
    assert [fragment.text for fragment in document.texts] == ["Open %s\n", "Close it", "one file", "%d files"]
    assert shout(document).decode() == "#\n" + HEADER.format("UTF-8", 3) + (
        ENTRIES.replace('#, c-format\nmsgctxt "menu"\nmsgid "Open %s\\n"\nmsgstr ""', "OPEN")
        .replace("OPEN", '#, c-format, fuzzy\nmsgctxt "menu"\nmsgid "Open %s\\n"\nmsgstr "OPEN %S\\n"')
        .replace('#| msgid "Close"\n', "")
        .replace("Schliessen", "CLOSE IT")
        .replace('msgid "one file"', '#, fuzzy\nmsgid "one file"')
        .replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "ONE FILE"\nmsgstr[1] "%D FILES"')
    )


def test_a_language_with_one_form_gets_the_plural(shout: Shout) -> None:
    entry = 'msgid "one file"\nmsgid_plural "%d files"\nmsgstr[0] ""\n'
    written = polib.pofile(shout(open_document("a.po", (HEADER.format("UTF-8", 1) + entry).encode())).decode())
    assert written[0].msgstr_plural == {0: "%D FILES"}


def test_a_declared_encoding_is_read_and_utf_8_is_written(shout: Shout) -> None:
    content = (HEADER.format("ISO-8859-2", 2) + 'msgid "Łódź"\nmsgstr ""\n').encode("iso-8859-2")
    written = shout(open_document("a.po", content)).decode()
    assert "charset=UTF-8" in written
    assert 'msgstr "ŁÓDŹ"' in written


def test_line_ends_and_long_lines_stay_as_they_are(shout: Shout) -> None:
    content = (HEADER.format("UTF-8", 2) + f'msgid "{"word " * 30}"\nmsgstr ""\n').replace("\n", "\r\n")
    written = shout(open_document("a.po", content.encode())).decode()
    assert f'msgstr "{"WORD " * 30}"\r\n' in written
    assert "\n" not in written.replace("\r\n", "")


def test_a_finished_catalogue_comes_back_byte_for_byte() -> None:
    content = (HEADER.format("UTF-8", 2) + 'msgid   "a"\nmsgstr "b"\n').encode()
    assert open_document("a.po", content).with_texts([]) == content


def test_the_path_of_a_file_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "secret.po"
    path.write_text('msgid "secret"\nmsgstr ""\n')
    with pytest.raises(Exception, match=r"a\.po is no catalogue"):
        open_document("a.po", os.fsencode(path))
