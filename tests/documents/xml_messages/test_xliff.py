"""XLIFF: targets are filled and get a state, finished ones stay, and formatting elements stay where they belong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, Fragment, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

ONE = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <source>kept</source> -->\n'
    '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
    '<file original="a" source-language="en" datatype="plaintext" target-language="de"><body>{}</body></file></xliff>\n'
)
TWO = (
    '<xliff version="2.0" srcLang="en" trgLang="de" xmlns="urn:oasis:names:tc:xliff:document:2.0">'
    '<file id="f"><unit id="u">{}</unit></file></xliff>'
)
FILLED = '<target state="needs-review-translation" state-qualifier="mt-suggestion">'


@pytest.mark.parametrize(
    ("unit", "fragments", "translated"),
    [
        (
            '\n  <trans-unit id="1">\n    <source>Open</source>\n  </trans-unit>',
            ["Open"],
            f'\n  <trans-unit id="1">\n    <source>Open</source>\n    {FILLED}OPEN</target>\n  </trans-unit>',
        ),
        (
            '<trans-unit id="1"><source>Open</source><target/><note>Kept</note></trans-unit>',
            ["Open"],
            f'<trans-unit id="1"><source>Open</source>{FILLED}OPEN</target><note>Kept</note></trans-unit>',
        ),
        (
            '<trans-unit id="1"><source>Open</source><target state="new" xml:lang=\'de\'>Open</target></trans-unit>',
            ["Open"],
            '<trans-unit id="1"><source>Open</source><target state="needs-review-translation" xml:lang=\'de\' '
            'state-qualifier="mt-suggestion">OPEN</target></trans-unit>',
        ),
        (
            '<trans-unit id="1"><source>a <g id="1">b<x id="2"/></g> <bpt id="3">&lt;i&gt;</bpt>c'
            '<ept id="3">&lt;/i&gt;</ept> &amp; %1$s</source></trans-unit>',
            [
                'a <span id="1">b<span translate="no" id="2"></span></span> <span id="3">c</span> &amp; '
                '<span translate="no" id="4">%1$s</span>'
            ],
            '<trans-unit id="1"><source>a <g id="1">b<x id="2"/></g> <bpt id="3">&lt;i&gt;</bpt>c'
            f'<ept id="3">&lt;/i&gt;</ept> &amp; %1$s</source>{FILLED}A <g id="1">B<x id="2"/></g> '
            '<bpt id="3">&lt;i&gt;</bpt>C<ept id="3">&lt;/i&gt;</ept> &amp; %1$s</target></trans-unit>',
        ),
        (
            '<trans-unit id="1"><source>a <mrk mtype="protected">b</mrk> <bx id="1"/>c</source></trans-unit>',
            ['a <span translate="no" id="1">b</span> <span translate="no" id="2"></span>c'],
            '<trans-unit id="1"><source>a <mrk mtype="protected">b</mrk> <bx id="1"/>c</source>'
            f'{FILLED}A <mrk mtype="protected">b</mrk> <bx id="1"/>C</target></trans-unit>',
        ),
        (
            '<trans-unit id="1"><source>A. B.</source><seg-source><mrk mtype="seg" mid="0">a.</mrk> '
            '<g id="1"><mrk mtype="seg" mid="1">b.</mrk></g></seg-source>'
            '<target><mrk mtype="seg" mid="0">done</mrk><mrk mtype="seg" mid="1"/></target></trans-unit>',
            ["b."],
            '<trans-unit id="1"><source>A. B.</source><seg-source><mrk mtype="seg" mid="0">a.</mrk> '
            '<g id="1"><mrk mtype="seg" mid="1">b.</mrk></g></seg-source>'
            f'{FILLED}<mrk mtype="seg" mid="0">done</mrk> <g id="1"><mrk mtype="seg" mid="1">B.</mrk></g></target>'
            "</trans-unit>",
        ),
    ],
)
def test_targets_of_version_1_are_filled(unit: str, fragments: list[str], translated: str, shout: Shout) -> None:
    document = open_document("a.xlf", ONE.format(unit).encode())
    assert [fragment.text for fragment in document.texts] == fragments
    assert shout(document).decode() == ONE.format(translated)


@pytest.mark.parametrize(
    "unit",
    [
        '<trans-unit id="1"><source>Open</source><target>offen</target></trans-unit>',
        '<trans-unit id="1"><source>Open</source><target state="final">offen</target></trans-unit>',
        '<trans-unit id="1" approved="yes"><source>Open</source><target/></trans-unit>',
        '<group translate="no"><trans-unit id="1"><source>Open</source></trans-unit></group>',
        '<trans-unit id="1"><source>42 %d</source></trans-unit>',
        '<trans-unit id="1"><source>1</source><alt-trans><source>a</source><target/></alt-trans></trans-unit>',
    ],
)
def test_what_is_finished_or_not_for_translation_stays(unit: str) -> None:
    document = open_document("a.xliff", ONE.format(unit).encode())
    assert document.texts == []
    assert document.with_texts([]).decode() == ONE.format(unit)


@pytest.mark.parametrize(
    ("unit", "translated"),
    [
        (
            '<segment><source>Open <pc id="1">it</pc></source></segment><ignorable><source> x </source></ignorable>',
            '<segment state="translated"><source>Open <pc id="1">it</pc></source><target>OPEN <pc id="1">IT</pc>'
            "</target></segment><ignorable><source> x </source></ignorable>",
        ),
        (
            '<segment id="s" state="initial"><source>a<sc id="1"/>b<ec startRef="1"/></source>'
            "<target>old</target></segment><segment><source>c</source><target>kept</target></segment>",
            '<segment id="s" state="translated"><source>a<sc id="1"/>b<ec startRef="1"/></source>'
            '<target>A<sc id="1"/>B<ec startRef="1"/></target></segment>'
            "<segment><source>c</source><target>kept</target></segment>",
        ),
        (
            '<segment><source>a <ph id="1" disp="{x}"/> <mrk id="m" translate="no">b</mrk></source></segment>',
            '<segment state="translated"><source>a <ph id="1" disp="{x}"/> <mrk id="m" translate="no">b</mrk></source>'
            '<target>A <ph id="1" disp="{x}"/> <mrk id="m" translate="no">b</mrk></target></segment>',
        ),
        (
            "<segment><source>{N, plural, one {&lt;1 file} other {{N} files}}</source></segment>",
            '<segment state="translated"><source>{N, plural, one {&lt;1 file} other {{N} files}}</source>'
            "<target>{N, plural, one {&lt;1 FILE} other {{N} FILES}}</target></segment>",
        ),
    ],
)
def test_targets_of_version_2_are_filled(unit: str, translated: str, shout: Shout) -> None:
    assert shout(open_document("a.xlf", TWO.format(unit).encode())).decode() == TWO.format(translated)


def test_a_translation_that_equals_its_source_is_filled_too() -> None:
    unit = '<trans-unit id="{0}"><source>{1}</source>{2}</trans-unit>'
    document = open_document("a.xlf", ONE.format(unit.format(1, "Name", "") + unit.format(2, "Open", "")).encode())
    filled = unit.format(1, "Name", f"{FILLED}Name</target>") + unit.format(2, "Open", f"{FILLED}Offen</target>")
    assert document.with_texts(["Name", "Offen"]).decode() == ONE.format(filled)


def test_an_element_that_a_translation_repeats_occurs_once() -> None:
    document = open_document("a.xlf", TWO.format('<segment><source>a <pc id="1">b</pc></source></segment>').encode())
    written = document.with_texts(['<span id="1">b</span> a <span id="1">c</span>']).decode()
    assert '<target><pc id="1">b</pc> a c</target>' in written


def test_the_target_language_is_declared_where_it_is_not(shout: Shout) -> None:
    one = ONE.format('<trans-unit id="1"><source>a</source></trans-unit>').replace(' target-language="de"', "")
    assert (
        'datatype="plaintext" target-language="fr">'
        in shout(open_document("a.xlf", one.encode(), target="fr")).decode()
    )
    assert "target-language" not in shout(open_document("a.xlf", one.encode())).decode()
    two = TWO.format("<segment><source>a</source></segment>").replace(' trgLang="de"', "")
    assert 'document:2.0" trgLang="fr">' in shout(open_document("a.xlf", two.encode(), target="fr")).decode()
    template = ONE.format('<trans-unit id="1"><source>a</source></trans-unit>').replace('"de"', '"en-US"')
    assert 'target-language="fr"' in shout(open_document("a.xlf", template.encode(), target="fr")).decode()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (TWO.format("").replace('trgLang="de"', ""), "no trgLang, which translations in XLIFF 2 need"),
        (TWO.format("").replace('"de"', '"fr-CH"'), "is for translations to fr-CH, not to de-AT"),
        ("<tmx/>", "is no XLIFF of version 1.2 or 2"),
        ("<xliff", "is no well-formed XML"),
        ('<!DOCTYPE xliff [<!ENTITY a "b">]>' + TWO.format("&a;"), "declares entities"),
        ('<!DOCTYPE xliff SYSTEM "a>b" [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + TWO.format(""), "entities"),
    ],
)
def test_a_file_that_cannot_be_filled_says_why(content: str, message: str) -> None:
    target = None if "trgLang" not in content else "de-AT"
    with pytest.raises(DocumentError, match=message):
        open_document("a.xlf", content.encode(), target=target)


contents = st.recursive(
    st.text(alphabet="ab \n%s{}&\u00e9").map(lambda text: text.replace("&", "&amp;")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        inner.map('<g id="1">{}</g>'.format),
        inner.map("<!-- {} --><x id='2'/>".format).filter(lambda text: "--" not in text[4:-16]),
        st.text(alphabet="<b>]&", max_size=4).map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>"),
    ),
)


@given(content=contents)
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(content: str) -> None:
    unit = ONE.format(f'<trans-unit id="1"><source>{content}</source></trans-unit>').encode()
    document = open_document("a.xlf", unit)
    assert document.with_texts([fragment.text for fragment in document.texts]) == unit


def test_white_space_of_the_layout_is_not_translated(shout: Shout) -> None:
    unit = '<trans-unit id="1"><source>\n    Open\n    it\n  </source></trans-unit>'
    document = open_document("a.xlf", ONE.format(unit).encode())
    assert document.texts == [Fragment("Open it")]
    assert f"{FILLED} OPEN IT </target>" in shout(document).decode()


@pytest.mark.parametrize(
    ("source", "fragment"),
    [
        ('a<x id="1" ctype="lb"/>b', 'a<br id="1">b'),
        ('a<ph id="1">&lt;br/&gt;</ph>b', 'a<br id="1">b'),
        ('a<x id="1" equiv-text="&lt;br&gt;"/>b', 'a<br id="1">b'),
        ('a<it id="1" pos="begin">&lt;b&gt;</it> b', 'a<span translate="no" id="1"></span> b'),
        (
            'a <ph id="1">&lt;img alt="<sub>c</sub>"&gt;</ph> b',
            'a <span translate="no" id="1"></span> b',
        ),
        ('a <x id="1" equiv-text="{{name}}"/> b', 'a <span translate="no" id="1">{{name}}</span> b'),
    ],
)
def test_a_code_is_a_break_a_hidden_tag_or_what_its_reader_sees(source: str, fragment: str, shout: Shout) -> None:
    document = open_document("a.xlf", ONE.format(f'<trans-unit id="1"><source>{source}</source></trans-unit>').encode())
    assert [each.text for each in document.texts] == [fragment]
    assert source.replace("a", "A", 1)[:-1] + "B</target>" in shout(document).decode()
