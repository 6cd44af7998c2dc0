"""Books: chapters and tables of contents are translated; code, pictures, formulas and styles stay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

XHTML = "http://www.w3.org/1999/xhtml"
HEAD = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{}</title><style>p {{}}</style></head><body>'
DTD11 = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">'
DTD10 = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><docTitle><text>{0}</text></docTitle>'
    "<navMap><navPoint><navLabel><text>{1}</text></navLabel></navPoint></navMap>"
    "<pageList><pageTarget><navLabel><text>iv</text></navLabel></pageTarget></pageList></ncx>"
)


def book(body: str, doctype: str = "<!DOCTYPE html>", extra: dict[str, str] | None = None, title: str = "") -> bytes:
    chapters = {
        "b.xhtml": HEAD.format(title) + body + "</body></html>",
        "a b.xhtml": HEAD.format("") + "</body></html>",
    }
    media = {".xhtml": "application/xhtml+xml", ".ncx": "application/x-dtbncx+xml"}
    files = {"toc.ncx": NCX.format("Title", "First"), **chapters}
    items = "".join(
        f'<item id="i{number}" href="text/{file.replace(" ", "%20")}" media-type="{media[file[file.index(".") :]]}"/>'
        for number, file in enumerate(files)
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        container = '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>'
        archive.writestr("META-INF/container.xml", container)
        spine = '<spine><itemref idref="i1"/><itemref idref="i2"/></spine>'
        archive.writestr("OPS/book.opf", f"<package><manifest>{items}</manifest>{spine}</package>")
        for file, content in files.items():
            archive.writestr(f"OPS/text/{file}", (doctype if file.endswith("xhtml") else "") + content)
        archive.writestr("OPS/dot.png", bytes(range(256)))
        for file, content in (extra or {}).items():
            archive.writestr(file, content)
    return buffer.getvalue()


def part_of(content: bytes, part: str = "OPS/text/b.xhtml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(part).decode()


def body_of(content: bytes) -> str:
    text = part_of(content)
    return text[text.index("<body>") + len("<body>") : text.rindex("</body>")]


@pytest.mark.parametrize(
    ("body", "fragments", "written"),
    [
        (
            "\n<h1>One</h1>\n<p>a\n  b</p><p>42</p>\n<ul><li>c<ul><li>d</li></ul>e</li></ul>\n",
            ["One", "a b", "c", "d", "e"],
            "\n<h1>ONE</h1>\n<p>A B</p><p>42</p>\n<ul><li>C<ul><li>D</li></ul>E</li></ul>\n",
        ),
        (
            '<p>See <a href="x#y">the <b class="k">red</b> page</a>.</p>',
            ['See <span id="1">the <span id="2">red</span> page</span>.'],
            '<p>SEE <a href="x#y">THE <b class="k">RED</b> PAGE</a>.</p>',
        ),
        (
            '<p>a<br/>b <code>c</code> <img src="d.png" alt="e"/><sup><a href="#n1">1</a></sup><a id="p"/>f &lt;</p>',
            [
                'a<br id="1">b <span translate="no" id="2">c</span> <span translate="no" id="3"></span>'
                '<span translate="no" id="4">1</span><span translate="no" id="5"></span>f &lt;'
            ],
            '<p>A<br/>B <code>c</code> <img src="d.png" alt="e"/><sup><a href="#n1">1</a></sup><a id="p"/>F &lt;</p>',
        ),
        (
            '<pre>a</pre><div translate="no"><p>b</p></div><p>c <i translate="no">d</i> e<!-- f --></p>',
            ['c <span translate="no" id="1">d</span> e'],
            '<pre>a</pre><div translate="no"><p>b</p></div><p><!-- f -->C <i translate="no">d</i> E</p>',
        ),
        (
            '<div>a<p>b</p>c <i>d</i><p>e</p></div><a href="f"><p>g</p></a>',
            ["a", "b", 'c <span id="1">d</span>', "e", "g"],
            '<div>A<p>B</p>C <i>D</i><p>E</p></div><a href="f"><p>G</p></a>',
        ),
        (
            '<p>a <math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math> b</p>',
            ['a <span translate="no" id="1">x</span> b'],
            '<p>A <math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math> B</p>',
        ),
    ],
)
def test_text_is_translated_and_its_structure_stays(
    body: str, fragments: list[str], written: str, shout: Shout
) -> None:
    document = open_document("a.epub", book(body))
    assert [fragment.text for fragment in document.texts] == [*fragments, "Title", "First"]
    assert body_of(shout(document)) == written


@pytest.mark.parametrize("doctype", ["<!DOCTYPE html>", DTD11, DTD10, ""])
def test_titles_and_tables_of_contents_are_translated_and_nothing_else_appears(doctype: str, shout: Shout) -> None:
    content = book("<p>a</p>", doctype, title="Chapter")
    written = shout(open_document("a.epub", content))
    assert part_of(written, "OPS/text/toc.ncx").endswith(NCX.format("TITLE", "FIRST"))
    same = etree.canonicalize(part_of(content).replace("Chapter", "CHAPTER").replace("<p>a", "<p>A"))
    assert etree.canonicalize(part_of(written)) == same
    assert doctype in part_of(written)
    assert part_of(written, "OPS/text/a b.xhtml") == part_of(content, "OPS/text/a b.xhtml")


def test_characters_that_the_doctype_names_are_text(shout: Shout) -> None:
    document = open_document("a.epub", book("<p>a&nbsp;b</p><p>1&nbsp;2</p>", DTD11))
    assert document.texts[0].text == "a\u00a0b"
    assert body_of(shout(document)) == "<p>A\u00a0B</p><p>1&nbsp;2</p>"


def test_a_span_that_occurs_twice_is_one_target_of_links() -> None:
    document = open_document("a.epub", book('<p>see <i id="x">here</i></p>'))
    twice = '<span id="1">a</span> <span id="1">b</span>'
    assert body_of(document.with_texts([twice, "t", "f"])) == '<p><i id="x">a</i> <i>b</i></p>'


def test_the_kind_of_the_document_comes_first_and_is_not_compressed(shout: Shout) -> None:
    assert shout(open_document("a.epub", book("<p>a</p>")))[30:58] == b"mimetypeapplication/epub+zip"


inline = st.recursive(
    st.sampled_from(["a ", " \n", "\u00e9", "1", "<br/>", "<code>c</code>", "<!--d-->"]),
    lambda inside: st.builds("<b>{}{}</b>".format, inside, inside),
    max_leaves=5,
)
blocks = st.recursive(inline, lambda inside: st.builds("<div>{}{}</div>".format, inside, inside), max_leaves=8)


@given(body=blocks)
def test_texts_that_come_back_unchanged_leave_every_byte_and_translated_ones_are_read_again(body: str) -> None:
    content = book(body)
    document = open_document("a.epub", content)
    texts = [fragment.text for fragment in document.texts]
    written = document.with_texts(texts)
    assert part_of(written) == part_of(content)
    changed = document.with_texts([*texts[:-1], "changed"])
    assert part_of(changed) == part_of(content)
    one = document.with_texts([text.replace("a", "b") for text in texts])
    again = open_document("a.epub", one)
    assert "".join(fragment.text for fragment in again.texts).count("a") <= "".join(texts).count("a")
    assert len(again.texts) == len(texts)


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("META-INF/encryption.xml", '<e><EncryptionMethod Algorithm="aes"/></e>', "is encrypted, as protected books"),
        ("OPS/text/b.xhtml", "<html", "has a damaged part OPS/text/b.xhtml"),
        ("OPS/book.opf", "<package/>", "has no chapters in XHTML"),
    ],
)
def test_a_book_that_cannot_be_read_says_why(part: str, content: str, message: str) -> None:
    sound = book("")
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as archive, zipfile.ZipFile(buffer, "w") as changed:
        parts = {name: archive.read(name) for name in archive.namelist()} | {part: content.encode()}
        for name, each in parts.items():
            changed.writestr(name, each)
    with pytest.raises(DocumentError, match=message):
        open_document("a.epub", buffer.getvalue())


def test_a_book_with_obfuscated_fonts_is_read() -> None:
    fonts = '<e><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></e>'
    assert open_document("a.epub", book("<p>a</p>", extra={"META-INF/encryption.xml": fonts})).texts[0].text == "a"


def test_an_archive_of_another_kind_is_no_book(word_file: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.epub is no EPUB book: save it as \.epub"):
        open_document("a.epub", word_file)
