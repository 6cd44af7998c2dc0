"""What HTML has beside words in elements: elements without content, languages, forms and attributes."""

from __future__ import annotations

import pytest

from nmt.text import MarkedText, Markup, TranslatedMarks, TranslatedSentence, TranslatedText
from nmt.text.markup.marked_text import Placed
from nmt.text.protected.spans import Span
from nmt.text.sentences import Segment


def capitals(text: MarkedText) -> TranslatedMarks:
    whole = TranslatedText((TranslatedSentence(Segment("", text.text, ""), (text.text.upper(),)),))
    spans = [Span(mark.start, mark.end) for mark in text.marks]
    return TranslatedMarks((whole,), (Placed(text.text.upper(), spans),) if spans else ())


def shouted(markup: Markup) -> str:
    return markup.with_texts([capitals(text) for text in markup.texts])


@pytest.mark.parametrize(
    ("page", "texts", "written"),
    [
        (
            '<video><source src="a"><source src="b"><track src="c">No <b>video</b>.</video> end',
            ["No video.", " end"],
            '<video><source src="a"><source src="b"><track src="c">NO <b>VIDEO</b>.</video> END',
        ),
        ("<p>one<wbr>two <b>su<wbr>per</b> x</p>", ["onetwo super x"], "<p>ONE<wbr>TWO <b>SU<wbr>PER</b> X</p>"),
        ("a<wbr/>b<wbr></wbr>c", ["abc"], "A<wbr>B<wbr>C"),
        (
            '<picture><source srcset="a"><img src="b"></picture> of it',
            [" of it"],
            '<picture><source srcset="a"><img src="b"></picture> OF IT',
        ),
    ],
)
def test_an_element_without_content_has_none_and_what_follows_stays_outside(
    page: str, texts: list[str], written: str
) -> None:
    assert [text.text for text in Markup(page).texts] == texts
    assert shouted(Markup(page)) == written


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("<p>Name <input> city <input> end</p>", ["Name ", " city ", " end"]),
        ("<label>Name <textarea>kept</textarea></label> <output>sum</output> of all", ["Name ", "sum", " of all"]),
        ("Load <progress>half</progress> of <meter>some</meter> it", ["Load ", "half", " of ", "some", " it"]),
        ("<datalist><option>One</option></datalist>Two", ["One", "Two"]),
    ],
)
def test_no_sentence_extends_beyond_a_control_of_a_form(page: str, texts: list[str]) -> None:
    assert [text.text for text in Markup(page).texts] == texts
    assert shouted(Markup(page)).upper() == page.upper()


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ('lang="en"', 'lang="de"'),
        ('lang="en-GB" xml:lang="EN"', 'lang="de" xml:lang="de"'),
        ('lang="fr"', 'lang="fr"'),
        ('class="x"', 'class="x"'),
    ],
)
def test_a_page_that_declares_the_language_of_its_source_declares_that_of_its_translation(
    declared: str, expected: str
) -> None:
    page = "<!DOCTYPE html>\n<html {}><head></head><body><p lang='en' translate='no'>a</p></body></html>"
    written = Markup(page.format(declared), ("en", "de")).with_texts([])
    assert written == page.replace("'", '"').format(expected)
    assert shouted(Markup('<p lang="en">1</p>', ("en", "de"))) == '<p lang="en">1</p>'


def test_attributes_that_people_see_are_translated_on_request() -> None:
    page = (
        '<html><head><meta name="Description" content="a page"><meta name="author" content="kept"></head><body>'
        '<p title="a tip">text <img alt="a house"></p><input placeholder="your name" value="kept"><p title="42"></p>'
        '<button aria-label="close it">x</button><textarea>some text</textarea>'
        '<div translate="no"><img alt="kept"><textarea>kept</textarea></div><code title="kept">kept</code>'
        "</body></html>"
    )
    seen = ("a page", "a tip", "a house", "your name", "close it", "some text")
    assert [text.text for text in Markup(page, attributes=True).texts][-len(seen) :] == list(seen)
    expected = page.replace(">text ", ">TEXT ").replace(">x<", ">X<")
    assert shouted(Markup(page)) == expected
    for text in seen:
        expected = expected.replace(text, text.upper())
    assert shouted(Markup(page, attributes=True)) == expected
