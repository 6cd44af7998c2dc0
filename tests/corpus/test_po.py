"""Pairs of gettext catalogues."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError

Read = Callable[..., list[tuple[str, str]]]

PO = """# Translators
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: a.c:1
msgctxt "menu"
msgid "Open"
msgstr "Öffnen"

#, fuzzy
msgid "Close"
msgstr "Öffnen?"

msgid "Empty"
msgstr ""

#, c-format
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"

msgid ""
"A long line\\n"
"and \\"another\\"\\n"
msgstr ""
"Eine lange Zeile\\n"
"und \\"noch eine\\"\\n"

#~ msgid "Old"
#~ msgstr "Alt"
"""
EXPECTED = [
    ("Open", "Öffnen"),
    ("%d file", "%d Datei"),
    ("%d files", "%d Dateien"),
    ('A long line and "another"', 'Eine lange Zeile und "noch eine"'),
]
REVERSED = [(target, source) for source, target in EXPECTED]


def test_finished_translations_are_pairs_and_nothing_else_is(read: Read) -> None:
    assert read("de.po", PO) == EXPECTED
    assert read("de.po", PO.replace("\n", "\r\n")) == EXPECTED
    assert read("de.po", "\ufeff" + PO) == EXPECTED


def test_the_header_says_when_the_catalogue_translates_the_other_way(read: Read) -> None:
    assert read("de.po", PO, source="de", target="en") == REVERSED


def test_columns_say_so_when_the_header_does_not(read: Read) -> None:
    silent = PO.replace('"Language: de\\n"\n', "")
    assert read("de.po", silent, source="de", target="en") == EXPECTED
    assert read("de.po", silent, ",source=msgstr,target=msgid", source="de", target="en") == REVERSED
    with pytest.raises(CorpusError, match="a catalogue has msgid and msgstr"):
        read("de.po", silent, ",source=english,target=msgstr")


def test_a_language_with_three_forms_gives_its_first_and_its_last_one_and_one_with_one_its_only(read: Read) -> None:
    entry = 'msgid "a file"\nmsgid_plural "files"\n'
    three = "".join(f'msgstr[{form}] "{text}"\n' for form, text in enumerate(("plik", "pliki", "plików")))
    assert read("pl.po", entry + three, target="pl") == [("a file", "plik"), ("files", "plików")]
    assert read("ja.po", entry + 'msgstr[0] "ファイル"\n', target="ja") == [("files", "ファイル")]


def test_the_charset_of_the_header_is_used_and_its_faults_are_named_by_line(read: Read) -> None:
    latin = PO.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert read("de.po", latin) == EXPECTED
    with pytest.raises(CorpusError, match=r"de\.po line 11: byte 0xD6 is not UTF-8"):
        read("de.po", PO.encode("latin-1"))


def test_a_broken_catalogue_is_named(read: Read) -> None:
    with pytest.raises(CorpusError, match=r"de\.po: no catalogue that gettext could read"):
        read("de.po", 'msgid "a"\nmsgstr "b"\nnonsense\n')


def test_an_entry_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "de.po"
    path.write_text(PO, encoding="utf-8")
    first = next(iter(read_pairs(CorpusSpec((path,)), Direction("en", "de"))))
    assert PO.splitlines()[int(str(first.origin).rsplit(maxsplit=1)[1]) - 1] == "#: a.c:1"


texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30)


@given(messages=st.dictionaries(texts, texts, min_size=1, max_size=8))
def test_what_polib_writes_is_read(tmp_path_factory: pytest.TempPathFactory, messages: dict[str, str]) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    catalogue.extend(polib.POEntry(msgid=message, msgstr=text) for message, text in messages.items())
    path = tmp_path_factory.mktemp("po") / "a.po"
    catalogue.save(str(path))
    found = [(pair.source, pair.target) for pair in read_pairs(CorpusSpec((path,)), Direction("en", "de"))]
    expected = [(one_line(message), one_line(text)) for message, text in messages.items()]
    assert found == [pair for pair in expected if all(pair)]


@pytest.mark.parametrize(
    ("target", "header", "forms", "expected"),
    [
        (
            "sl",
            "nplurals=4; plural=(n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0);",
            ("%d vrat", "Ena vrata", "%d vrati", "%d vrata"),
            ("Ena vrata", "%d vrat"),
        ),
        ("cy", "nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;", "abcd", ("a", "c")),
        ("lv", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);", "abc", ("a", "b")),
        ("de", "nplurals=2; plural=(n == 1);", ("%d Türen", "Eine Tür"), ("Eine Tür", "%d Türen")),
    ],
)
def test_the_header_says_which_forms_the_singular_and_the_plural_are_paired_with(
    read: Read, target: str, header: str, forms: tuple[str, ...], expected: tuple[str, str]
) -> None:
    catalogue = f'msgid ""\nmsgstr "Plural-Forms: {header}\\n"\n\nmsgid "One door"\nmsgid_plural "%d doors"\n'
    catalogue += "".join(f'msgstr[{form}] "{text}"\n' for form, text in enumerate(forms))
    assert read("a.po", catalogue, target=target) == list(zip(("One door", "%d doors"), expected, strict=True))


def test_the_languages_of_each_domain_are_those_of_its_header(read: Read) -> None:
    other = PO.split("#~")[0].replace("Language: de", "Language: fr").replace("Öffnen", "Ouvrir")
    found = read("de.po", f'{PO.split("#~")[0]}\ndomain "fr"\n\n{other}')
    assert found[:1] == [("Open", "Öffnen")]
    assert len(found) == 2 * len(EXPECTED)


def test_line_ends_that_are_none_to_gettext_part_words_of_a_pair(read: Read) -> None:
    text = 'msgid "one\u0085two\u2028three\ffour\vfive"\nmsgstr "eins\u2029zwei"\n'
    assert read("de.po", PO + f"\n# a\u0085comment\n{text}")[-1] == ("one two three four five", "eins zwei")
