"""Messages in JSON: strings are translated wherever they stand, and every other byte stays."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]


def test_strings_of_nested_keys_are_translated_and_every_other_byte_stays(shout: Shout) -> None:
    content = (
        b'{ "menu":\r\n\t{"open" : "open", "close":["a","",  7, null, true] },\n"open": "say \\"hi\\"\\n\\u00e9"}\n'
    )
    document = open_document("a.json", content)
    assert [fragment.text for fragment in document.texts] == ["open", "a", 'say "hi"\n\u00e9']
    assert shout(document) == (
        b'{ "menu":\r\n\t{"open" : "OPEN", "close":["A","",  7, null, true] },\n"open": "SAY \\"HI\\"\\n\\u00c9"}\n'
    )


@pytest.mark.parametrize(
    ("message", "translated"),
    [
        ("{{count}} item", "{{count}} ITEM"),
        ("see $t(common.more, {x}) now", "SEE $t(common.more, {x}) NOW"),
        ("hello {name}, %1$s and ${x}", "HELLO {name}, %1$s AND ${x}"),
        ("<b>bold</b> <0>and</0> <br/>&nbsp;x", "<b>BOLD</b> <0>AND</0> <br/>&nbsp;X"),
        ("50 % discount, 5% off, 100%", "50 % DISCOUNT, 5% OFF, 100%"),
        ("%d% of %(name)s", "%d% OF %(name)s"),
        ("  around\n", "  AROUND\n"),
        ("two\n\nlines {x}", "TWO\n\nLINES {x}"),
        ("a < b > c", "A < B > C"),
        ("{n, plural, =0{none} one {# file} other{# files}}", "{n, plural, =0{NONE} one {# FILE} other{# FILES}}"),
        (
            "{g, select, a{he {n, plural, other{has #}}} other{x}}",
            "{g, select, a{{n, plural, other{HE HAS #}}} other{X}}",
        ),
        ("you have {n,plural,one{# cat}other{# cats}}.", "{n,plural,one{YOU HAVE # CAT.}other{YOU HAVE # CATS.}}"),
        ("{n, plural, =0{none} other{# %}}", "{n, plural, =0{NONE} other{# %}}"),
        ("it's '{'quoted'}' {n, plural, other{#}}", "{n, plural, other{IT'S '{'QUOTED'}' #}}"),
    ],
)
def test_placeholders_and_forms_stay_as_the_format_knows_them(message: str, translated: str, shout: Shout) -> None:
    written = json.loads(shout(open_document("a.json", json.dumps([message]).encode())))
    assert written == [translated]


@pytest.mark.parametrize(
    "message", ["{n, plural, one{a", "{n, plural, }", "a {x {n, plural, other{b}}}", "{{x}}", "%d"]
)
def test_what_is_no_message_stays(message: str) -> None:
    content = json.dumps({"a": message}).encode()
    document = open_document("a.json", content)
    assert document.texts == []
    assert document.with_texts([]) == content


def test_an_apostrophe_quotes_no_placeholder() -> None:
    document = open_document("a.arb", b'{"a": "of {name}"}')
    assert document.with_texts(["l'" + document.texts[0].text.removeprefix("of ")]) == '{"a": "l\u2019{name}"}'.encode()


def test_descriptions_in_arb_stay_and_its_locale_is_the_target(shout: Shout) -> None:
    content = b'{"@@locale": "en", "open": "open", "@open": {"description": "a verb"}}'
    assert shout(open_document("a.arb", content, target="de")) == content.replace(b'"en"', b'"de"').replace(
        b': "open"', b': "OPEN"'
    )


def test_only_messages_of_a_browser_extension_are_translated(shout: Shout) -> None:
    content = b'{"a": {"message": "hi $name$", "description": "x", "placeholders": {"name": {"content": "y"}}}}'
    assert shout(open_document("messages.json", content)) == content.replace(b"hi", b"HI")


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": 1} // x', b"[" * 100_000, b'{"a" "b"}'])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.json is no JSON"):
        open_document("a.json", content)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="ab'%s{}#<>/&;\n, plural\u00e9\\\""),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
)


@given(value=values, ascii_only=st.booleans(), indent=st.sampled_from([None, 2, "\t"]))
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(
    value: object, ascii_only: bool, indent: int | str | None
) -> None:
    content = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    document = open_document("a.json", content)
    assert document.with_texts([fragment.text for fragment in document.texts]) == content
    changed = json.loads(document.with_texts(["x"] * len(document.texts)))
    assert type(changed) is type(value)


def test_plurals_of_i18next_get_the_categories_that_the_language_has(shout: Shout) -> None:
    content = (
        b'{\n  "a": {\n    "item_one": "an item",\n    "item_other": "{{count}} items"\n  },\n'
        b'  "place_ordinal_one": "{{count}}st",\n  "place_ordinal_other": "{{count}}th",\n  "in_other": "words"\n}\n'
    )
    french = json.loads(shout(open_document("a.json", content, target="fr")))
    assert french["a"] == {
        "item_one": "AN ITEM",
        "item_other": "{{count}} ITEMS",
        "item_many": "{{count}} ITEMS",
    }
    assert set(french) == {"a", "place_ordinal_one", "place_ordinal_other", "in_other"}
    polish = shout(open_document("a.json", content, target="pl"))
    assert b'\n    "item_few": "{{count}} ITEMS",\n    "item_many": "{{count}} ITEMS"\n  }' in polish
    german = shout(open_document("a.json", content, target="de"))
    assert set(json.loads(german)["a"]) == {"item_one", "item_other"}


def test_a_plural_that_is_complete_stays_so(shout: Shout) -> None:
    content = b'{"item_one": "a", "item_many": "b", "item_other": "c"}'
    assert shout(open_document("a.json", content, target="fr")) == content.replace(b'"a"', b'"A"').replace(
        b'"b"', b'"B"'
    ).replace(b'"c"', b'"C"')
    assert open_document("a.json", content, target="pl").with_texts(["a", "b", "c"]) == content
