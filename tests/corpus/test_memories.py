"""Translation memories: TMX and XLIFF, as tools write them."""

from __future__ import annotations

import gzip
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError

Read = Callable[..., list[tuple[str, str]]]

TMX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
  <header srclang="en-US" datatype="html" segtype="sentence" adminlang="en" o-tmf="x" creationtool="x"/>
  <body>{units}</body>
</tmx>
"""
XLIFF_1 = """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
  <file original="a" datatype="plaintext" source-language="en-US" target-language="de-DE">
    <header><note>not a text</note></header>
    <body>{units}</body>
  </file>
</xliff>
"""
XLIFF_2 = """<?xml version="1.0"?>
<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="de">
  <file id="f1"><group id="g">{units}</group></file>
</xliff>
"""


def tu(source: str, target: str, attributes: str = "") -> str:
    return (
        f'<tu {attributes}><tuv xml:lang="en-US"><seg>{source}</seg></tuv>\n'
        f'<tuv xml:lang="DE_de"><prop type="x">no text</prop><seg>{target}</seg></tuv></tu>'
    )


def test_a_language_without_a_region_means_every_region(read: Read) -> None:
    assert read("a.tmx", TMX.format(units=tu("one", "eins"))) == [("one", "eins")]


def test_the_direction_may_be_the_other_one(read: Read) -> None:
    assert read("a.tmx", TMX.format(units=tu("one", "eins")), source="de", target="en") == [("eins", "one")]


def test_the_exact_code_wins_over_another_region_and_other_languages_are_passed_over(read: Read) -> None:
    unit = "".join(
        f'<tuv {name}="{code}"><seg>{code}</seg></tuv>'
        for name, code in (("lang", "FR"), ("xml:lang", "en-GB"), ("lang", "EN"), ("xml:lang", "de-AT"))
    )
    missing = '<tu><tuv xml:lang="en"><seg>alone</seg></tuv></tu>'
    assert read("a.tmx", TMX.format(units=f"{missing}<tu>{unit}</tu>")) == [("EN", "de-AT")]


def test_inline_codes_are_dropped_and_the_text_they_enclose_stays(read: Read) -> None:
    source = (
        'Press <bpt i="1">&lt;b&gt;</bpt>OK &amp; go<ept i="1">&lt;/b&gt;</ept><ph x="1">{0}<sub>alt</sub></ph>, '
        '<hi type="x">you <it pos="begin">&lt;i&gt;</it>all</hi>&#33;<!-- no text --><?nor this?>'
    )
    assert read("a.tmx", TMX.format(units=tu(source, "x"))) == [("Press OK & go, you all!", "x")]


def test_a_text_over_several_lines_becomes_one_line(read: Read) -> None:
    assert read("a.tmx", TMX.format(units=tu("\n    one\n      two\n  ", "x\u00a0y"))) == [("one two", "x\u00a0y")]


def test_a_memory_may_be_in_another_encoding_that_it_declares(read: Read) -> None:
    text = TMX.format(units=tu("one", "für"))
    for encoding in ("UTF-16", "ISO-8859-1"):
        packed = gzip.compress(text.replace("UTF-8", encoding).encode(encoding))
        assert read("a.tmx.gz", packed) == [("one", "für")]


def test_units_are_named_by_their_id_or_number(tmp_path: Path) -> None:
    path = tmp_path / "a.tmx"
    path.write_text(TMX.format(units=tu("one", "eins") + tu("two", "zwei", 'tuid="second"')))
    origins = [str(pair.origin) for pair in read_pairs(CorpusSpec((path,)), Direction("en", "de"))]
    assert origins == [f"{path} unit number 1", f"{path} unit second"]


def test_a_memory_in_other_languages_is_refused_and_says_which_it_has(read: Read) -> None:
    with pytest.raises(CorpusError, match="none of its 1 units has both en and fr; its languages are en-US, DE_de"):
        read("a.tmx", TMX.format(units=tu("one", "eins")), target="fr")


def test_a_memory_without_units_has_no_pairs(read: Read) -> None:
    assert read("a.tmx", TMX.format(units="")) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a.tmx line 0: not well-formed XML"),
        ("a\tb\n", "a.tmx line 1: not well-formed XML (Start tag expected"),
        (TMX.format(units=tu("a", "b")).replace("</body>", ""), "a.tmx line 7: not well-formed XML"),
        (TMX.format(units=tu("a", "b"))[:-40], "a.tmx line 6: not well-formed XML"),
    ],
)
def test_what_is_no_xml_is_named_by_line(read: Read, content: str, message: str) -> None:
    with pytest.raises(CorpusError, match=re.escape(message)):
        read("a.tmx", content)


def test_entities_of_html_are_known_though_no_dtd_is_read(read: Read) -> None:
    assert read("a.tmx", TMX.format(units=tu("a&nbsp;b", "&uuml;&eacute;"))) == [("a\u00a0b", "üé")]


def test_a_file_that_an_entity_names_is_not_read(read: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    text = TMX.replace('SYSTEM "tmx14.dtd"', f'[<!ENTITY file SYSTEM "{secret.as_uri()}">]')
    assert read("a.tmx", text.format(units=tu("one &file; two", "x"))) == [("one &file; two", "x")]


def test_entities_that_multiply_are_refused(read: Read) -> None:
    bomb = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    text = TMX.replace('SYSTEM "tmx14.dtd"', f'[<!ENTITY e0 "ha">{bomb}]')
    with pytest.raises(CorpusError, match="amplification"):
        read("a.tmx", text.format(units=tu("one", "x &e9; y")))


def unit_1(source: str, target: str, attributes: str = "") -> str:
    return f'<trans-unit id="u" {attributes}><source>{source}</source>{target}</trans-unit>'


def test_xliff_1_gives_units_that_are_translated(read: Read) -> None:
    units = (
        unit_1("one", "<target>eins</target>")
        + unit_1("two", '<target state="translated">zwei</target><alt-trans><target>drei</target></alt-trans>')
        + unit_1("three", "")
        + unit_1("four", '<target state="needs-translation">four</target>')
        + unit_1("five", "<target/>")
        + unit_1("Six", "<target>Six</target>", 'translate="no"')
        + f"<group>{unit_1('seven', '<target>sieben</target>')}</group>"
        + unit_1("eight", "<alt-trans><source>8</source><target>acht?</target></alt-trans>")
    )
    expected = [("one", "eins"), ("two", "zwei"), ("seven", "sieben")]
    assert read("a.xlf", XLIFF_1.format(units=units)) == expected
    assert read("a.xlf", XLIFF_1.format(units=units), source="de", target="en") == [(b, a) for a, b in expected]


def test_xliff_1_inline_elements(read: Read) -> None:
    source = 'A <g id="1">bold <x id="2"/>word</g><ph id="3">&lt;br&gt;</ph>, <mrk mtype="seg">marked</mrk>.'
    found = read("a.xliff", XLIFF_1.format(units=unit_1(source, "<target>x</target>")))
    assert found == [("A bold word, marked.", "x")]


def test_each_file_of_an_xliff_has_its_own_languages(read: Read) -> None:
    two = XLIFF_1.format(units=unit_1("one", "<target>eins</target>")).replace(
        "</xliff>",
        '<file source-language="de" original="b" datatype="x"><body>'
        f"{unit_1('zwei', '<target>two</target>')}</body></file>"
        '<file source-language="en" target-language="fr" original="c" datatype="x"><body>'
        f"{unit_1('three', '<target>trois</target>')}</body></file></xliff>",
    )
    assert read("a.xlf", two) == [("one", "eins"), ("two", "zwei")]


def test_an_xliff_of_other_languages_is_refused_and_says_which_it_has(read: Read) -> None:
    text = XLIFF_1.format(units=unit_1("one", "<target>eins</target>"))
    with pytest.raises(CorpusError, match="translates en-US to de-DE, not between en and fr"):
        read("a.xlf", text, target="fr")


def test_xliff_2_gives_a_pair_a_segment(read: Read) -> None:
    units = """
      <unit id="1"><originalData><data id="d">&lt;b&gt;</data></originalData>
        <segment><source>One <pc id="1">two</pc>.<ph id="2"/></source>
        <target>Eins <mrk id="m">zwei</mrk>.</target></segment>
        <ignorable><source> </source><target> </target></ignorable>
        <segment state="final"><source>Three.</source><target>Drei.</target></segment>
        <segment state="initial"><source>Four.</source><target>Four.</target></segment>
        <segment><source>Five.</source></segment></unit>
      <unit id="2" translate="no"><segment><source>Six</source><target>Six</target></segment></unit>
      <unit id="3"><segment><source>Seven</source><target>Sieben</target></segment></unit>"""
    expected = [("One two.", "Eins zwei."), ("Three.", "Drei."), ("Seven", "Sieben")]
    assert read("a.xlf", XLIFF_2.format(units=units)) == expected


xml_text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=20)


@given(pairs=st.lists(st.tuples(xml_text, xml_text), min_size=1))
def test_what_an_xml_library_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    root = etree.Element("tmx")
    for pair in pairs:
        unit = etree.SubElement(root, "tu")
        for language, text in zip(("en", "de"), pair, strict=True):
            variant = etree.SubElement(unit, "tuv", {"{http://www.w3.org/XML/1998/namespace}lang": language})
            etree.SubElement(variant, "seg").text = text
    path = tmp_path_factory.mktemp("tmx") / "a.tmx"
    path.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
    found = [(pair.source, pair.target) for pair in read_pairs(CorpusSpec((path,)), Direction("en", "de"))]
    assert found == [(one_line(source), one_line(target)) for source, target in pairs]


@pytest.mark.parametrize(
    ("name", "template", "unit"),
    [
        ("a.tmx", TMX, tu("one sentence", "ein Satz")),
        ("a.xlf", XLIFF_1, unit_1("one sentence", "<target>ein Satz</target>")),
    ],
)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str, template: str, unit: str) -> None:
    def peak(units: int) -> int:
        path = tmp_path / name
        path.write_text(template.format(units=unit * units))
        tracemalloc.start()
        try:
            assert sum(1 for _ in read_pairs(CorpusSpec((path,)), Direction("en", "de"))) == units
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is imported or cached once
    assert peak(4000) < peak(400) + 50_000


@pytest.mark.parametrize(
    "code",
    [
        '<ph x="1">&lt;br/&gt;</ph>',
        '<ph x="1">&lt;BR class="x"&gt;</ph>',
        '<it pos="begin">&lt;br&gt;</it>',
        '<ph type="lb">{1}</ph>',
        "<ph>&lt;w:br/&gt;</ph>",
        "<ph>\\n</ph>",
        "<ph>&#10;</ph>",
        "<ut>&lt;/p&gt;&lt;p&gt;</ut>",
    ],
)
def test_a_code_of_a_memory_that_is_a_break_parts_words(read: Read, code: str) -> None:
    assert read("a.tmx", TMX.format(units=tu(f"Line one{code}line two{code}.", "x"))) == [("Line one line two.", "x")]


@pytest.mark.parametrize(
    "code", ['<x id="1" ctype="lb"/>', '<ph id="1">&lt;br/&gt;</ph>', '<x id="1" equiv-text="&lt;br&gt;"/>']
)
def test_a_code_of_xliff_1_that_is_a_break_parts_words(read: Read, code: str) -> None:
    assert read("a.xlf", XLIFF_1.format(units=unit_1(f"one{code}two", "<target>x</target>"))) == [("one two", "x")]


@pytest.mark.parametrize(
    "code",
    [
        '<ph id="1" subType="xlf:lb"/>',
        '<ph id="1" dataRef="d"/>',
        '<ph id="1" disp="&lt;br/&gt;"/>',
        '<cp hex="000A"/>',
    ],
)
def test_a_code_of_xliff_2_that_is_a_break_parts_words(read: Read, code: str) -> None:
    unit = (
        '<unit id="1"><originalData><data id="d">&lt;br/&gt;</data></originalData>'
        f"<segment><source>one{code}two</source><target>x</target></segment></unit>"
    )
    assert read("a.xlf", XLIFF_2.format(units=unit)) == [("one two", "x")]


def test_no_two_spaces_are_left_where_a_code_was(read: Read) -> None:
    source = 'You have <ph x="1">{0}</ph> <ph x="2"/> new<ph x="3">&lt;b&gt;</ph>s <ph x="4"/>, <ph x="5"/>'
    assert read("a.tmx", TMX.format(units=tu(source, "x"))) == [("You have news,", "x")]


@pytest.mark.parametrize(
    ("source", "read_as"),
    [
        ('the manual<ph x="1"/>now', "the manual now"),
        ('the <g id="1">manual</g><bx id="2"/>now<ex id="2"/>', "the manual now"),
        ("<hi>one</hi><hi>two</hi>", "one two"),
        ('the image<ph>&lt;img alt="<sub>A house</sub>"&gt;</ph>here', "the image here"),
        ('un<bpt i="1">&lt;b&gt;</bpt>believ<ept i="1">&lt;/b&gt;</ept>able', "unbelievable"),
        ('<bpt i="1"/><bpt i="2"/>one<ept i="2"/><ept i="1"/><bpt i="3"/>two<ept i="3"/>', "one two"),
        ('H<it pos="begin">&lt;sub&gt;</it>2<it pos="end">&lt;/sub&gt;</it>O', "H2O"),
        ("un<hi>believ</hi>able", "unbelievable"),
        ('Hello <x id="1"/>, you', "Hello, you"),
        ('(<x id="1"/>one) "<x id="2"/>two"', '(one) "two"'),
        ('one <bpt i="1"/> two <ept i="1"/> three', "one two three"),
    ],
)
def test_a_code_neither_glues_words_nor_parts_them(read: Read, source: str, read_as: str) -> None:
    assert read("a.tmx", TMX.format(units=tu(source, "x"))) == [(read_as, "x")]


def test_every_variant_of_a_language_is_a_pair_unless_one_is_asked_for(read: Read) -> None:
    unit = "".join(
        f'<tuv xml:lang="{code}"><seg>{text}</seg></tuv>'
        for code, text in (("en-GB", "colour"), ("en-US", "color"), ("en-AU", "colour"), ("de", "Farbe"))
    )
    memory = TMX.format(units=f"<tu>{unit}</tu>")
    assert read("a.tmx", memory) == [("colour", "Farbe"), ("color", "Farbe")]
    assert read("a.tmx", memory, source="de", target="en") == [("Farbe", "colour"), ("Farbe", "color")]
    assert read("a.tmx", memory, source="en-us") == [("color", "Farbe")]


def test_a_memory_without_segments_is_told_so(read: Read) -> None:
    unit = '<tu><tuv xml:lang="en">one</tuv><tuv xml:lang="de">eins</tuv></tu>'
    with pytest.raises(CorpusError, match=r"none of its 1 units has a text: each <tuv> needs its text in a <seg>"):
        read("a.tmx", TMX.format(units=unit))


def read_with_reasons(path: Path, content: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    path.write_text(content, encoding="utf-8")
    left_out: list[tuple[str, str]] = []
    pairs = read_pairs(
        CorpusSpec((path,)), Direction("en", "de"), lambda pair, reason: left_out.append((pair.source, reason))
    )
    return [(pair.source, pair.target) for pair in pairs], left_out


def seg(number: int, text: str) -> str:
    return f'<mrk mtype="seg" mid="{number}">{text}</mrk>'


def test_segments_of_xliff_1_are_paired_by_their_number(tmp_path: Path) -> None:
    def segmented(source: str, target: str, more: str = "") -> str:
        return f"<trans-unit id='a'><source>-</source><seg-source>{source}</seg-source>{target}{more}</trans-unit>"

    one = f"{seg(0, 'One.')} <g id='1'>{seg(1, 'Two.')}</g> {seg(2, 'Three.')}"
    confirmed = "<x:seg-defs xmlns:x='x'><x:seg id='5' conf='Translated'/><x:seg id='6' conf='Draft'/></x:seg-defs>"
    units = (
        segmented(one, f"<target>{seg(2, 'Drei.')} {seg(0, 'Eins.')} {seg(1, '')}</target>")
        + segmented(seg(3, "Four."), "")
        + segmented(seg(4, "-"), "<target>Fünf.</target>").replace("<source>-", "<source>Five.")
        + segmented(
            seg(5, "Six.") + seg(6, "Seven."), f"<target>{seg(5, 'Sechs.')}{seg(6, 'Sieben?')}</target>", confirmed
        )
    )
    assert read_with_reasons(tmp_path / "a.xlf", XLIFF_1.format(units=units)) == (
        [("One.", "Eins."), ("Three.", "Drei."), ("Five.", "Fünf."), ("Six.", "Sechs.")],
        [("Two.", "not translated"), ("Four.", "not translated"), ("Seven.", "marked as not finished")],
    )


def test_what_is_not_to_be_translated_is_inherited_and_the_innermost_mark_counts(tmp_path: Path) -> None:
    target = "<target>x</target>"
    one = (
        f'<group translate="no">{unit_1("one", target)}<group>{unit_1("two", target)}'
        + unit_1("three", target, 'translate="yes"')
        + f"</group></group>{unit_1('four', target)}"
        + unit_1("Content-Type: text/plain", target, 'restype="x-gettext-domain-header"')
    )
    not_to = "marked as not to be translated"
    assert read_with_reasons(tmp_path / "a.xlf", XLIFF_1.format(units=one)) == (
        [("three", "x"), ("four", "x")],
        [("one", not_to), ("two", not_to), ("Content-Type: text/plain", not_to)],
    )
    two = '<unit id="1"><segment><source>one</source><target>eins</target></segment></unit>'
    for marked in ('<file translate="no" ', '<file><group translate="no" '):
        whole = XLIFF_2.format(units=two).replace("<group ", marked.removeprefix("<file>"), 1)
        if marked.startswith("<file "):
            whole = XLIFF_2.format(units=two).replace("<file ", marked)
        assert read_with_reasons(tmp_path / "a.xlf", whole) == ([], [("one", not_to)])
