"""Whatever the bytes are, a document is read or refused with DocumentError, and one that was read can be written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nmt.documents import SUPPORTED, open_document
from nmt.errors import DocumentError

Make = Callable[[str], bytes]

SOUND = {
    ".txt": "One.\r\n\r\nTwo é.\n".encode(),
    ".md": b"# A *b* `c`\n\n> - [d](e) f\n>   g  \n> h\n\n| i | j |\n|---|---|\n| k | **l** |\n\n[m]\n\n[m]: n\n",
    ".html": b'<!DOCTYPE html><meta charset="iso-8859-1"><p>a <b>b</b> &amp; c',
    ".htm": b"<p>a",
    ".srt": b"1\n00:00:01,000 --> 00:00:02,500\n<i>- Hello</i>\n- you {\\an8}\n\n"
    b"2\n00:00:03,000 --> 00:00:04,000\nA\nB\n",
    ".po": b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n#, fuzzy\nmsgctxt "a"\nmsgid "b"\n'
    b'msgid_plural "c"\nmsgstr[0] ""\nmsgstr[1] ""\n\n#~ msgid "d"\n#~ msgstr ""\n',
    ".xlf": b'<xliff version="1.2"><file source-language="en"><body><trans-unit id="1"><source>a <g id="1">b</g> %s'
    b"</source></trans-unit></body></file></xliff>",
    ".xliff": b'<xliff version="2.0" srcLang="en"><file id="f"><unit id="u"><segment><source>a <pc id="1">b</pc>'
    b'<sc id="2"/>c<ec startRef="2"/></source></segment></unit></file></xliff>',
    ".json": b'{"a": {"b": ["one {x}", "\\u00e9 <b>c</b>"]}, "d": "{n, plural, one{# e} other{# f}}"}',
    ".arb": b'{"@@locale": "en", "a": "b", "@a": {"description": "c"}}',
    ".properties": b"# a\nb = c \\\n d {0}''s\ne:\\u00e9",
    ".strings": b'/* a */ "b" = "c %@";\n"d" = "e";',
    ".xml": b'<resources><string name="a">b <b>c</b> %s \\n"d"</string><plurals name="e"><item>f</item></plurals>'
    b"<string><![CDATA[a]]></string></resources>",
    ".resx": b'<root><data name="a.Text"><value>&amp;b {0}</value></data></root>',
    ".yaml": b"en:\n  a: b\n  c: |\n    d\n  e: ['f', \"g\"]\n",
    ".yml": b"a: &x b\nc: *x\n",
    ".ts": b'<!DOCTYPE TS><TS><context><message><source>a %n</source><translation type="unfinished"><numerusform/>'
    b"</translation></message></context></TS>",
    ".xcstrings": b'{"sourceLanguage": "en", "strings": {"a": {}, "b": {"localizations": {"en": {"variations": '
    b'{"plural": {"one": {"stringUnit": {"value": "c"}}}}}, "fr": {}}}}}',
    ".vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n- <v A>a <i>b</i>\n- c &amp;\n\nNOTE d\n",
    ".ass": b"[Script Info]\n[Events]\nFormat: Start, Text\nDialogue: 0,{\\i1}a\\Nb\nDialogue: 1,- c\\N- d\n",
    ".csv": b'id,text\n1,"a ""b"", c"\n2,d\n',
}

XLIFF = '<xliff version="2.0" srcLang="en"><file><unit><segment><source>{}</source></segment></unit></file></xliff>'

changes = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.integers(0, 3),
        st.binary(max_size=4) | st.sampled_from([b'"', b"<", b"\n", b"`", b"["]),
    ),
    max_size=4,
)
"""Where, how many bytes less, and which bytes instead."""


def damaged(content: bytes, how: list[tuple[int, int, bytes]]) -> bytes:
    for at, less, instead in how:
        position = at % (len(content) + 1)
        content = content[:position] + instead + content[position + less :]
    return content


def read_and_write(name: str, content: bytes, text: str) -> None:
    column = "text" if name.endswith(".csv") else None
    try:
        document = open_document(name, content, column=column, target="de")
    except DocumentError:
        return
    same = document.with_texts([fragment.text for fragment in document.texts])
    again = open_document(name, same, column=column, target="de")
    assert len(again.texts) == len(document.texts) or name.endswith(".po")
    document.with_texts([text] * len(document.texts))


@pytest.mark.parametrize("ending", SOUND)
@given(how=changes, text=st.text())
@example(how=[(20, 0, b"\xc3\x9d")], text="")  # an element that is "meta" in ASCII only
def test_a_damaged_text_file_is_read_or_refused(ending: str, how: list[tuple[int, int, bytes]], text: str) -> None:
    read_and_write("a" + ending, damaged(SOUND[ending], how), text)


@given(content=st.binary(), ending=st.sampled_from(SUPPORTED))
def test_any_bytes_are_read_or_refused(content: bytes, ending: str) -> None:
    read_and_write("a" + ending, content, "x")


def small_word_file() -> bytes:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<T><Override PartName="/word/document.xml" ContentType="{main}"/></T>'.encode(),
            "word/document.xml": b'<w:d xmlns:w="w"><w:p><w:pPr/><w:r><w:rPr><w:b/></w:rPr><w:t>a </w:t></w:r>'
            b"<w:hyperlink><w:r><w:t>b</w:t><w:tab/></w:r></w:hyperlink>"
            b'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK x</w:instrText></w:r>'
            b'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>c</w:t></w:r>'
            b'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            b"<w:sdt><w:sdtContent><w:r><w:t>d</w:t></w:r></w:sdtContent></w:sdt></w:p></w:d>",
        }
    )


def small_presentation() -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<T><Override PartName="/ppt/slide1.xml" ContentType="{kind}"/></T>'.encode(),
            "ppt/slide1.xml": b'<s xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:pPr/>'
            b'<a:r><a:t>a </a:t></a:r><a:r><a:rPr b="1"/><a:t>b\tc</a:t></a:r><a:br/><a:fld><a:t>d</a:t></a:fld>'
            b"<a:r><a:t>e</a:t></a:r><a:endParaRPr/></a:p></s>",
        }
    )


def small_workbook() -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return zipped(
        {
            "[Content_Types].xml": f'<T><Override PartName="/b.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/s/s1.xml" ContentType="{kind}.worksheet+xml"/>'
            f'<Override PartName="/t.xml" ContentType="{kind}.sharedStrings+xml"/></T>'.encode(),
            "b.xml": b'<w xmlns="x"><sheets/></w>',
            "s/s1.xml": b'<w xmlns="x"><row r="1"><c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c>'
            b'<c t="inlineStr"><is><t>a </t></is></c><c t="str"><f>A1</f><v>d</v></c></row>'
            b'<row r="2"><c r="B2" t="s"><v>0</v></c></row></w>',
            "s/_rels/s1.xml.rels": b'<R><r Type="/table" Target="../table1.xml"/></R>',
            "table1.xml": b'<table ref="B1:C1"/>',
            "t.xml": b"<s xmlns='x'><si><r><rPr><b/></rPr><t>d</t></r><r><t>e_x000D_\n</t></r></si>"
            b"<si><t>f</t></si></s>",
        }
    )


def small_book() -> bytes:
    return zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<c><rootfile full-path="b.opf"/></c>',
            "b.opf": b'<p><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/><itemref idref="c"/></p>',
            "c.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><title>t</title><body>a <p>b <i id="x">c</i><br/>'
            b'<code>d</code></p>e<ul><li>f<p translate="no">g</p><!--h-->i</li></ul></body></html>',
        }
    )


def open_document_of(kind: str, body: str) -> bytes:
    names = {"office": "office", "text": "text", "draw": "drawing", "table": "table"}
    root = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in names.items()
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": f"<office:document-content {root}>{body}</office:document-content>".encode(),
        }
    )


def zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


ARCHIVED = {
    ".pptx": (small_presentation, "ppt/slide1.xml"),
    ".xlsx": (small_workbook, "s/s1.xml"),
    ".epub": (small_book, "c.xhtml"),
    ".odp": (lambda: open_document_of("presentation", "<draw:frame><text:p>a b</text:p></draw:frame>"), "content.xml"),
    ".ods": (
        lambda: open_document_of(
            "spreadsheet",
            '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2">'
            "<text:p>a b</text:p></table:table-cell></table:table-row></table:table>",
        ),
        "content.xml",
    ),
    ".docx": (small_word_file, "word/document.xml"),
}


@pytest.fixture(params=[*ARCHIVED, ".odt"])
def archived(request: pytest.FixtureRequest, odt_file: Make) -> tuple[str, bytes, str]:
    """A small document: its name, its content, and the name of its main part."""
    if request.param in ARCHIVED:
        make, part = ARCHIVED[request.param]
        return "a" + request.param, make(), part
    body = '<text:p>a <text:span>b<text:s text:c="2"/></text:span> <text:note><text:p>c</text:p></text:note>d</text:p>'
    return "a.odt", odt_file(body), "content.xml"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is the same for every example
@given(how=changes, text=st.text())
def test_a_damaged_archive_is_read_or_refused(
    archived: tuple[str, bytes, str], how: list[tuple[int, int, bytes]], text: str
) -> None:
    name, content, _ = archived
    read_and_write(name, damaged(content, how), text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(how=changes, text=st.text())
def test_an_archive_with_a_damaged_part_is_read_or_refused(
    archived: tuple[str, bytes, str], how: list[tuple[int, int, bytes]], text: str
) -> None:
    name, content, part = archived
    parts = parts_of(content)
    read_and_write(name, zipped(parts | {part: damaged(parts[part], how)}), text)


def test_deeply_nested_markup_overflows_nothing(odt_file: Make) -> None:
    depth = 200  # XML of 256 levels is refused
    odt = odt_file(f"<text:p>{'<text:span>a' * depth}{'</text:span>' * depth}b</text:p>")
    part = b'<w:d xmlns:w="w"><w:p>' + b"<w:ins>" * depth + b"<w:r><w:t>a</w:t></w:r>" + b"</w:ins>" * depth
    part += b"<w:r><w:t>b</w:t></w:r></w:p></w:d>"
    word = zipped(parts_of(small_word_file()) | {"word/document.xml": part})
    for name, content in (
        ("a.odt", odt),
        ("a.docx", word),
        ("a.md", b"**a" * 9999 + b"a**" * 9999 + b" b " + b"[" * 9999),
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.500\n" + b"<i>a" * 9999 + b"</i>" * 9999),
        ("a.json", b'["' + b"<b>a" * 9999 + b"</b>" * 9999 + b'"]'),
        ("a.xlf", XLIFF.format("<pc><sc/>" * 100 + "a" + "<ec/></pc>" * 100).encode()),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,500\n" + b"<i>a" * 9999 + b"</i>" * 9999),
    ):
        document = open_document(name, content, target="de")
        assert document.with_texts(["x" + "<b>" * depth + "y"] * len(document.texts))


def test_a_file_that_unpacks_to_far_more_than_its_size_is_refused_unread(archived: tuple[str, bytes, str]) -> None:
    name, content, _ = archived
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb", "w") as bomb:
        for _ in range(101):
            bomb.write(bytes(1_000_000))
    with pytest.raises(DocumentError, match="unpacks to far more than its size"):
        open_document(name, buffer.getvalue())


@pytest.mark.parametrize(
    ("entity", "message"),
    [
        ('<!ENTITY x SYSTEM "file:///etc/hostname">', "declares entities"),
        ("<!ENTITY y 'ha'><!ENTITY x '&y;&y;'>", "declares entities"),
    ],
)
def test_entities_are_refused(archived: tuple[str, bytes, str], entity: str, message: str) -> None:
    name, content, part = archived
    parts = parts_of(content)
    parts[part] = f"<!DOCTYPE x [{entity}]>".encode() + parts[part].replace(b">a ", b">a &x;")
    with pytest.raises(DocumentError, match=message):
        open_document(name, zipped(parts))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "is no OpenDocument text"),
        ({"META-INF/manifest.xml": b"<m><encryption-data/></m>"}, "is encrypted"),
        ({"content.xml": b"<a"}, "has a damaged part content.xml"),
    ],
)
def test_an_odt_that_cannot_be_read_says_why(parts: dict[str, bytes], message: str, odt_file: Make) -> None:
    with pytest.raises(DocumentError, match=message):
        open_document("a.odt", zipped(parts_of(odt_file("")) | parts))


def test_an_archive_of_another_kind_is_no_word_document(odt_file: Make) -> None:
    with pytest.raises(DocumentError, match=r"a\.docx has no part \[Content_Types\]\.xml"):
        open_document("a.docx", odt_file(""))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '["%' + "0" * 100_000 + '"]'),
        ("a.json", '["' + "{n, plural, " * 2_000 + '"]'),
        ("a.json", '["' + "{n, plural, a{b}" + "a{{n, plural, a{x} b{x}}}" * 60 + '}"]'),
        ("a.strings", '"a" ' + "/**/ " * 20_000),
        ("a.yml", "|\r\n" + "\r\n" * 2_000 + "a\r\n"),
        ("a.ass", "[Script Info]\n[Events]\nDialogue: 0,,,,,,,,,{" + "\\k" * 100_000),
        ("a.xlf", XLIFF.format("a" + " " * 100_000 + "b")),
        ("a.properties", "\\\n" * 50_000),
    ],
    ids=lambda value: value[:20],
)
def test_no_text_takes_quadratic_time(name: str, content: str) -> None:
    read_and_write(name, content.encode(), "x")
