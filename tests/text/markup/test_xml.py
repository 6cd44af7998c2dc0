"""XML read by its structure: which elements end a sentence, which are kept, and what is written back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from nmt.errors import RequestError
from nmt.text import TranslatedMarks, TranslatedText, XmlMarkup, XmlRules
from nmt.text.sentences import Segment
from nmt.text.translated_text import TranslatedSentence


def texts(source: str, **rules: object) -> list[str]:
    names = {name: frozenset(value) if isinstance(value, set) else value for name, value in rules.items()}
    return [each.text for each in XmlMarkup(source, XmlRules(**names)).texts]  # type: ignore[arg-type]


def unchanged(markup: XmlMarkup) -> str:
    """What is written where each text is its own translation, piece by piece."""
    translated = []
    for each in markup.texts:
        pieces = each.pieces if each.marks else [each.text]
        parts = [TranslatedText((TranslatedSentence(Segment("", piece, ""), (piece,)),)) for piece in pieces]
        translated.append(TranslatedMarks(tuple(parts)))
    return markup.with_texts(translated)


DOCUMENT = "<doc><title>A title.</title><par>Text <b>bold</b> end.</par></doc>"


@pytest.mark.parametrize(
    ("source", "rules", "expected"),
    [
        (DOCUMENT, {}, ["A title.", "Text bold end."]),
        (DOCUMENT, {"ignored": {"title"}}, ["Text bold end."]),
        (DOCUMENT, {"ignored": {"b"}}, ["A title.", "Text {0} end."]),
        (DOCUMENT, {"splitting": {"b"}}, ["A title.", "Text ", "bold", " end."]),
        (DOCUMENT, {"outlines": False}, ["A title.Text bold end."]),
        (DOCUMENT, {"outlines": False, "splitting": {"par"}}, ["A title.", "Text bold end."]),
        ("<i>One</i> <i>two</i>", {}, ["One", "two"]),
        ("<i>One</i> <i>two</i>", {"non_splitting": {"i"}}, ["One two"]),
        ("Hello <x/> world", {}, ["Hello world"]),
        ("<w:t>Hello</w:t>", {}, ["Hello"]),
        ("<w:t>Hello</w:t><w:u>no</w:u>", {"ignored": {"w:u"}}, ["Hello"]),
        ('<a translate="no">Hello</a><b>world</b>', {}, ["world"]),
        ("a &amp; b &lt; c &quot;d&quot;", {}, ['a & b < c "d"']),
        ("a&nbsp;b &euro;5", {}, ["a\u00a0b \u20ac5"]),
        ("a & b < c &unknown", {}, ["a & b < c &unknown"]),
        ("<a><![CDATA[x < y & z]]></a>", {}, ["x < y & z"]),
        ('<?xml version="1.0" encoding="UTF-8"?>\n<a>Hello</a>', {}, ["Hello"]),
        ('<!DOCTYPE a [<!ENTITY name "x">]><a>Hello &name; there</a>', {}, ["Hello {0} there"]),
        ("", {}, []),
        (" \n", {}, []),
    ],
)
def test_texts_end_where_the_structure_says(source: str, rules: dict[str, object], expected: list[str]) -> None:
    assert texts(source, **rules) == expected


@pytest.mark.parametrize(
    "source",
    [
        DOCUMENT,
        "Hello <x/> world",
        'Hello <x id="1"></x> world<x id="2"/>, <b> <i></i></b>',
        '<!DOCTYPE a [\n<!ENTITY b "<c></c>">\n]>\n<!-- <d> --><a k="/&gt;"><b></b><?e ></e?><f/></a>',
        '<w:t xml:space="preserve">Hello</w:t>',
        "a &amp; b &lt; c",
        '<!-- note --><a k="v">Hello</a><?pi data?>',
        '<?xml version="1.0" encoding="UTF-8"?>\n<a>Hello</a>',
        '<!DOCTYPE a [\n<!ENTITY name "x">\n]>\n<a>Hello &name; there</a>',
        " two\n spaces  ",
        "",
    ],
)
def test_what_is_not_translated_is_written_as_it_was(source: str) -> None:
    assert unchanged(XmlMarkup(source)) == source


@pytest.mark.parametrize(
    "source", ["<a>", "</a>", "<a></b>", "<a b>c</a>", "<?xml version='1.0'?>", "<a>x</a", "<!DOCTYPE a>"]
)
def test_what_is_not_well_formed_is_refused(source: str) -> None:
    with pytest.raises(RequestError, match="Tag handling parsing failed"):
        XmlMarkup(source)


def test_entities_are_never_expanded() -> None:
    source = '<!DOCTYPE a [<!ENTITY b "BIG"><!ENTITY f SYSTEM "file:///etc/hostname">]><a>Hello &b; &f; there</a>'
    assert "BIG" not in "".join(texts(source))
    assert unchanged(XmlMarkup(source)).endswith("<a>Hello &b; &f; there</a>")


NAMES = st.sampled_from(["a", "b", "x:y"])
TREES = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<&\ufffe\uffff"), max_size=5
    ),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>", NAMES, st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)


@given(TREES, st.booleans(), st.sets(NAMES), st.sets(NAMES))
def test_any_tree_keeps_its_elements_and_its_text(
    text: str, outlines: bool, ignored: set[str], inline: set[str]
) -> None:
    try:
        markup = XmlMarkup(text, XmlRules(frozenset(), frozenset(inline), frozenset(ignored), outlines))
    except RequestError:  # text that looks like a tag
        return
    parser = etree.XMLParser(recover=True)
    before, after = (etree.fromstring(f"<r>{each}</r>".encode(), parser) for each in (text, unchanged(markup)))
    assert [each.tag for each in before.iter()] == [each.tag for each in after.iter()]
    if "&" not in text and "<" not in "".join(before.itertext()):
        assert "".join(before.itertext()).split() == "".join(after.itertext()).split()
