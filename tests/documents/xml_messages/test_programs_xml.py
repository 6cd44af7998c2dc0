"""Messages of programs in XML: Android's strings, .NET's resources, Qt's translation sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.documents import Document, Fragment, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

ANDROID = (
    '<?xml version="1.0" encoding="utf-8"?>\r\n<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2">\r\n'
    "  <!-- <string>kept</string> -->\n{}\n</resources>\n"
)
RESX = '<root><xsd:schema id="root" xmlns:xsd="x"/><resheader name="version"><value>two</value></resheader>{}</root>'
TS = '<?xml version="1.0"?>\n<!DOCTYPE TS>\n<TS version="2.1" language="de_DE"><context>{}</context></TS>'


@pytest.mark.parametrize(
    ("value", "translated"),
    [
        ('don\\\'t \\"go\\" \\u00e9', 'DON\\\'T \\"GO\\" \u00c9'),
        ("hi <b>you</b>\\n<xliff:g id='n' example=\"Ann\">%1$s</xliff:g>!", None),
        ("\n    two\n    lines\n  ", "\n    TWO LINES\n  "),
        ('"  it\'s  "', '"  IT\\\'S  "'),
        ("<![CDATA[<b>bold</b> for %d's]]>", "<![CDATA[<b>BOLD</b> FOR %d\\'S]]>"),
        ("&lt;b&gt;a&lt;/b&gt; &amp; b", "&lt;b&gt;A&lt;/b&gt; &amp; B"),
        ("one\\n\\ntwo", "ONE\\n\\nTWO"),
    ],
)
def test_strings_of_android_are_translated_in_its_spelling(value: str, translated: str | None, shout: Shout) -> None:
    expected = translated or "HI <b>YOU</b>\\n<xliff:g id='n' example=\"Ann\">%1$s</xliff:g>!"
    content = ANDROID.format(f'<string name="a">{value}</string>')
    assert shout(open_document("strings.xml", content.encode())).decode() == ANDROID.format(
        f'<string name="a">{expected}</string>'
    )


def test_arrays_and_plurals_of_android_are_translated(shout: Shout) -> None:
    inside = (
        '<string-array name="a"><item>one</item><item>@string/b</item></string-array>'
        '<plurals name="c"><item quantity="one">%d cat</item><item quantity="other">%d cats</item></plurals>'
    )
    translated = inside.replace(">one<", ">ONE<").replace("cats", "CATS").replace("cat<", "CAT<")
    written = shout(open_document("strings.xml", ANDROID.format(inside).encode())).decode()
    assert written == ANDROID.format(translated)


@pytest.mark.parametrize(
    "inside",
    [
        '<string name="a" translatable="false">one</string>',
        '<string name="a">@string/other</string><string name="b">?attr/text</string><string name="c"/>',
        '<string name="a"><xliff:g>kept</xliff:g> %s</string>',
        '<color name="a">red</color>',
    ],
)
def test_what_android_does_not_translate_stays(inside: str) -> None:
    assert open_document("strings.xml", ANDROID.format(inside).encode()).texts == []


@pytest.mark.parametrize("start", ["@", "?"])
def test_a_translation_is_no_reference(start: str) -> None:
    document = open_document("strings.xml", ANDROID.format('<string name="a">at home</string>').encode())
    assert f">\\{start}home<" in document.with_texts([start + "home"]).decode()


@pytest.mark.parametrize(
    ("data", "translated"),
    [
        ('<data name="a" xml:space="preserve"><value>hi {0:N2} &amp; %s</value><comment>kept</comment></data>', None),
        ('<data name="a.Text"><value>Sa&amp;ve {0}</value></data>', "SA&amp;VE {0}"),
        ('<data name="a.Text"><value>R&amp;D &amp;&amp; x</value></data>', "R&amp;D &amp;&amp; X"),
    ],
)
def test_strings_of_net_are_translated(data: str, translated: str | None, shout: Shout) -> None:
    start, end = data.index("<value>") + 7, data.index("</value>")
    expected = data[:start] + (translated or "HI {0:N2} &amp; %s") + data[end:]
    assert shout(open_document("a.resx", RESX.format(data).encode())).decode() == RESX.format(expected)


@pytest.mark.parametrize(
    "data",
    [
        '<data name="a" type="System.Drawing.Size, System.Drawing"><value>one, two</value></data>',
        '<data name="a" mimetype="application/x-microsoft.net.object.bytearray.base64"><value>abc</value></data>',
        '<data name="&gt;&gt;a.Name"><value>button</value></data>',
        '<data name="a"><value/></data>',
    ],
)
def test_data_of_net_that_is_no_text_stays(data: str) -> None:
    assert open_document("a.resx", RESX.format(data).encode()).texts == []


@pytest.mark.parametrize(
    ("source", "translation", "fragment", "translated"),
    [
        ("open", "", "open", "OPEN"),
        ("&amp;Open %1", "", 'Open <span translate="no" id="1">%1</span>', "&amp;OPEN %1"),
        ("&lt;b&gt;a&lt;/b&gt;", "", "a", "&lt;b&gt;A&lt;/b&gt;"),
        ('a<byte value="x1b"/>', "", "a", 'A<byte value="x1b"/>'),
        (
            "%n file(s)",
            "\n <numerusform></numerusform>\n <numerusform/>\n",
            '<span translate="no" id="1">%n</span> file(s)',
            "\n <numerusform>%n FILE(S)</numerusform>\n <numerusform>%n FILE(S)</numerusform>\n",
        ),
    ],
)
def test_unfinished_messages_of_qt_are_filled(
    source: str, translation: str, fragment: str, translated: str, shout: Shout
) -> None:
    message = '<message><source>{}</source><translation type="unfinished">{}</translation></message>'
    document = open_document("a.ts", TS.format(message.format(source, translation)).encode())
    assert [each.text for each in document.texts] == [fragment]
    assert shout(document).decode() == TS.format(message.format(source, translated))


@pytest.mark.parametrize(
    "translation",
    [
        "<translation>done</translation>",
        '<translation type="unfinished">a draft</translation>',
        '<translation type="vanished"></translation>',
        '<translation type="obsolete"/>',
    ],
)
def test_other_messages_of_qt_stay(translation: str) -> None:
    content = TS.format(f"<message><source>open</source>{translation}</message>").encode()
    assert open_document("a.ts", content).texts == []


def test_a_source_of_qt_declares_the_target_language(shout: Shout) -> None:
    message = '<message><source>a</source><translation type="unfinished"/></message>'
    content = TS.format(message).replace(' language="de_DE"', "")
    assert b'<TS version="2.1" language="fr">' in shout(open_document("a.ts", content.encode(), target="fr"))


def test_an_accelerator_goes_to_the_same_letter_or_to_the_first() -> None:
    message = '<message><source>{}</source><translation type="unfinished"></translation></message>'
    document = open_document("a.ts", TS.format(message.format("Fold&amp;er") + message.format("E&amp;xit")).encode())
    assert document.texts == [Fragment("Folder"), Fragment("Exit")]
    written = document.with_texts(["Ordner", "Beenden"]).decode()
    assert ">Ordn&amp;er<" in written
    assert ">&amp;Beenden<" in written


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xml", "<a/>", "has no <resources>"),
        ("a.resx", "<root/>", "is none of .NET's resource files"),
        ("a.ts", "<tsx/>", "is none of Qt's translation sources"),
        ("a.ts", "export const a = 1;", "is no well-formed XML"),
        ("a.ts", TS.format("").replace("de_DE", "fr"), "is for translations to fr, not to de"),
        ("a.xml", '<!DOCTYPE r [<!ENTITY a "b">]><resources/>', "declares entities"),
    ],
)
def test_a_file_of_another_kind_is_refused(name: str, content: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        open_document(name, content.encode(), target="de")


pieces = st.lists(
    st.sampled_from(["a", " ", "\n", "\\n", "\\'", '"', "&amp;", "&lt;", "%1$s", "{0}", "%1", "<b>", "</b>", "é"]),
    max_size=8,
).map("".join)


@settings(max_examples=50)
@given(value=pieces, is_cdata=st.booleans())
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(value: str, is_cdata: bool) -> None:
    value = f"<![CDATA[{value}]]>" if is_cdata else value.replace("<b>", "<b/>").replace("</b>", "<b>x</b>")
    for name, content in (
        ("a.xml", ANDROID.format(f'<string name="a">{value}</string>')),
        ("a.resx", RESX.format(f'<data name="a.Text"><value>{value}</value></data>')),
        ("a.ts", TS.format(f'<message><source>{value}</source><translation type="unfinished"/></message>')),
    ):
        document = open_document(name, content.encode())
        assert document.with_texts([fragment.text for fragment in document.texts]) == content.encode()
        document.with_texts(["x"] * len(document.texts))


def test_plurals_of_android_get_the_quantities_that_the_language_has(shout: Shout) -> None:
    items = '\n    <item quantity="one">%d <b>cat</b></item>\n    <item quantity="other"> %d <b>cats</b> </item>\n'
    content = f'<resources><plurals name="c">{items}</plurals></resources>'.encode()
    written = shout(open_document("strings.xml", content, target="es")).decode()
    assert written == (
        '<resources><plurals name="c">\n    <item quantity="one">%d <b>CAT</b></item>\n'
        '    <item quantity="many"> %d <b>CATS</b> </item>\n    <item quantity="other"> %d <b>CATS</b> </item>\n'
        "</plurals></resources>"
    )
    assert shout(open_document("strings.xml", written.encode(), target="es")).decode() == written
    assert "many" not in shout(open_document("strings.xml", content, target="de")).decode()
