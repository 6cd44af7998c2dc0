"""Catalogues: empty and fuzzy entries are translated and marked, all others stay."""

from __future__ import annotations

import os
import shutil
import subprocess
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
    assert shout(document).decode() == HEADER.format("UTF-8", 3) + (
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


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ("nplurals=2; plural=(n == 1);", ["%D FILES", "ONE FILE"]),
        ("nplurals=1; plural=0;", ["%D FILES"]),
        (
            "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
            ["%D FILES", "ONE FILE", "%D FILES", "%D FILES", "%D FILES", "%D FILES"],
        ),
        # The form of 1 is that of 21 too, for which "one file" is wrong.
        ("nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2;", ["%D FILES", "%D FILES", "%D FILES"]),
    ],
)
def test_the_header_says_which_forms_are_the_singular_and_the_plural(
    shout: Shout, forms: str, expected: list[str]
) -> None:
    header = HEADER.replace("nplurals={}; plural=0;", forms).format("UTF-8")
    entry = 'msgid "one file"\nmsgid_plural "%d files"\nmsgstr[0] ""\n'  # those that are missing are added
    written = polib.pofile(shout(open_document("a.po", (header + entry).encode())).decode())
    assert written[0].msgstr_plural == dict(enumerate(expected))


def test_a_singular_with_the_number_fills_its_form_of_many_numbers(shout: Shout) -> None:
    header = HEADER.replace("nplurals={}; plural=0;", "nplurals=2; plural=n%10 == 1 ? 1 : 0;").format("UTF-8")
    entry = 'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    written = polib.pofile(shout(open_document("a.po", (header + entry).encode())).decode())
    assert written[0].msgstr_plural == {0: "%D FILES", 1: "%D FILE"}


def test_nothing_of_a_catalogue_changes_but_what_was_translated(shout: Shout) -> None:
    content = (
        HEADER.format("utf-8", 2)
        + '#a comment\u0085of one line\fhere\nmsgid"one\u2028two"msgstr""\n\n'
        + '  msgid   "kept"\n\tmsgstr "as"  " it is"\n\ndomain "other"\n\n#, fuzzy\n'
        + '#| msgid "x"\nmsgid "b" msgstr "y"\n'
        + '\n#~| msgid "older"\n#~ msgid "old"\n#~ msgstr "alt"\n\n\n'
    )
    expected = (
        content.replace('msgid"one\u2028two"msgstr""', '#, fuzzy\nmsgid"one\u2028two"msgstr"ONE\u2028TWO"')
        .replace('#| msgid "x"\n', "")
        .replace('msgstr "y"', 'msgstr "B"')
    )
    assert shout(open_document("a.po", content.encode())).decode() == expected


def test_a_catalogue_without_a_header_gets_one_that_declares_its_encoding(shout: Shout) -> None:
    written = shout(open_document("a.po", 'msgid "größe"\nmsgstr ""\n'.encode())).decode()
    assert written.startswith('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n#, fuzzy\n')
    headed = shout(open_document("a.po", b'msgid ""\nmsgstr "Language: de\\n"\n\nmsgid "a"\nmsgstr ""\n')).decode()
    assert polib.pofile(headed).metadata == {"Language": "de", "Content-Type": "text/plain; charset=UTF-8"}


def test_a_translation_begins_and_ends_with_a_line_break_where_the_message_does() -> None:
    document = open_document("a.po", (HEADER.format("UTF-8", 1) + 'msgid "\\na\\n"\nmsgstr ""\n').encode())
    assert 'msgstr ""\n"\\n"\n"b\\n"\n' in document.with_texts(["b"]).decode()


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext's tools are not installed")
@pytest.mark.parametrize(
    "forms",
    [
        "nplurals=2; plural=(n != 1);",
        "nplurals=2; plural=(n == 1);",
        "nplurals=1; plural=0;",
        "nplurals=4; plural=(n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0);",
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    ],
)
def test_msgfmt_checks_what_was_translated_and_accepted(tmp_path: Path, forms: str) -> None:
    content = f"""\
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {forms}\\n"

#, c-format
msgid "One file"
msgid_plural "%d files"
msgstr[0] ""

#, c-format
msgid "%d of them\\n"
msgid_plural "%d of those\\n"
msgstr[0] ""

#, c-format, fuzzy
#| msgid "no"
msgid ""
"\\n"
"Usage: %s [%d]\\n"
"  now\\n"
msgstr "no"
"""
    document = open_document("a.po", content.encode())
    (tmp_path / "a.po").write_bytes(document.with_texts([f"ü {fragment.text.strip()}" for fragment in document.texts]))
    for command in (
        ["msgattrib", "--clear-fuzzy", "-o", "b.po", "a.po"],
        ["msgfmt", "--check", "--use-fuzzy", "-o", "a.mo", "a.po"],
        ["msgfmt", "--check", "-o", "b.mo", "b.po"],
    ):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
