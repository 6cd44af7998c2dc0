"""Presentations: paragraphs of slides and notes are translated with their formatting; fields and pictures stay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pptx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pptx.util import Cm

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/drawingml/main"
KINDS = "application/vnd.openxmlformats-officedocument.presentationml"
DIAGRAM = "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml"


def presentation(parts: dict[str, tuple[str, str]], namespace: str = A) -> bytes:
    """A presentation with the given parts: each a content type, and the XML in its root element."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        types = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, (kind, _) in parts.items())
        archive.writestr("[Content_Types].xml", f"<Types>{types}</Types>")
        for part, (_, inside) in parts.items():
            archive.writestr(part, f'<p:root xmlns:a="{namespace}" xmlns:p="p">{inside}</p:root>')
        archive.writestr("ppt/media/dot.png", bytes(range(256)))
    return buffer.getvalue()


def slide(inside: str, namespace: str = A) -> bytes:
    return presentation({"ppt/slides/slide1.xml": (f"{KINDS}.slide+xml", inside)}, namespace)


def body_of(content: bytes, part: str = "ppt/slides/slide1.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(part).decode()
    return text[text.index(">", text.index("<p:root")) + 1 : text.rindex("</p:root>")]


def run(text: str, properties: str = "") -> str:
    return f"<a:r>{properties}<a:t>{text}</a:t></a:r>"


@pytest.fixture(scope="module")
def slides() -> bytes:
    """A presentation of what python-pptx can put in one."""
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "First steps"
    paragraph = first.placeholders[1].text_frame.paragraphs[0]
    for text, is_bold in (("Press ", False), ("the red", True), (" button", False)):
        part = paragraph.add_run()
        part.text, part.font.bold = text, is_bold
    table = first.shapes.add_table(1, 2, Cm(1), Cm(9), Cm(9), Cm(2)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "Left cell", "42"
    first.notes_slide.notes_text_frame.text = "Say hello"
    for _ in range(10):
        deck.slides.add_slide(deck.slide_layouts[6])
    deck.slides[10].shapes.add_textbox(Cm(1), Cm(1), Cm(9), Cm(2)).text_frame.text = "The end\nof all"
    deck.slides[1].shapes.add_textbox(Cm(1), Cm(1), Cm(9), Cm(2)).text_frame.text = "Second\vslide"
    deck.core_properties.title = "A title"
    buffer = io.BytesIO()
    deck.save(buffer)
    return buffer.getvalue()


def test_a_presentation_is_translated_in_all_its_parts(slides: bytes, shout: Shout) -> None:
    document = open_document("a.pptx", slides)
    assert [fragment.text for fragment in document.texts] == [
        "First steps",
        'Press <span id="1">the red</span> button',
        "Left cell",
        'Second<br id="1">slide',
        "The end",
        "of all",
        "Say hello",
    ]
    written = pptx.Presentation(io.BytesIO(shout(document)))
    first = written.slides[0]
    assert first.shapes.title.text == "FIRST STEPS"
    paragraph = first.placeholders[1].text_frame.paragraphs[0]
    assert [(run.text, run.font.bold) for run in paragraph.runs] == [
        ("PRESS ", False),
        ("THE RED", True),
        (" BUTTON", False),
    ]
    (table,) = (shape.table for shape in first.shapes if shape.has_table)
    assert [cell.text for cell in table.rows[0].cells] == ["LEFT CELL", "42"]
    assert first.notes_slide.notes_text_frame.text == "SAY HELLO"
    assert [shape.text_frame.text for shape in written.slides[1].shapes] == ["SECOND\vSLIDE"]
    assert [shape.text_frame.text for shape in written.slides[10].shapes] == ["THE END\nOF ALL"]
    assert written.core_properties.title == "A title"


@pytest.mark.parametrize("namespace", [A, STRICT])
def test_runs_that_look_the_same_are_one_text(namespace: str, shout: Shout) -> None:
    inside = (
        '<a:p><a:pPr lvl="1"/>'
        + run("Hel", '<a:rPr lang="en-US" b="1" dirty="0"/>')
        + run("lo", '<a:rPr b="1" lang="en-GB" err="1"/>')
        + run(" ")
        + run("you", '<a:rPr b="1"/>')
        + '<a:endParaRPr lang="en-US"/></a:p>'
    )
    document = open_document("a.pptx", slide(inside, namespace))
    assert [(fragment.text, fragment.form) for fragment in document.texts] == [("Hello you", "text")]
    assert body_of(shout(document)) == (
        f'<a:p><a:pPr lvl="1"/>{run("HELLO YOU", "<a:rPr lang=#en-US# b=#1# dirty=#0#/>").replace("#", chr(34))}'
        '<a:endParaRPr lang="en-US"/></a:p>'
    )


@pytest.mark.parametrize(
    ("inside", "fragment", "written"),
    [
        (
            run("Read more on ") + run("our page", '<a:rPr><a:hlinkClick id="r1"/></a:rPr>') + run("."),
            'Read more on <span id="1">our page</span>.',
            run("READ MORE ON ") + run("OUR PAGE", '<a:rPr><a:hlinkClick id="r1"/></a:rPr>') + run("."),
        ),
        (
            run("page ") + '<a:fld type="slidenum"><a:rPr/><a:t>3</a:t></a:fld>' + run(" of many"),
            'page <span translate="no" id="1">3</span> of many',
            run("PAGE ") + '<a:fld type="slidenum"><a:rPr/><a:t>3</a:t></a:fld>' + run(" OF MANY"),
        ),
        (
            run("a\tb_x000B_c", '<a:rPr i="1"/>') + '<a:br><a:rPr sz="9"/></a:br>' + run("d", '<a:rPr i="1"/>'),
            'a<span translate="no" id="1"></span>b<span translate="no" id="2"></span>c<br id="3">d',
            run("A\tB_x000B_C", '<a:rPr i="1"/>') + '<a:br><a:rPr sz="9"/></a:br>' + run("D", '<a:rPr i="1"/>'),
        ),
    ],
)
def test_what_stands_in_a_line_stays_in_its_place(inside: str, fragment: str, written: str, shout: Shout) -> None:
    document = open_document("a.pptx", slide(f"<a:p>{inside}</a:p>"))
    assert [each.text for each in document.texts] == [fragment]
    assert body_of(shout(document)) == f"<a:p>{written}</a:p>"


def test_a_translation_may_lose_repeat_and_nest_what_stands_in_the_line() -> None:
    bold, slanted = '<a:rPr b="1"/>', '<a:rPr i="1"/>'
    inside = run("the longest ") + run("bold", bold) + "<a:br/>" + run("thin", slanted)
    document = open_document("a.pptx", slide(f"<a:p>{inside}</a:p>"))
    (written,) = (
        document.with_texts(['x <span id="1">y <span id="3">z</span></span> <span id="1">w</span><b id="9">v</b>']),
    )
    assert body_of(written) == (
        f"<a:p>{run('x ')}{run('y ', bold)}{run('z', slanted)}{run(' ')}{run('w', bold)}{run('v')}<a:br/></a:p>"
    )


def test_diagrams_and_what_a_layout_shows_on_each_slide_are_translated(shout: Shout) -> None:
    prompt = f"<p:sp><p:nvPr><p:ph/></p:nvPr><a:p>{run('Click to add')}</a:p></p:sp>"
    mark = f"<p:sp><p:nvPr/><a:p>{run('Our firm')}</a:p></p:sp>"
    content = presentation(
        {
            "ppt/slideMasters/slideMaster1.xml": (f"{KINDS}.slideMaster+xml", prompt + mark),
            "ppt/diagrams/data1.xml": (DIAGRAM, f"<a:p>{run('A step')}</a:p>"),
            "ppt/comments/comment1.xml": (f"{KINDS}.comments+xml", f"<a:p>{run('said')}</a:p>"),
        }
    )
    document = open_document("a.pptx", content)
    assert [fragment.text for fragment in document.texts] == ["A step", "Our firm"]
    written = shout(document)
    assert body_of(written, "ppt/slideMasters/slideMaster1.xml") == (prompt + mark).replace("Our firm", "OUR FIRM")
    assert body_of(written, "ppt/diagrams/data1.xml") == f"<a:p>{run('A STEP')}</a:p>"


def test_texts_that_come_back_unchanged_leave_every_part_as_it_was(slides: bytes) -> None:
    document = open_document("a.pptx", slides)
    written = document.with_texts([fragment.text for fragment in document.texts])
    with zipfile.ZipFile(io.BytesIO(slides)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(name) == after.read(name) for name in before.namelist())


properties = st.sampled_from(["", '<a:rPr b="1"/>', '<a:rPr lang="de" i="1"/>'])
lines = st.lists(
    st.builds(run, st.text("ab \t\u00e9", min_size=1), properties) | st.sampled_from(["<a:br/>", "<a:fld/>"]),
    max_size=6,
)


@given(paragraphs=st.lists(lines.map("".join), max_size=3))
def test_a_paragraph_that_is_not_translated_stays_in_a_part_that_is(paragraphs: list[str]) -> None:
    source = "".join(f"<a:p>{inside}</a:p>" for inside in paragraphs)
    content = slide(source + f"<a:p>{run('last')}</a:p>")
    document = open_document("a.pptx", content)
    texts = [fragment.text for fragment in document.texts]
    written = document.with_texts([*texts[:-1], "end"])
    same = etree.canonicalize(f'<p:root xmlns:a="{A}" xmlns:p="p">{source}<a:p>{run("end")}</a:p></p:root>')
    assert etree.canonicalize(f'<p:root xmlns:a="{A}" xmlns:p="p">{body_of(written)}</p:root>') == same
    assert [fragment.text for fragment in open_document("a.pptx", written).texts] == [*texts[:-1], "end"]


def test_an_archive_of_another_kind_is_no_presentation(word_file: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.pptx is no presentation: save it as \.pptx"):
        open_document("a.pptx", word_file)
