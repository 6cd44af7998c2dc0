"""Markdown: words are translated, marks and code and addresses stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]

KEPT = """---
title: kept here
---

    code stays

```py
print("stays")
```

<script>
alert("stays")
</script>

[r]: http://example.org/stays "title stays"

- - -

1234
"""


def test_code_scripts_front_matter_and_definitions_are_no_texts() -> None:
    document = open_document("a.md", KEPT.encode())
    assert document.texts == []
    assert document.with_texts([]) == KEPT.encode()


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("# A title #\n", "# A TITLE #\n"),
        ("A title\n=======\n", "A TITLE\n=======\n"),
        ("> - one\n>   two\n> * three\n", "> - ONE\n>   TWO\n> * THREE\n"),
        ("1. one\r\n\r\n   two\r\n", "1. ONE\r\n\r\n   TWO\r\n"),
        ("- [ ] to do\n- [x] done\n", "- [ ] TO DO\n- [x] DONE\n"),
        ("| a | b \\| c |\n|---|:-:|\n| `x` d | **e** |\n", "| A | B \\| C |\n|---|:-:|\n| `x` D | **E** |\n"),
        ("a **b *c* d** e\n", "A **B *C* D** E\n"),
        (
            "run `make` [now](http://a.b/c_d 'say') or ![x](y.png) go\n",
            "RUN `make` [NOW](http://a.b/c_d 'say') OR ![X](y.png) GO\n",
        ),
        ("see <http://a.b/c> or <b>x</b>\n", "SEE <http://a.b/c> OR <b>X</b>\n"),
        ("see [this][r]\n\n[r]: /a\n", "SEE [THIS][r]\n\n[r]: /a\n"),
        (
            "see [this] and [that][]\n\n[this]: /a\n[that]: /b\n",
            "SEE [THIS][this] AND [THAT][that]\n\n[this]: /a\n[that]: /b\n",
        ),
        ("one  \ntwo\\\nthree\n", "ONE  \nTWO\\\nTHREE\n"),
        ("one  \ntwo\nthree\n", "ONE  \nTWO\nTHREE\n"),
        ("a note[^n] here\n\n[^n]: the note\n", "A NOTE[^n] HERE\n\n[^n]: THE NOTE\n"),
        ("## Setup {#setup}\n", "## SETUP {#setup}\n"),
        ("a \\*b &lt;c&gt; 2 * 3\n", "A \\*B \\<C> 2 \\* 3\n"),
        ("a &copy; b_c_d\n", "A © B_C_D\n"),
        ("~~old~~ new\n", "~~OLD~~ NEW\n"),
        ("with $a+b$, $$x = y$$, $5 or $6\n", "WITH $a+b$, $$x = y$$, $5 OR $6\n"),
    ],
)
def test_words_are_translated_and_marks_stay(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


def test_inline_code_is_shown_but_not_to_be_translated() -> None:
    fragment = open_document("a.md", b"Run `make` *now*.").texts[0]
    assert fragment.text == 'Run <span translate="no" id="1">make</span> <span id="2">now</span>.'
    assert fragment.form == "html"


def test_a_paragraph_that_is_one_link_is_plain_text(shout: Shout) -> None:
    document = open_document("a.md", b"- [all of it](x.md)\n")
    assert [(fragment.text, fragment.form) for fragment in document.texts] == [("all of it", "text")]
    assert shout(document) == b"- [ALL OF IT](x.md)\n"


@pytest.mark.parametrize(
    ("translation", "written"),
    [
        ("- no list", "\\- no list"),
        ("1. no list", "1\\. no list"),
        ("# no title", "\\# no title"),
        ("no *emphasis*", "no \\*emphasis\\*"),
        ("no\n\nbreak", "no break"),
    ],
)
def test_a_translation_is_never_read_as_markup(translation: str, written: str) -> None:
    assert open_document("a.md", b"text").with_texts([translation]).decode() == written


def test_a_line_after_a_hard_break_never_begins_like_a_block() -> None:
    document = open_document("a.md", b"one  \ntwo\nthree")
    assert document.with_texts(['a<br id="1">=== - b']).decode() == "a  \n\\=== -\nb"


def test_a_wrapped_line_never_begins_like_a_list() -> None:
    document = open_document("a.md", b"> aaaa bbbb\n> cccc dddd")
    assert document.with_texts(["aaaaaaaaaa - - bb"]).decode() == "> aaaaaaaaaa - -\n> bb"


@given(text=st.text(alphabet="ab *_`[]()<>#-+=|~&;!\\1.\n", min_size=1))
def test_any_translation_of_a_heading_leaves_one_heading_with_it(text: str) -> None:
    written = open_document("a.md", b"# One\n\nend").with_texts([text, "end"]).decode()
    tokens = MarkdownIt("commonmark").parse(written)
    assert [token.tag for token in tokens if token.nesting == 1] == ["h1", "p"]


def test_a_break_in_a_cell_is_a_break_and_stays(shout: Shout) -> None:
    content = "| Name | Text |\n|---|---|\n| a | One line<br>two lines <br/> three |\n"
    document = open_document("a.md", content.encode())
    assert document.texts[-1].text == 'One line<br id="1">two lines <br id="2"> three'
    assert shout(document).decode() == "| NAME | TEXT |\n|---|---|\n| A | ONE LINE<br>TWO LINES <br/> THREE |\n"
