"""Word documents: paragraphs are translated with their formatting; links, fields, notes and pictures stay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from lxml import etree

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
NOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def word(body: str, notes: str = "", namespace: str = W) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/>'
            f'<Override PartName="/word/footnotes.xml" ContentType="{NOTES}"/></Types>',
        )
        for part, content in (("document", f"<w:body>{body}</w:body>"), ("footnotes", notes)):
            archive.writestr(f"word/{part}.xml", f'<w:root xmlns:w="{namespace}" xmlns:x="x">{content}</w:root>')
        archive.writestr("word/media/dot.png", bytes(range(256)))
    return buffer.getvalue()


def body_of(content: bytes, part: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(part).decode()
    text = text[text.index(">", text.index("<w:root")) + 1 : text.rindex("</w:root>")]
    return text.removeprefix("<w:body>").removesuffix("</w:body>").replace(' xml:space="preserve"', "")


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties and f"<w:rPr>{properties}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def field(instruction: str, result: str) -> str:
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    return f"{begin}<w:r><w:instrText>{instruction}</w:instrText></w:r>{separate}{run(result)}{end}"


def test_a_document_of_words_is_translated_in_all_its_parts(word_file: bytes, shout: Shout) -> None:
    written = docx.Document(io.BytesIO(shout(open_document("a.docx", word_file))))
    assert [paragraph.text for paragraph in written.paragraphs] == [
        "FIRST STEPS",
        "PRESS THE RED BUTTON TWICE.\nTHEN WAIT.",
    ]
    assert written.paragraphs[0].style.name == "Heading 1"
    assert [run.text for run in written.paragraphs[1].runs if run.bold] == ["THE RED"]
    assert [cell.text for cell in written.tables[0].rows[0].cells] == ["LEFT CELL", "42"]
    assert written.sections[0].header.paragraphs[0].text == "PAGE HEAD"
    assert written.sections[0].footer.paragraphs[0].text == "PAGE FOOT"
    assert written.core_properties.title == "A title"


def test_texts_that_come_back_unchanged_leave_every_part_as_it_was(word_file: bytes) -> None:
    document = open_document("a.docx", word_file)
    written = document.with_texts([fragment.text for fragment in document.texts])
    with zipfile.ZipFile(io.BytesIO(word_file)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(name) == after.read(name) for name in before.namelist())


@pytest.mark.parametrize("namespace", [W, STRICT])
def test_runs_that_look_the_same_are_one_text(namespace: str, shout: Shout) -> None:
    bold = "<w:b/>"
    body = (
        "<w:p><w:pPr><w:jc/></w:pPr>"
        + run("Hel", bold + '<w:lang w:val="en"/>')
        + "<w:proofErr/>"
        + run("lo", bold)
        + '<w:bookmarkStart w:id="0"/><w:bookmarkEnd w:id="0"/>'
        + run(" ")
        + run("you", bold)
        + "</w:p>"
    )
    document = open_document("a.docx", word(body, namespace=namespace))
    assert [(fragment.text, fragment.form) for fragment in document.texts] == [("Hello you", "text")]
    assert body_of(shout(document)) == (
        '<w:p><w:pPr><w:jc/></w:pPr><w:bookmarkStart w:id="0"/><w:r><w:rPr><w:b/><w:lang w:val="en"/></w:rPr>'
        '<w:t>HELLO YOU</w:t></w:r><w:bookmarkEnd w:id="0"/></w:p>'
    )


@pytest.mark.parametrize(
    ("inside", "fragment", "written"),
    [
        (
            run("See ") + f'<w:hyperlink w:id="r1">{run("our page", "<w:u/>")}</w:hyperlink>' + run("."),
            'See <span id="1">our page</span>.',
            "<w:r><w:t>SEE </w:t></w:r>"
            '<w:hyperlink w:id="r1"><w:r><w:rPr><w:u/></w:rPr><w:t>OUR PAGE</w:t></w:r></w:hyperlink>'
            "<w:r><w:t>.</w:t></w:r>",
        ),
        (
            run("page ") + field(" PAGE ", "three") + run(" of many"),
            'page <span translate="no" id="1">three</span> of many',
            run("PAGE ") + field(" PAGE ", "three") + run(" OF MANY"),
        ),
        (
            run("go ") + field(' HYPERLINK "http://x" ', "there") + run(" now"),
            'go <span id="1">there</span> now',
            run("GO ") + field(' HYPERLINK "http://x" ', "THERE") + run(" NOW"),
        ),
        (
            run("a") + "<w:r><w:sym/><w:drawing/></w:r>" + run("b") + "<w:r><w:footnoteReference/></w:r>",
            'a<span translate="no" id="1"></span><span translate="no" id="2"></span>b',
            run("A") + "<w:r><w:sym/></w:r><w:r><w:drawing/></w:r>" + run("B") + "<w:r><w:footnoteReference/></w:r>",
        ),
        (
            run("page ") + f'<w:fldSimple w:instr=" PAGE ">{run("three")}</w:fldSimple>' + run(" of many"),
            'page <span translate="no" id="1">three</span> of many',
            run("PAGE ") + f'<w:fldSimple w:instr=" PAGE ">{run("three")}</w:fldSimple>' + run(" OF MANY"),
        ),
        (
            run("go ") + f"<w:fldSimple w:instr=' HYPERLINK x '>{run('there')}</w:fldSimple>" + run(" now"),
            'go <span id="1">there</span> now',
            run("GO ")
            + f"<w:fldSimple w:instr=' HYPERLINK x '>{run('THERE')}</w:fldSimple>".replace("'", '"')
            + run(" NOW"),
        ),
        (
            f"<w:sdt><w:sdtPr><w:tag/></w:sdtPr><w:sdtContent>{run('name')}</w:sdtContent></w:sdt>{run(' here')}",
            '<span id="1">name</span> here',
            f"<w:sdt><w:sdtPr><w:tag/></w:sdtPr><w:sdtContent>{run('NAME')}</w:sdtContent></w:sdt>{run(' HERE')}",
        ),
        (
            run("old ") + "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>" + f"<w:ins>{run('new')}</w:ins>",
            'old <span translate="no" id="1"></span><span id="2">new</span>',
            run("OLD ") + "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>" + f"<w:ins>{run('NEW')}</w:ins>",
        ),
    ],
)
def test_what_stands_in_a_line_stays_in_its_place(inside: str, fragment: str, written: str, shout: Shout) -> None:
    document = open_document("a.docx", word(f"<w:p>{inside}</w:p>"))
    assert [each.text for each in document.texts] == [fragment]
    assert body_of(shout(document)) == f"<w:p>{written}</w:p>".replace(' xml:space="preserve"', "")


TAB = "<w:r><w:tab/></w:r>"


def test_each_side_of_a_tab_is_a_text_of_its_own_and_the_tab_stays(shout: Shout) -> None:
    inside = f"{run('Name:', '<w:b/>')}{TAB}{run('the old ')}{run('house', '<w:i/>')}{TAB}{run('42')}{TAB}"
    document = open_document("a.docx", word(f"<w:p>{inside}</w:p>"))
    assert [each.text for each in document.texts] == ["Name:", 'the old <span id="1">house</span>']
    written = inside.replace("Name:", "NAME:").replace("the old", "THE OLD").replace("house", "HOUSE")
    assert body_of(shout(document)) == f"<w:p>{written}</w:p>".replace(' xml:space="preserve"', "")


def test_a_line_of_a_table_of_contents_stays_one_link_with_its_page_number(shout: Shout) -> None:
    line = f"{run('1')}{TAB}{run('The house')}{TAB}{field(' PAGEREF a ', '7')}"
    document = open_document("a.docx", word(f'<w:p><w:hyperlink w:anchor="a">{line}</w:hyperlink></w:p>'))
    assert [each.text for each in document.texts] == ["The house"]
    written = f'<w:p><w:hyperlink w:anchor="a">{line.replace("The house", "THE HOUSE")}</w:hyperlink></w:p>'
    assert body_of(shout(document)) == written.replace(' xml:space="preserve"', "")


def test_footnotes_and_text_boxes_are_translated(shout: Shout) -> None:
    box = f"<w:pict><x:box><w:txbxContent><w:p>{run('boxed')}</w:p></w:txbxContent></x:box></w:pict>"
    body = f"<w:p>{run('one')}<w:r>{box}</w:r>{run('two')}</w:p>"
    document = open_document("a.docx", word(body, f"<w:p>{run('a note')}</w:p>"))
    assert [fragment.text for fragment in document.texts] == [
        'one<span translate="no" id="1"></span>two',
        "boxed",
        "a note",
    ]
    written = shout(document)
    assert body_of(written) == body_of(word(body)).replace("one", "ONE").replace("two", "TWO").replace("boxed", "BOXED")
    assert "A NOTE" in body_of(written, "word/footnotes.xml")


def test_a_field_over_several_paragraphs_stays_and_its_text_is_translated(shout: Shout) -> None:
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    body = (
        f"<w:p>{begin}<w:r><w:instrText>TOC</w:instrText></w:r>{separate}{run('one')}</w:p><w:p>{run('two')}{end}</w:p>"
    )
    document = open_document("a.docx", word(body))
    assert [fragment.text for fragment in document.texts] == ["one", "two"]
    assert body_of(shout(document)) == body_of(word(body)).replace("one", "ONE").replace("two", "TWO")


def test_a_translation_may_lose_repeat_and_turn_round_what_stands_in_the_line() -> None:
    inside = run("a ") + run("bold", "<w:b/>") + "<w:r><w:sym/></w:r>" + run("c ") + run("slanted words", "<w:i/>")
    document = open_document("a.docx", word(f"<w:p>{inside}</w:p>"))
    (fragment,) = document.texts
    assert fragment.text == (
        '<span id="1">a </span><span id="2">bold</span><span translate="no" id="3"></span>'
        '<span id="4">c </span>slanted words'
    )
    written = body_of(document.with_texts(['x <span id="2">y</span> z <span id="2">y</span><b id="9">w</b>']))
    slanted, bold = "<w:rPr><w:i/></w:rPr>", "<w:rPr><w:b/></w:rPr>"
    assert written == (
        f"<w:p><w:r>{slanted}<w:t>x </w:t></w:r><w:r>{bold}<w:t>y</w:t></w:r><w:r>{slanted}<w:t> z </w:t></w:r>"
        f"<w:r>{bold}<w:t>y</w:t></w:r><w:r>{slanted}<w:t>w</w:t></w:r><w:r><w:sym/></w:r></w:p>"
    )


def test_a_document_can_be_written_twice(word_file: bytes, shout: Shout) -> None:
    document = open_document("a.docx", word_file)
    assert shout(document) == shout(document)


def test_the_parts_keep_their_namespaces(word_file: bytes, shout: Shout) -> None:
    parts = []
    for content in (word_file, shout(open_document("a.docx", word_file))):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts.append(etree.fromstring(archive.read("word/document.xml")).nsmap)
    assert parts[0] == parts[1]
