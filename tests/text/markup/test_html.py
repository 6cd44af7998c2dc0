"""HTML through a translator: whole sentences, with every element around the words that it was around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html

from nmt.runtime import Translator
from nmt.text import (
    Glossary,
    Markup,
    Steps,
    ToAlign,
    ToTranslate,
    TranslatedMarks,
    driven,
    marked_steps,
    translation_steps,
)

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def german() -> Iterator[Translator]:
    with Translator.load(MODELS / "en-de", threads=1) as loaded:
        yield loaded


@pytest.fixture(scope="module")
def untrained(package: Path) -> Iterator[Translator]:
    """Its translations have little to do with their sources, and its attention lies anywhere."""
    with Translator.load(package, threads=1) as loaded:
        yield loaded


def translated(
    translator: Translator, source: str, n_best: int = 1, glossary: Glossary | None = None
) -> tuple[list[str], list[TranslatedMarks]]:
    """The translations of an HTML text, best first, and how its blocks were translated."""
    markup = Markup(source)
    options = translator.options(beam_size=max(2, n_best), n_best=n_best)
    found = driven(marked_steps(markup.texts, translator, glossary), translator, options)
    return [markup.with_texts(found, rank) for rank in range(n_best)], found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Click <b>Save</b>.", "Klicken Sie auf <b>Speichern</b>."),
        ("<b>Good morning!</b>", "<b>Guten Morgen!</b>"),
        (
            '<p>Click <b>Save</b> to <a href="/x">close the window</a>.</p>',
            '<p>Klicken Sie auf <b>Speichern</b>, um <a href="/x">das Fenster zu schließen</a>.</p>',
        ),
        ("The <i>old</i> house is <u><b>red</b></u>.", "Das <i>alte</i> Haus ist <u><b>rot</b></u>."),
        ("<b>The house is red.<br>The dog</b> is old.", "<b>Das Haus ist rot.<br>Der Hund</b> ist alt."),
        ("The <u>house<span><br></span><b>is old</b></u>.", "Das <u>Haus<span><br></span><b>ist alt</b></u>."),
        ("THE <b>HOUSE</b> IS RED", "DAS <b>HAUS</b> IST ROT"),
        ('The <img src="x"> house is <b>red</b>.', 'Das <img src="x"> Haus ist <b>rot</b>.'),
        ("The <b>house</b><sup>1</sup> is red.", "Das <b>Haus</b><sup>1</sup> ist rot."),
        ('<i class="x"></i> The <b>house</b>', '<i class="x"></i> Das <b>Haus</b>'),
        ("The <b>\nhouse</b>\n is\n red.\n", "Das <b>Haus</b> ist rot.\n"),
        (
            'The house of <span translate="no" id="4">Acme Corp</span> is <span id="3">red</span>.',
            'Das Haus von <span translate="no" id="4">Acme Corp</span> ist <span id="3">rot</span>.',
        ),
        ('<a href="1">Yes</a> | <a href="2">Hello!</a>', '<a href="1">Ja</a> | <a href="2">Hallo!</a>'),
        ("<!-- a --> <i> </i>\n", "<!-- a --> <i> </i>\n"),
    ],
)
def test_elements_go_with_their_words(german: Translator, source: str, expected: str) -> None:
    assert translated(german, source)[0] == [expected]


def test_block_level_elements_and_breaks_outside_elements_end_a_block() -> None:
    source = "a <b>b</b><div>c <i>d</i> e</div>f<br>g <em>h<hr>i</em> j<ul>\n<li>k<li>l</ul>"
    assert [text.text for text in Markup(source).texts] == ["a b", "c d e", "f", "g ", "h", "i", " j", "k", "l"]


def test_what_is_translated_in_what_is_not_is_a_block() -> None:
    source = 'a <code>b <span translate="yes">c <b>d</b></span></code> e'
    assert [text.text for text in Markup(source).texts] == ["a ", "c d", " e"]


def test_what_stands_for_kept_elements_is_nowhere_in_the_text() -> None:
    (text,) = Markup("Write {0} or <code>{7}</code> or <kbd>x  y</kbd> now").texts
    assert text.text == "Write {0} or {8} or {9} now"
    assert text.shown == {"{8}": "{7}", "{9}": "x y"}


def test_how_a_block_was_translated_has_what_is_kept(german: Translator) -> None:
    _, (block,) = translated(german, "Write <code>x.y</code> <b>now</b>.")
    (sentence,) = block.parts[0].sentences
    assert sentence.segment.core == "Write x.y now."
    assert "x.y" in sentence.candidates[0]


def test_alternatives_have_marks_of_their_own(german: Translator) -> None:
    found, _ = translated(german, "The <b>house</b> is very <i>old</i>.", n_best=3)
    assert len(set(found)) >= 2  # as many as the model has
    assert all(text.count("<b>") == text.count("</i>") == 1 for text in found)
    assert found[0] == "Das <b>Haus</b> ist sehr <i>alt</i>."


def test_terms_of_a_glossary_have_their_marks(german: Translator) -> None:
    glossary = Glossary({"house": "Bauwerk"})
    found, (block,) = translated(german, "The <i>old</i> <b>house</b> is red.", glossary=glossary)
    assert "<b>Bauwerk</b>" in found[0]
    assert block.parts[0].sentences[0].used_stand_ins


def test_without_attention_each_text_is_translated_by_itself(german: Translator) -> None:
    markup = Markup("The <b>house</b> is red.")
    steps = marked_steps(markup.texts, german)
    rounds = []

    def unaligned() -> Steps[list[TranslatedMarks]]:
        """The same steps, with no alignments."""
        while True:
            try:
                work = next(steps)
            except StopIteration as done:
                found: list[TranslatedMarks] = done.value
                return found
            rounds.append(type(work))
            if isinstance(work, ToAlign):
                work.alignments = [None] * len(work.results)
            else:
                yield work

    found = driven(unaligned(), german, german.options())
    assert [len(each.parts) for each in found] == [3]
    alone = [result.text for result in german.translate(["The", "house", "is red."])]
    assert markup.with_texts(found) == "{} <b>{}</b> {}".format(*alone)
    assert rounds == [ToTranslate, ToAlign, ToTranslate]


WORDS = st.sampled_from([*"ab .,!\n\u00a0", "red cat ", "old house", " 7", "{0}", "TREE", "\u732b"])
TEXTS = st.lists(WORDS, max_size=4).map("".join)
TAGS = st.sampled_from(["b", "i", "span", "q", "font", "sub", "x-y"])


def element(tag: str, inside: str) -> str:
    return f"<{tag}>{inside}</{tag}>"


ATOMS = st.sampled_from(
    ["<br>", "<img>", "<code>cat</code>", "<code>cat</code>", '<b translate="no">x y</b>', "<!-- c -->", "<input>"]
)
INLINE = st.recursive(
    TEXTS.map(escape) | ATOMS,
    lambda inner: st.builds(element, TAGS, st.lists(inner, max_size=4).map("".join)),
    max_leaves=12,
)
DOCUMENTS = st.lists(INLINE | st.builds(element, st.sampled_from(["p", "div"]), INLINE), max_size=6).map("".join)


def tree(source: str) -> etree._Element:
    return html.document_fromstring(f"<html><body>{source}</body></html>").body


def numbered(source: str) -> str:
    """`source` as a parser understands it, each element with an id."""
    body = tree(source)
    for number, each in enumerate(body.iterdescendants(etree.Element)):
        each.set("id", str(number))
    return html.tostring(body, encoding="unicode").removeprefix("<body>").removesuffix("</body>")


def shape(source: str) -> dict[str, object]:
    """Each element with its attributes and the element that it stands in; its text, if it is kept."""
    found: dict[str, object] = {}
    for each in tree(source).iterdescendants(etree.Element):
        kept = each.text_content() if each.tag == "code" or each.get("translate") else None
        parent = each.getparent().get("id")
        assert each.get("id") not in found
        found[each.get("id")] = (each.tag, dict(each.attrib), parent, kept)
    return found


def text_of(source: str) -> str:
    source = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", "", source)
    return "".join(tree(source.replace("<br", "\n<br")).xpath("string()").split())


@given(source=DOCUMENTS.map(numbered))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_element_survives_once_and_no_word_is_lost(untrained: Translator, source: str) -> None:
    found, blocks = translated(untrained, source, n_best=2)
    for each in found:
        assert shape(each) == shape(source)
        assert each.count("<!-- c -->") == source.count("<!-- c -->")
    if all(text.marks == () or block.ranks for text, block in zip(Markup(source).texts, blocks, strict=True)):
        answered = "".join(part.text() for block in blocks for part in block.parts)
        assert text_of(found[0]) == "".join(text_of(escape(answered)).split())


def test_a_text_without_elements_is_translated_as_any_text(untrained: Translator) -> None:
    _, (block,) = translated(untrained, "<p> red cat\n and  old tree </p>")
    options = untrained.options(beam_size=2)
    (plain,) = driven(translation_steps([" red cat\n and  old tree "], untrained), untrained, options)
    assert block.parts[0].text() == plain.text()
    assert block.ranks == ()


def test_a_page_of_any_size_is_cut_in_time_that_grows_with_it() -> None:
    sentence = 'Click <b>Save <i>now</i></b> to <a href="/x">close</a> it, <code>x</code><br>and <sup>2</sup> so on.\n'
    many = 100_000 // len(sentence)
    for page in (sentence * many, f"<p>{sentence}</p>" * many, f"<u>{sentence * many}</u>", "<b>" * 1000 + sentence):
        markup = Markup(page)
        assert sum(text.text.count("Click") for text in markup.texts) == page.count("Click")


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://a.example/tags/cats" class="mention hashtag" rel="tag">#<span>cats</span></a>',
        '<span class="h-card"><a href="https://a.example/@anna" class="u-url mention">@<span>anna</span></a></span>',
        '<a href="https://b.example/@ben">@ben@b.example</a>',
        '<a href="https://c.example/a/long/way"><span class="invisible">https://</span>'
        '<span class="ellipsis">c.example/a/long</span><span class="invisible">/way</span></a>',
        '<a href="https://c.example/x">c.example/x</a>',
        "#<span>cats</span>",
    ],
)
@pytest.mark.parametrize(
    "sentence", ["<p>Good morning! {}</p>", "<p>{} The house is red.</p>", "<p>I see {} here.</p>"]
)
def test_mentions_hashtags_and_addresses_of_social_networks_stay_as_they_are(
    german: Translator, sentence: str, link: str
) -> None:
    ((text,), _) = translated(german, sentence.format(link))
    assert text.count(link) == 1
    assert not any(word in text for word in ("morning", "house is", "see"))


def test_a_link_around_words_is_translated(german: Translator) -> None:
    ((text,), _) = translated(german, '<a href="/x">Good morning!</a>')
    assert text == '<a href="/x">Guten Morgen!</a>'
