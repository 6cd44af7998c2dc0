"""ICU messages: what is translated of them, and that they are messages afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyicumessageformat import Parser

from nmt.text.messages import escaped, message_pieces


def shown(text: str, target: str = "de") -> str:
    """The message with what is translated in brackets."""
    found = message_pieces(text, target)
    assert found is not None
    return "".join(f"[{piece.text}]" if piece.is_text else piece.text for piece in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "{n, plural, one {# file} other {# files}}",
            "{n, plural, one {[{n#} file]} other {[{n#} files]}}",
        ),
        (
            "It has {n, plural, =0 {nothing} other {# cats}} now.",
            "{n, plural, =0 {[It has nothing now.]} one {[It has {n#} cats now.]} other {[It has {n#} cats now.]}}",
        ),
        (
            "{g, select, male {He has {n}} other {They have {n}}}",
            "{g, select, male {[He has {n}]} other {[They have {n}]}}",
        ),
        (
            "{g, select, a {{n, plural, one {# cat} other {# cats}}} other {none}}",
            "{g, select, a {{n, plural, one {[{n#} cat]} other {[{n#} cats]}}} other {[none]}}",
        ),
        (
            "{n, plural, offset:1 one {# more} other {# more}}",
            "{n, plural, offset:1 one {[{n#} more]} other {[{n#} more]}}",
        ),
        ("{n, plural, one {It''s} other {They''re}}", "{n, plural, one {[It's]} other {[They're]}}"),
        ("{n, plural, other {'{'x'}'}}", "{n, plural, other {'{'x'}'}}"),
    ],
)
def test_branches_are_translated_as_whole_sentences(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("target", "keys"),
    [
        ("fr", ["one", "many", "other"]),
        ("pl", ["one", "few", "many", "other"]),
        ("ar", ["one", "zero", "two", "few", "many", "other"]),
        ("ja", ["one", "other"]),
    ],
)
def test_a_message_has_the_plural_categories_of_its_language(target: str, keys: list[str]) -> None:
    found = message_pieces("{n, plural, one {# file} other {# files}}", target)
    assert found is not None
    (argument,) = Parser().parse("".join(piece.text for piece in found).replace("{n#}", "#"))
    assert list(argument["options"]) == keys


@pytest.mark.parametrize("text", ["{n, number}", "{name}", "{n, plural, one {x}", "plural, select", "{a, select, }"])
def test_other_texts_are_no_messages(text: str) -> None:
    assert message_pieces(text, "de") is None


@given(st.lists(st.sampled_from(["a", "b", " ", "'", "{name}", "{n#}", "}", "#", "|", "\u2019"])))
def test_no_translation_breaks_the_syntax(written: list[str]) -> None:
    translation = "".join(written)
    message = f"{{n, plural, other {{{escaped(translation)}}}}}"
    (argument,) = Parser().parse(message)
    assert list(argument["options"]) == ["other"]
