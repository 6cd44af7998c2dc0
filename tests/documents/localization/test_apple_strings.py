"""Apple's strings: values are translated, comments and keys stay."""

from __future__ import annotations

import codecs
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, Fragment, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]


def test_values_are_translated_and_comments_and_keys_stay(shout: Shout) -> None:
    content = (
        b'/* "a" = "kept"; */\r\n"open" = "open \\"it\\"";\n// "x" = "kept";\nplain.key = "say\\nhi";'
        b'"same";\n"n" /* c */ = "42" ;\n"e" = "\\U00e9";\n'
    )
    assert shout(open_document("a.strings", content)).decode() == (
        '/* "a" = "kept"; */\r\n"open" = "OPEN \\"IT\\"";\n// "x" = "kept";\nplain.key = "SAY\\nHI";'
        '"same";\n"n" /* c */ = "42" ;\n"e" = "\u00c9";\n'
    )


def test_a_file_in_utf_16_is_read(shout: Shout) -> None:
    content = codecs.BOM_UTF16_LE + '"a" = "caf\u00e9";'.encode("utf-16-le")
    assert shout(open_document("a.strings", content)) == codecs.BOM_UTF8 + '"a" = "CAF\u00c9";'.encode()


def test_placeholders_stay(shout: Shout) -> None:
    content = b'"a" = "%@ has %1$lld of %2$@, %#@files@ %.2f%%";'
    document = open_document("a.strings", content)
    assert [fragment.form for fragment in document.texts] == ["html"]
    assert shout(document) == b'"a" = "%@ HAS %1$lld OF %2$@, %#@files@ %.2f%%";'


@pytest.mark.parametrize("content", [b'"a" = "b"', b'"a" = "b;', b"a = {", b"/* open"])
def test_what_is_no_entry_is_named_by_its_line(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.strings, line 2, is no entry"):
        open_document("a.strings", b"\n" + content)


@given(text=st.text(alphabet='ab\\"\n%@{}=;\u00e9'), comment=st.text(alphabet='ab"=;\n'))
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(text: str, comment: str) -> None:
    value = text.replace("\\", "\\\\").replace('"', '\\"')
    content = f'/*{comment}*/ "a" = "{value}";'.encode()
    document = open_document("a.strings", content)
    assert document.with_texts([fragment.text for fragment in document.texts]) == content


@given(text=st.text(alphabet='a\\"\n\t;=*/'))
def test_a_translation_is_read_again_as_it_was_given(text: str) -> None:
    written = open_document("a.strings", b'"k" = "b"; "l" = "c";').with_texts([f"z{text}z", "d"])
    assert open_document("a.strings", written).texts == [Fragment(f"z{text}z"), Fragment("d")]
