"""A translator that can be seen in a file: capitals."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from nmt.documents import Document, Fragment
from nmt.text import MarkedText, Markup, TranslatedMarks, TranslatedSentence, TranslatedText
from nmt.text.markup.marked_text import Placed
from nmt.text.protected.spans import Span
from nmt.text.sentences import Segment


def in_capitals(fragment: Fragment) -> str:
    if fragment.form == "text":
        return fragment.text.upper()
    markup = Markup(fragment.text)
    return markup.with_texts([text_in_capitals(text) for text in markup.texts])


def text_in_capitals(text: MarkedText) -> TranslatedMarks:
    capitals = text.text.upper()
    whole = TranslatedText((TranslatedSentence(Segment("", text.text, ""), (capitals,)),))
    spans = [Span(mark.start, mark.end) for mark in text.marks]
    return TranslatedMarks((whole,), (Placed(capitals, spans),) if spans else ())


@pytest.fixture(scope="session")
def shout() -> Callable[[Document], bytes]:
    """The document with its texts in capitals."""
    return lambda document: document.with_texts([in_capitals(fragment) for fragment in document.texts])


@pytest.fixture(scope="session")
def word_file() -> bytes:
    """A document of Word's with what python-docx can put in one."""
    document = docx.Document()
    document.core_properties.title = "A title"
    document.add_heading("First steps", 1)
    paragraph = document.add_paragraph("Press ")
    paragraph.add_run("the red").bold = True
    paragraph.add_run(" button")
    paragraph.add_run(" twice.\nThen wait.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Left cell", "42"
    document.sections[0].header.paragraphs[0].text = "Page head"
    document.sections[0].footer.paragraphs[0].text = "Page foot"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


ODT_ROOT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>{}</office:text></office:body>'
    "</office:document-content>"
)


@pytest.fixture(scope="session")
def odt_file() -> Callable[[str], bytes]:
    """An OpenDocument text whose body is the XML given."""

    def make(body: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
            archive.writestr("content.xml", ODT_ROOT.format(body))
            archive.writestr("Pictures/dot.png", bytes(range(256)))
            archive.writestr("META-INF/manifest.xml", "<manifest/>")
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def pdf_file() -> Callable[..., bytes]:
    """A PDF with the pages given: each the lines on it."""

    def make(*pages: list[str]) -> bytes:
        streams = []
        for lines in pages:
            shown = "".join(f"({line}) Tj T*\n" for line in lines)
            streams.append(f"BT /F 12 Tf 14 TL 50 700 Td\n{shown}ET".encode("cp1252"))
        first = 4
        kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
        objects = [
            b"<</Type/Catalog/Pages 2 0 R>>",
            f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        ]
        for number, stream in enumerate(streams):
            page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
            objects += [page % (first + 2 * number + 1), b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream)]
        content, offsets = b"%PDF-1.7\n", []
        for number, each in enumerate(objects, 1):
            offsets.append(len(content))
            content += b"%d 0 obj%s\nendobj\n" % (number, each)
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        size = len(objects) + 1
        return content + (
            b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
            % (size, table, size, len(content))
        )

    return make
