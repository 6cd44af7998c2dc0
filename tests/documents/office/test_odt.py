"""OpenDocument texts: paragraphs are translated with their spans; notes, marks and pictures stay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]
Make = Callable[[str], bytes]


def body_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").decode()
    return text[text.index("<office:text>") + len("<office:text>") : text.index("</office:text>")]


@pytest.mark.parametrize(
    ("source", "fragments", "written"),
    [
        (
            "<text:h>One</text:h><text:p/><text:p>42</text:p>",
            ["One"],
            "<text:h>ONE</text:h><text:p/><text:p>42</text:p>",
        ),
        (
            "<text:list><text:list-item><text:p>a</text:p></text:list-item></text:list>"
            "<table:table><table:table-cell><text:p>b</text:p></table:table-cell></table:table>",
            ["a", "b"],
            "<text:list><text:list-item><text:p>A</text:p></text:list-item></text:list>"
            "<table:table><table:table-cell><text:p>B</text:p></table:table-cell></table:table>",
        ),
        (
            '<text:p>a <text:span text:style-name="T1">b &amp;</text:span> <text:a xlink:href="h">c</text:a></text:p>',
            ['a <span id="1">b &amp;</span> <span id="2">c</span>'],
            '<text:p>A <text:span text:style-name="T1">B &amp;</text:span> <text:a xlink:href="h">C</text:a></text:p>',
        ),
        (
            "<text:p>  a.\n <text:s/>b<text:s text:c='2'/>c</text:p>",
            ["a.  b  c"],
            '<text:p>A. <text:s text:c="1"/>B <text:s text:c="1"/>C</text:p>',
        ),
        (
            '<text:p><text:a xlink:href="#a">1<text:tab/>The house<text:tab/>7</text:a></text:p>',
            ["The house"],
            '<text:p><text:a xlink:href="#a">1<text:tab/>THE HOUSE<text:tab/>7</text:a></text:p>',
        ),
        (
            "<text:p>a<text:tab/>b<text:line-break/>c</text:p>",
            ["a", 'b<br id="1">c'],
            "<text:p>A<text:tab/>B<text:line-break/>C</text:p>",
        ),
        (
            '<text:p>a<text:bookmark-start text:name="m"/>b<text:soft-page-break/>c<text:bookmark-end text:name="m"/>d'
            "</text:p>",
            ["abcd"],
            '<text:p><text:bookmark-start text:name="m"/>ABCD<text:bookmark-end text:name="m"/></text:p>',
        ),
        (
            "<text:p>a<text:note><text:note-body><text:p>n</text:p></text:note-body></text:note> b</text:p>",
            ['a<span translate="no" id="1"></span> b', "n"],
            "<text:p>A<text:note><text:note-body><text:p>N</text:p></text:note-body></text:note> B</text:p>",
        ),
        (
            "<text:p><draw:frame><draw:image/></draw:frame>a <text:page-number>7</text:page-number> b</text:p>",
            ['a <span translate="no" id="1">7</span> b'],
            "<text:p><draw:frame><draw:image/></draw:frame>A <text:page-number>7</text:page-number> B</text:p>",
        ),
        (
            "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
            "<text:p><office:annotation><text:p>said</text:p></office:annotation>a</text:p>",
            ["a"],
            "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
            "<text:p>A<office:annotation><text:p>said</text:p></office:annotation></text:p>",
        ),
    ],
)
def test_paragraphs_are_translated_and_their_structure_stays(
    source: str, fragments: list[str], written: str, odt_file: Make, shout: Shout
) -> None:
    document = open_document("a.odt", odt_file(source))
    assert [fragment.text for fragment in document.texts] == fragments
    assert body_of(shout(document)) == written


def test_texts_that_come_back_unchanged_leave_every_part_as_it_was(odt_file: Make) -> None:
    content = odt_file("<text:p> a <text:span>b</text:span>\n</text:p>")
    document = open_document("a.odt", content)
    written = document.with_texts([fragment.text for fragment in document.texts])
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(name) == after.read(name) for name in before.namelist())


def test_the_kind_of_the_document_comes_first_and_is_not_compressed(odt_file: Make, shout: Shout) -> None:
    written = shout(open_document("a.odt", odt_file("<text:p>a</text:p>")))
    # OpenDocument 1.3, part 2, 3.3: readers look for it at this place.
    assert written[30:77] == b"mimetypeapplication/vnd.oasis.opendocument.text"


def test_spaces_at_the_start_and_characters_that_xml_forbids_do_no_harm(odt_file: Make) -> None:
    document = open_document("a.odt", odt_file("<text:p>a</text:p>"))
    assert body_of(document.with_texts([" \x01x\ud800\ty"])) == '<text:p><text:s text:c="1"/>x y</text:p>'


def test_an_element_that_claims_millions_of_spaces_is_left_alone(odt_file: Make, shout: Shout) -> None:
    source = '<text:p>a<text:s text:c="999999999"/>b</text:p>'
    assert body_of(shout(open_document("a.odt", odt_file(source)))) == source.replace(">a", ">A").replace("b<", "B<")
