"""Xcode's string catalogs: the target language is filled in, in Xcode's layout, and all else stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]


def catalog(strings: dict[str, Any]) -> bytes:
    """A catalog as Xcode writes it."""
    whole = {"sourceLanguage": "en", "strings": strings, "version": "1.0"}
    text = json.dumps(whole, indent=2, separators=(",", " : "), ensure_ascii=False)
    return text.replace("{}", "{\n\n    }").encode()


def unit(value: str, state: str = "needs_review") -> dict[str, Any]:
    return {"stringUnit": {"state": state, "value": value}}


def plural(one: str, other: str) -> dict[str, Any]:
    return {"variations": {"plural": {"one": unit(one), "other": unit(other)}}}


@pytest.mark.parametrize(
    ("entry", "filled"),
    [
        ({}, {"localizations": {"de": unit("OPEN %@")}}),
        ({"comment": "kept"}, {"comment": "kept", "localizations": {"de": unit("OPEN %@")}}),
        ({"shouldTranslate": True}, {"localizations": {"de": unit("OPEN %@")}, "shouldTranslate": True}),
        ({"localizations": {}}, {"localizations": {"de": unit("OPEN %@")}}),
        (
            {"localizations": {"de": unit("draft", "new"), "fr": unit("ouvrir")}},
            {"localizations": {"de": unit("OPEN %@"), "fr": unit("ouvrir")}},
        ),
        (
            {"localizations": {"cs": unit("a"), "en": unit("named")}},
            {"localizations": {"cs": unit("a"), "de": unit("NAMED"), "en": unit("named")}},
        ),
        (
            {"localizations": {"en": plural("%lld file", "%lld files")}},
            {"localizations": {"de": plural("%lld FILE", "%lld FILES"), "en": plural("%lld file", "%lld files")}},
        ),
    ],
)
def test_a_string_is_filled_in_where_xcode_puts_it(entry: Any, filled: Any, shout: Shout) -> None:
    document = open_document("a.xcstrings", catalog({"": {}, "open %@": entry}), target="de")
    written = shout(document)
    assert json.loads(written) == json.loads(catalog({"": {}, "open %@": filled}))
    if entry != {"localizations": {}}:
        assert written == catalog({"": {}, "open %@": filled})


@pytest.mark.parametrize(
    "entry",
    [
        {"localizations": {"de": unit("offen", "translated")}},
        {"localizations": {"de": unit("offen")}},
        {"localizations": {"de": plural("eine", "mehrere")}},
        {"shouldTranslate": False},
        {"extractionState": "stale"},
        {"localizations": {"en": {"variations": {"device": {"mac": unit("click")}}}}},
    ],
)
def test_strings_that_are_done_or_not_for_translation_stay(entry: Any) -> None:
    content = catalog({"open": entry})
    document = open_document("a.xcstrings", content, target="de")
    assert document.texts == []
    assert document.with_texts([]) == content


@pytest.mark.parametrize(
    ("content", "target", "message"),
    [
        (catalog({"a": {}}), None, "holds many languages: say the target language"),
        (b"{}", "de", "is no string catalog"),
        (b'{"sourceLanguage": "en", "strings": []}', "de", "is no string catalog"),
    ],
)
def test_a_catalog_that_cannot_be_filled_says_why(content: bytes, target: str | None, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        open_document("a.xcstrings", content, target=target)


def test_texts_that_come_back_unchanged_leave_the_file_as_it_was() -> None:
    content = catalog({"open": {}, "shut": {"localizations": {"de": unit("x", "new")}}})
    document = open_document("a.xcstrings", content, target="de")
    assert document.with_texts([fragment.text for fragment in document.texts]) == content


def test_a_plural_gets_the_forms_that_the_language_has(shout: Shout) -> None:
    content = catalog({"x": {"localizations": {"en": plural("%lld file", "%lld files")}}})
    filled = json.loads(shout(open_document("a.xcstrings", content, target="fr")))
    forms = filled["strings"]["x"]["localizations"]["fr"]["variations"]["plural"]
    assert list(forms) == ["many", "one", "other"]
    assert forms["many"] == forms["other"] == unit("%lld FILES")
