"""WebVTT and SubStation Alpha: speeches are translated, everything else stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\n"
ASS = (
    "[Script Info]\nTitle: kept\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
    "Comment: 0,0:00:00.00,0:00:01.00,Default,kept\nDialogue: 0,0:00:01.00,0:00:02.00,Default,"
)


def test_names_times_settings_notes_and_styles_of_webvtt_stay(shout: Shout) -> None:
    content = (
        "\ufeffWEBVTT - title\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nNOTE kept\r\n\r\n"
        "intro\r\n00:01.000 --> 01:00:02.500 align:start line:0\r\nhello\r\n\r\n00:03.000 --> 00:04.000\r\n42\r\n\r\n"
        "00:05.000 --> 00:06.000\r\n\r\nafter\r\n\r\n00:07.000 --> 00:08.000\r\nbye"
    )
    assert shout(open_document("a.vtt", content.encode())).decode() == content.replace("hello", "HELLO").replace(
        "bye", "BYE"
    )


@pytest.mark.parametrize(
    ("text", "fragments", "written"),
    [
        ("<v Ann>hi <i>you</i>", ['hi <span id="1">you</span>'], "<v Ann>HI <i>YOU</i>"),
        ("<c.red.big>so</c> it is", ['<span id="1">so</span> it is'], "<c.red.big>SO</c> IT IS"),
        ("a <00:01.500>b", ['a <span translate="no" id="1"></span>b'], "A <00:01.500>B"),
        ("Tom &amp; Jo", ['Tom <span translate="no" id="1">&amp;</span> Jo'], "TOM &amp; JO"),
        ("- who?\n- me,\nyou!", ["who?", "me, you!"], "- WHO?\n- ME,\nYOU!"),
    ],
)
def test_tags_of_webvtt_stay_around_their_words(text: str, fragments: list[str], written: str, shout: Shout) -> None:
    document = open_document("a.vtt", (VTT + text).encode())
    assert [each.text for each in document.texts] == fragments
    assert shout(document).decode() == VTT + written


def test_a_translation_in_webvtt_ends_no_cue() -> None:
    document = open_document("a.vtt", (VTT + "one\ntwo three\n").encode())
    assert document.with_texts(["a <b>\n\n--> c"]).decode() == VTT + "a &lt;b&gt;\n--&gt; c\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"{\an8}hello, you", r"{\an8}HELLO, YOU"),
        (r"so {\i1}you{\i0} came", r"SO {\i1}YOU{\i0} CAME"),
        (r"one\Ntwo", r"ONE\NTWO"),
        (r"- who?\N- me", r"- WHO?\N- ME"),
        (r"{\p1}m 0 0 l 1 1{\p0}", r"{\p1}m 0 0 l 1 1{\p0}"),
        (r"{\k20}ka{\k30}ra", r"{\k20}ka{\k30}ra"),
        ("42", "42"),
    ],
)
def test_dialogues_of_substation_are_translated_and_codes_stay(text: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.ass", (ASS + text + "\r\n").encode())).decode() == ASS + written + "\r\n"


def test_a_translation_in_substation_begins_no_code() -> None:
    document = open_document("a.ssa", (ASS + "hello").encode())
    assert document.with_texts(["a {\\b1} b\nc"]).decode() == ASS + "a (\\b1) b c"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("a.vtt", "WEBVTTX\n", "does not begin with WEBVTT"), ("a.ass", "[Events]", r"has no \[Script Info\]")],
)
def test_a_file_of_another_kind_is_refused(name: str, content: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        open_document(name, content.encode())


@settings(max_examples=50)
@given(text=st.text(alphabet="ab \n\r<>/iv.{}\\N1-:,&;\u2013"))
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(text: str) -> None:
    for name, start in (("a.vtt", VTT), ("a.ass", ASS)):
        content = (start + text + "\n\n" + text).encode()
        document = open_document(name, content)
        assert document.with_texts([fragment.text for fragment in document.texts]) == content
        document.with_texts(["x"] * len(document.texts))
