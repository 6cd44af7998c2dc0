"""Subtitles: speeches are translated, everything else stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, open_document

START = "1\n00:00:01,000 --> 00:00:02,500\n"


def test_numbers_times_positions_and_codes_stay(shout: Callable[[Document], bytes]) -> None:
    content = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500 X1:40 X2:600\r\n{\\an8}Hello\r\n\r\n"
        "2\r\n0:0:3.5 --> 0:0:4.5\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n42\r\n\r\n"
        "4\r\n00:00:07,000 --> 00:00:08,000\r\nI am 42\r\n"
    )
    document = open_document("a.srt", content.encode())
    assert [fragment.text for fragment in document.texts] == ["Hello", "I am 42"]
    assert shout(document).decode() == content.replace("Hello", "HELLO").replace("I am", "I AM")


def test_the_lines_of_a_speech_are_one_text_and_broken_again_evenly() -> None:
    document = open_document("a.srt", (START + "I never knew\nthat she was here.\n").encode())
    assert [fragment.text for fragment in document.texts] == ["I never knew that she was here."]
    written = document.with_texts(["Ich habe nie gewusst, dass sie hier war."]).decode()
    assert written == START + "Ich habe nie gewusst,\ndass sie hier war.\n"


def test_each_speaker_of_a_cue_is_translated_alone(shout: Callable[[Document], bytes]) -> None:
    document = open_document("a.srt", (START + "<i>- Who is it?\n- It's me,\nyour friend.</i>\n").encode())
    assert [fragment.text for fragment in document.texts] == ["Who is it?", "It's me, your friend."]
    assert shout(document).decode() == START + "<i>- WHO IS IT?\n- IT'S ME,\nYOUR FRIEND.</i>\n"


@pytest.mark.parametrize(
    ("text", "fragment", "written"),
    [
        ("So <i>you</i> came.", 'So <span id="1">you</span> came.', "SO <i>YOU</i> CAME."),
        ('<font color="red">Run!</font>', "Run!", '<font color="red">RUN!</font>'),
        ("a < b & c", "a < b & c", "A < B & C"),
        ("Oh </b>no", 'Oh <span translate="no" id="1"></span>no', "OH </b>NO"),
        ("Oh <b>no", 'Oh <span translate="no" id="1"></span>no', "OH <b>NO"),
    ],
)
def test_tags_inside_a_line_stay_around_their_words(
    text: str, fragment: str, written: str, shout: Callable[[Document], bytes]
) -> None:
    document = open_document("a.srt", (START + text).encode())
    assert [each.text for each in document.texts] == [fragment]
    assert shout(document).decode() == START + written


@given(text=st.text(alphabet="ab \n\r<>/i{}\\1-:,.\u2013"))
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(text: str) -> None:
    content = (START + text + "\n\n" + START + text).encode()
    document = open_document("a.srt", content)
    assert document.with_texts([fragment.text for fragment in document.texts]) == content


def test_a_carriage_return_alone_ends_a_line(shout: Callable[[Document], bytes]) -> None:
    content = f"{START}A house\nand a dog.\n\n2\n00:00:03,000 --> 00:00:04,000\nA cat.\n".replace("\n", "\r")
    document = open_document("a.srt", content.encode())
    assert [fragment.text for fragment in document.texts] == ["A house and a dog.", "A cat."]
    assert shout(document).decode() == content.replace("house", "HOUSE").replace("and a dog", "AND A DOG").replace(
        "cat", "CAT"
    )


def test_breaks_that_are_written_as_codes_are_breaks_and_stay(shout: Callable[[Document], bytes]) -> None:
    content = f"{START}One here.<br>Two<BR />and {{\\i1}}three{{\\i0}}\\NC:\\News\n"
    document = open_document("a.srt", content.encode())
    (fragment,) = document.texts
    assert fragment.text.startswith('One here.<br id="1">Two<br id="2">and ')
    assert fragment.text.endswith('<br id="5">C:\\News')
    assert shout(document).decode() == content.replace("One here", "ONE HERE").replace("Two", "TWO").replace(
        "and", "AND"
    ).replace("three", "THREE").replace("News", "NEWS")
