"""Java's properties: values are translated, and written so that Java reads them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]


def test_values_are_translated_and_comments_keys_and_separators_stay(shout: Shout) -> None:
    content = (
        b"# comment = kept\r\n! kept: too\r\n\r\nopen=open\r\nopen.a : open it \r\n  key\\ with\\:colons  value\r\n"
        b"empty=\r\nnumber=42\r\nlong = one \\\r\n    two\\nthree\r\nlast\t=\\u00e9t\\u00e9"
    )
    document = open_document("a.properties", content)
    assert [fragment.text for fragment in document.texts] == [
        "open",
        "open it",
        "value",
        "one two\nthree",
        "\u00e9t\u00e9",
    ]
    assert shout(document) == (
        b"# comment = kept\r\n! kept: too\r\n\r\nopen=OPEN\r\nopen.a : OPEN IT \r\n  key\\ with\\:colons  VALUE\r\n"
        b"empty=\r\nnumber=42\r\nlong = ONE TWO\\nTHREE\r\nlast\t=\\u00C9T\\u00C9"
    )


@pytest.mark.parametrize(
    ("content", "translation", "written"),
    [
        (b"a=open", "\u00f6ffnen", b"a=\\u00F6ffnen"),
        ("a=\u00e9t\u00e9".encode(), "\u00f6ffnen", "a=\u00f6ffnen".encode()),
        (
            "a=\u00e9t\u00e9\nb=n\u00e9".encode("latin-1"),
            "\u017c\U0001f600",
            b"a=\\u017C\\uD83D\\uDE00\nb=\\u017C\\uD83D\\uDE00",
        ),
        (b"a=x", "C:\\new\ttab\n", b"a=C:\\\\new\\ttab\\n"),
        (b"a=it's {0}", "c'est <i id='1'>{0}</i>", b"a=c''est {0}"),
        (b"a=it''s '{0}' {0}", "c'est <i id='1'></i> <i id='2'></i>", b"a=c''est '{0}' {0}"),
        (b"a=it's", "c'est", b"a=c'est"),
    ],
)
def test_a_translation_is_written_as_java_reads_it(content: bytes, translation: str, written: bytes) -> None:
    document = open_document("a.properties", content)
    assert document.with_texts([translation] * len(document.texts)) == written


def test_untouched_values_of_a_latin_1_file_stay_in_latin_1() -> None:
    document = open_document("a.properties", "# \u00fc\na=\u00e9t\u00e9\nb=c".encode("latin-1"))
    assert document.with_texts(["\u00e9t\u00e9", "\u00e0"]) == b"# \xfc\na=\xe9t\xe9\nb=\\u00E0"


def test_placeholders_of_message_format_stay(shout: Shout) -> None:
    content = b"a=at {0,time} on {1,date,long}: {2,number,#.##}; 100 %s"
    assert shout(open_document("a.properties", content)) == b"a=AT {0,time} ON {1,date,long}: {2,number,#.##}; 100 %s"


@given(text=st.text(alphabet="ab =:#!\\\n\r\tu00e9'{}%s\u00e9"))
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(text: str) -> None:
    document = open_document("a.properties", text.encode())
    assert document.with_texts([fragment.text for fragment in document.texts]) == text.encode()


@given(texts=st.lists(st.text(alphabet="a=:#! \\\n\r\t\f'{}\u00e9\U0001f600", min_size=1), min_size=1, max_size=3))
def test_a_translation_is_read_again_as_it_was_given(texts: list[str]) -> None:
    document = open_document("a.properties", "".join(f"key{n}=x{n}y\n" for n, _ in enumerate(texts)).encode())
    letters = [f"z{text}z" for text in texts]
    written = document.with_texts(letters)
    assert b"\n" not in b"".join(written.split(b"\n", len(texts))[len(texts) :])
    assert len(open_document("a.properties", written).texts) == len(texts)
