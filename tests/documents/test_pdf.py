"""PDF: the text of its pages is recognized as paragraphs, and comes out as an HTML page."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from nmt.documents import Document, open_document, written_extension
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]
Make = Callable[..., bytes]


@pytest.mark.parametrize(
    ("pages", "paragraphs"),
    [
        (
            [["Introduction", "The red cat sat on the old mat and", "then it slept.", "The dog did not."]],
            ["Introduction", "The red cat sat on the old mat and then it slept.", "The dog did not."],
        ),
        (
            [["A word that is broken be-", "fore its end, and a well-", "Known name"]],
            ["A word that is broken before its end, and a well- Known name"],
        ),
        (
            [["Buy what the house needs for one week:", "1. bread", "2. milk", "- tea", "12"]],
            ["Buy what the house needs for one week:", "1. bread", "2. milk", "- tea"],
        ),
        (
            [["This sentence begins on page one and", "goes"], ["on here.", "The next line is long enough."], []],
            ["This sentence begins on page one and goes on here.", "The next line is long enough."],
        ),
    ],
)
def test_lines_are_put_together_to_paragraphs(pages: list[list[str]], paragraphs: list[str], pdf_file: Make) -> None:
    assert [fragment.text for fragment in open_document("a.pdf", pdf_file(*pages)).texts] == paragraphs


def test_the_translation_is_an_html_page(pdf_file: Make, shout: Shout) -> None:
    document = open_document("a & b.pdf", pdf_file(["Gr\u00fc\u00dfe <b>", "12"]))
    assert shout(document).decode() == (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>a &amp; b</title></head><body>\n'
        "<p>GR\u00dcSSE &lt;B&gt;</p>\n<p>12</p>\n</body></html>\n"
    )
    assert written_extension("a & b.PDF") == ".html"
    assert written_extension("a.DOCX") == ".DOCX"


def test_scanned_pages_are_refused(pdf_file: Make) -> None:
    with pytest.raises(DocumentError, match=r"a\.pdf has no text, as scanned pages do: .* \(OCR\)"):
        open_document("a.pdf", pdf_file([], ["12"]))


def test_a_protected_file_is_refused(pdf_file: Make) -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf_file(["secret"]))))
    writer.encrypt("word", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(DocumentError, match=r"a\.pdf is protected by a password"):
        open_document("a.pdf", buffer.getvalue())


@pytest.mark.parametrize(
    ("limit", "most", "message"),
    [
        ("_MOST_SECONDS", -1.0, "takes more than -1 seconds to read"),
        ("_MOST_CHARACTERS", 50, "has more than 50 characters"),
        ("_MOST_PAGES", 1, "has 2 pages, at most 1 are read"),
    ],
)
def test_a_file_that_takes_too_much_is_refused(
    limit: str, most: float, message: str, pdf_file: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"nmt.documents.pdf.{limit}", most)
    with pytest.raises(DocumentError, match=message):
        open_document("a.pdf", pdf_file(["a"] * 60, ["b"]))


def test_lines_that_never_end_a_paragraph_end_it_at_last(pdf_file: Make) -> None:
    texts = [fragment.text for fragment in open_document("a.pdf", pdf_file(["so it goes on and on"] * 300)).texts]
    assert [len(text) for text in texts] == [5018, 1280]


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"a\.pdf is damaged or no PDF"):
        open_document("a.pdf", b"PK no pdf")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(at=st.integers(0, 10**6), less=st.integers(0, 9), instead=st.binary(max_size=4), text=st.text())
def test_a_damaged_file_is_read_or_refused(at: int, less: int, instead: bytes, text: str, pdf_file: Make) -> None:
    content = pdf_file(["one", "two"], ["three"])
    position = at % len(content)
    try:
        document = open_document("a.pdf", content[:position] + instead + content[position + less :])
    except DocumentError:
        return
    document.with_texts([text] * len(document.texts)).decode()
