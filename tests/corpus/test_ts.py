"""Pairs of Qt's translation sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.readers.left_out import counting
from nmt.errors import CorpusError

Read = Callable[..., list[tuple[str, str]]]

TS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" {languages}>
<context><name>Window</name>
<message><location filename="a.cpp" line="1"/><source>&amp;Open</source><comment>a menu</comment>
<translation>Ö&amp;ffnen</translation></message>
<message numerus="yes"><source>%n file(s)</source>
<translation><numerusform>%n Datei</numerusform><numerusform>%n Dateien</numerusform></translation></message>
<message><source>Two
lines</source><translation variants="yes"><lengthvariant>Zwei<byte value="xa"/>Zeilen</lengthvariant>
<lengthvariant>2 Z.</lengthvariant></translation></message>
<message><source>Draft</source><translation type="unfinished">Entwurf?</translation></message>
<message><source>New</source><translation type="unfinished"></translation></message>
<message><source>Old</source><translation type="vanished">Alt</translation></message>
<message><source>Older</source><translation type="obsolete">Älter</translation></message>
</context></TS>
"""
GERMAN = TS.format(languages='language="de_DE"')
EXPECTED = [("&Open", "Ö&ffnen"), ("%n file(s)", "%n Dateien"), ("Two lines", "Zwei Zeilen")]


def test_finished_messages_are_pairs(read: Read) -> None:
    assert read("de.ts", GERMAN) == EXPECTED
    assert read("de.ts", TS.format(languages="")) == EXPECTED


def test_the_file_may_translate_the_other_way(read: Read) -> None:
    swapped = [(target, source) for source, target in EXPECTED]
    assert read("de.ts", GERMAN, source="de", target="en") == swapped
    other = TS.format(languages='language="en" sourcelanguage="de"')
    assert read("de.ts", other) == swapped


def test_unfinished_and_vanished_messages_are_counted(tmp_path: Path) -> None:
    (tmp_path / "de.ts").write_text(GERMAN, encoding="utf-8")
    counts: Counter[str] = Counter()
    assert len(list(read_pairs(CorpusSpec((tmp_path / "de.ts",)), Direction("en", "de"), counting(counts)))) == 3
    assert counts == {"marked as not finished": 1, "not translated": 1, "marked as obsolete": 2}


def test_a_file_in_other_languages_or_of_another_kind_is_named(read: Read) -> None:
    with pytest.raises(CorpusError, match="translates en to de_DE, not between en and fr"):
        read("de.ts", GERMAN, target="fr")
    with pytest.raises(CorpusError, match="no translation source of Qt"):
        read("de.ts", "<tmx/>")
    with pytest.raises(CorpusError, match="not well-formed XML"):
        read("de.ts", "export const a = 1;")
