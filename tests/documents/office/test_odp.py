"""OpenDocument presentations: slides, notes and footers are translated; prompts and comments stay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from odf.draw import Frame, Page, TextBox
from odf.opendocument import OpenDocumentPresentation, load
from odf.style import MasterPage, PageLayout
from odf.text import P

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]


def slides() -> bytes:
    deck = OpenDocumentPresentation()
    layout = PageLayout(name="layout")
    master = MasterPage(name="master", pagelayoutname=layout)
    deck.automaticstyles.addElement(layout)
    deck.masterstyles.addElement(master)
    page = Page(masterpagename=master, name="first")
    deck.presentation.addElement(page)
    frame = Frame(width="9cm", height="2cm")
    box = TextBox()
    box.addElement(P(text="Red cat"))
    frame.addElement(box)
    page.addElement(frame)
    buffer = io.BytesIO()
    deck.write(buffer)
    return buffer.getvalue()


def with_content(body: str) -> bytes:
    names = {"office": "office", "text": "text", "draw": "drawing", "presentation": "presentation"}
    root = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in names.items()
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.presentation")
        archive.writestr("content.xml", f"<office:document-content {root}>{body}</office:document-content>")
    return buffer.getvalue()


def test_a_presentation_of_odfpy_is_translated(shout: Shout) -> None:
    written = load(io.BytesIO(shout(open_document("a.odp", slides()))))
    assert [str(paragraph) for paragraph in written.getElementsByType(P)] == ["RED CAT"]


def test_notes_and_footers_are_translated_but_no_prompts_and_comments(shout: Shout) -> None:
    body = (
        "<presentation:footer-decl>foot</presentation:footer-decl>"
        '<draw:frame presentation:placeholder="true"><text:p>Click to add</text:p></draw:frame>'
        "<draw:page><office:annotation><text:p>said</text:p></office:annotation>"
        "<draw:frame><text:p>a <text:span>b</text:span></text:p></draw:frame>"
        "<presentation:notes><text:p>note</text:p></presentation:notes></draw:page>"
    )
    document = open_document("a.odp", with_content(body))
    assert [fragment.text for fragment in document.texts] == ["foot", 'a <span id="1">b</span>', "note"]
    with zipfile.ZipFile(io.BytesIO(shout(document))) as archive:
        content = archive.read("content.xml").decode()
    expected = body.replace("foot<", "FOOT<").replace(">a <text:span>b<", ">A <text:span>B<").replace("note<", "NOTE<")
    assert expected in content


def test_another_open_document_is_no_presentation(odt_file: Callable[[str], bytes]) -> None:
    with pytest.raises(DocumentError, match=r"a\.odp is no OpenDocument presentation: save it as \.odp"):
        open_document("a.odp", odt_file(""))
