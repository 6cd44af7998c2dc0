"""Catalogues read as gettext's own tools read them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.catalogue import CatalogueFault, quoted, read_catalogue

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: de\\n"\n\n'


def texts(catalogue: str) -> list[tuple[str, str]]:
    return [(entry.messages[0], entry.translations[0].text) for entry in read_catalogue(catalogue).entries]


@pytest.mark.parametrize("character", ["\u0085", "\u2028", "\u2029", "\f", "\v", "\x1c", "\x1d", "\x1e", "\t"])
def test_a_character_at_which_only_python_splits_lines_is_like_any_other(character: str) -> None:
    catalogue = f'# a comment{character}of one line\nmsgid "one{character}two"\nmsgstr "eins{character}zwei"\n'
    assert texts(HEADER + catalogue) == [(f"one{character}two", f"eins{character}zwei")]


@pytest.mark.parametrize("space", ["", " ", "\t", "\f", "\v", "\r", "\n", "\n\n  "])
def test_any_white_space_or_none_parts_a_keyword_from_its_string(space: str) -> None:
    entry = f'msgctxt{space}"menu"{space}msgid{space}"a"{space}"b"{space}msgstr{space}"c"'
    assert texts(entry) == [("ab", "c")]
    plural = f'msgid{space}"a"{space}msgid_plural{space}"b"{space}msgstr[0]{space}"c"{space}msgstr[ 1 ]{space}"d"'
    (found,) = read_catalogue(plural).entries
    assert {form: message.text for form, message in found.translations.items()} == {0: "c", 1: "d"}


def test_each_domain_has_its_own_header() -> None:
    two = (
        HEADER + 'msgid "a"\nmsgstr "b"\n\ndomain "other"\n\n' + HEADER.replace("de", "fr") + 'msgid "a"\nmsgstr "c"\n'
    )
    first, second = read_catalogue(two).entries
    assert [(each.header.field("Language"), each.translations[0].text) for each in (first, second)] == [
        ("de", "b"),
        ("fr", "c"),
    ]


def test_an_entry_knows_its_flags_its_line_and_what_it_was_before() -> None:
    catalogue = """\
# by hand
#, c-format, fuzzy
#| msgid "before"
msgid "a"
msgstr "b"
#~ msgid "old"
#~ msgstr ""
#~ "alt"
#~| msgid "older"
#~ msgid "old too"
#~ msgstr "auch alt"
#= no-wrap
msgid "c"
msgstr "d"
"""
    first, second, third, fourth = read_catalogue(catalogue).entries
    assert (first.line, list(first.flags), first.fuzzy, first.obsolete) == (1, ["c-format", "fuzzy"], True, False)
    assert [catalogue[start:end] for start, end in first.previous] == ['#| msgid "before"\n']
    assert catalogue[: first.flag_line].endswith("fuzzy")
    assert (second.obsolete, second.translations[0].text, second.line) == (True, "alt", 6)
    assert (third.obsolete, third.translations[0].text) == (True, "auch alt")
    assert (list(fourth.flags), fourth.flag_line, fourth.obsolete) == (["no-wrap"], None, False)


def test_a_message_spans_all_its_strings() -> None:
    catalogue = 'msgid ""\n"one "\n  "two"\nmsgstr "eins zwei"\n'
    message = read_catalogue(catalogue).entries[0].message
    assert message is not None
    assert (message.text, catalogue[message.start : message.end]) == ("one two", '""\n"one "\n  "two"')


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\nb\tc\"d\"\\n", 'a\nb\tc"d"\\n'),
        (r"\a\b\f\v\r", "\a\b\f\v\r"),
        (r"\303\266l", "öl"),
        (r"\xC3\xB6l", "öl"),
        (r"\101\x42", "AB"),
        (r"\q", r"\q"),
    ],
)
def test_escapes_stand_for_what_they_stand_for_in_c(written: str, meant: str) -> None:
    assert texts(f'msgid "{written}"\nmsgstr "x"\n') == [(meant, "x")]


@pytest.mark.parametrize(
    ("catalogue", "message"),
    [
        ('msgid "a"\nmsgstr "b"\nnonsense\n', "line 3: 'nonsense"),
        ('msgid "a\nmsgstr "b"\n', "line 1"),
        ('msgid "a"\nmsgid "b"\nmsgstr "c"\n', "line 2: an entry before this line"),
        ('msgid "a"\nmsgstr\n\nmsgid "b"\nmsgstr "c"\n', "line 4: an entry before"),
        ('msgstr "b"\n', "line 1: msgstr without msgid"),
        ('"b"\n', "line 1: a string without a keyword"),
        ('msgctxt "a"\nmsgstr "b"\n', "line 2: msgstr without msgid"),
    ],
)
def test_a_fault_is_named_by_its_line(catalogue: str, message: str) -> None:
    with pytest.raises(CatalogueFault, match=message):
        read_catalogue(catalogue)


def test_a_text_is_written_in_the_lines_that_gettext_would_write() -> None:
    assert quoted("", "msgstr", "\n", wrapped=True) == '""'
    assert quoted('a "b"\n', "msgstr", "\n", wrapped=True) == r'"a \"b\"\n"'
    assert quoted("one\ntwo\n", "msgstr", "\r\n", wrapped=False) == '""\r\n"one\\n"\r\n"two\\n"'
    assert quoted("word " * 30, "msgstr", "\n", wrapped=False).count("\n") == 0
    lines = quoted("word " * 30 + "w" * 90 + " end", "msgstr", "\n", wrapped=True).split("\n")
    assert lines[0] == '""'
    assert [len(line) for line in lines[1:]] == [77, 77, 93, 5]


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)


@given(text=anything, wrapped=st.booleans())
def test_what_is_written_is_read(text: str, wrapped: bool) -> None:
    written = f'msgid "x"\nmsgstr {quoted(text, "msgstr", chr(10), wrapped)}\n'
    assert texts(written) == [("x", text)]


@given(entries=st.lists(st.tuples(anything.filter(bool), anything), unique_by=lambda each: each[0], max_size=5))
def test_what_polib_writes_is_read(entries: list[tuple[str, str]]) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(polib.POEntry(msgid=message, msgstr=text) for message, text in entries)
    assert texts(str(catalogue)) == entries


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext's tools are not installed")
def test_msgfmt_reads_what_is_taken_for_a_catalogue(tmp_path: Path) -> None:
    catalogue = (
        HEADER
        + '# a\u0085b\u2028c\fd\ve\nmsgid"one\u0085two\u2028three"msgstr"eins\u0085zwei\u2028drei"\n'
        + '\f\vmsgid"a"\n"b"msgid_plural"c"msgstr[ 0 ]"d"msgstr[1]"e"\ndomain"other"\nmsgid"f"msgstr"g"\n'
    )
    (tmp_path / "a.po").write_bytes(catalogue.encode())
    command = ["msgfmt", "-o", tmp_path / "a.mo", tmp_path / "a.po"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [entry.messages for entry in read_catalogue(catalogue).entries] == [
        ["one\u0085two\u2028three"],
        ["ab", "c"],
        ["f"],
    ]
