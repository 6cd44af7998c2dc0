"""HTML and images in Markdown: texts are translated, tags stay whole and around the same words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("<div align='center'>\n  <p>one</p>\n</div>\n", "<div align='center'>\n  <p>ONE</p>\n</div>\n"),
        (
            "<details>\n<summary>a</summary>\n\nb\n\n</details>\n",
            "<details>\n<summary>A</summary>\n\nB\n\n</details>\n",
        ),
        ('<p>a <b class="c">d</b> e &amp; f<br>g</p>\n', '<p>A <b class="c">D</b> E &amp; F<br>G</p>\n'),
        ("> <div>a\n> b <i>c</i>\n> </div>\n", "> <div>A B\n> <i>C</i>\n> </div>\n"),
        ("- <p>a</p>\n- b\n", "- <p>A</p>\n- B\n"),
        ("<p>use <code>a b</code> or <kbd>c</kbd></p>\n", "<p>USE <code>a b</code> OR <kbd>c</kbd></p>\n"),
        (
            '<p translate="no">a</p>\n<p>b <i translate=no>c</i></p>\n',
            '<p translate="no">a</p>\n<p>B <i translate=no>c</i></p>\n',
        ),
        (
            "<script>\nvar a;\n</script>\n\n<pre>\nb\n</pre>\n\n<!-- c\nd -->\n",
            "<script>\nvar a;\n</script>\n\n<pre>\nb\n</pre>\n\n<!-- c\nd -->\n",
        ),
        (
            "<Tabs>\n  <Item value={a > b ? 1 : 2}>one</Item>\n</Tabs>\n",
            "<Tabs>\n  <Item value={a > b ? 1 : 2}>ONE</Item>\n</Tabs>\n",
        ),
        (
            "<p>\n<img src=\"a.png\" alt='b > c'>\n<!-- d --> e\n</p>\n",
            "<p>\n<img src=\"a.png\" alt='b > c'>\n<!-- d --> E\n</p>\n",
        ),
        ("<p>a</p>\r\n<p>b</p>\r\n", "<p>A</p>\r\n<p>B</p>\r\n"),
    ],
)
def test_texts_of_html_blocks_are_translated_and_tags_stay(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


def test_a_sentence_of_an_html_block_is_one_fragment() -> None:
    document = open_document("a.md", b"<td>one <b>two</b>\n three &amp; four<br>five</td>\n")
    assert [fragment.text for fragment in document.texts] == [
        'one <span id="1">two</span> three &amp; four<br id="2">five'
    ]
    assert document.with_texts(['<span id="1">b</span> a < c']).decode() == "<td><b>b</b> a\n &lt; c<br></td>\n"


@pytest.mark.parametrize(
    ("source", "fragment"),
    [
        (
            "<kbd>a</kbd> + <kbd>b</kbd> c",
            '<span translate="no" id="1">a</span> + <span translate="no" id="2">b</span> c',
        ),
        ("a <b>c *d*</b> e", 'a <span id="1">c <span id="2">d</span></span> e'),
        ("a <i>b c", 'a <span translate="no" id="1"></span>b c'),
        ("x <a id='y'></a> z", 'x <span translate="no" id="1"></span> z'),
    ],
)
def test_html_tags_in_a_sentence_surround_their_words(source: str, fragment: str) -> None:
    assert open_document("a.md", source.encode()).texts[0].text == fragment


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("![an image](img.png)\n", "![AN IMAGE](img.png)\n"),
        ('click ![icon](a.png "title") now\n', 'CLICK ![ICON](a.png "title") NOW\n'),
        ("click ![](a.png)now\n", "CLICK ![](a.png)NOW\n"),
        ("[![build status](a.svg)](http://b.c)\n", "[![BUILD STATUS](a.svg)](http://b.c)\n"),
        (
            "![one] ![two][r] ![three][]\n\n[one]: a\n[r]: b\n[three]: c\n",
            "![ONE][one] ![TWO][r] ![THREE][three]\n\n[one]: a\n[r]: b\n[three]: c\n",
        ),
        ("| ![a \\| b](c) |\n|---|\n", "| ![A \\| B](c) |\n|---|\n"),
        ("![a](b) c ![a](b)\n", "![A](b) C ![A](b)\n"),
        ("![a `b` c](d)\n", "![A `b` C](d)\n"),
    ],
)
def test_the_alternative_text_of_an_image_is_translated_by_itself(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


@pytest.mark.parametrize("text", ["]", "[", "a](b", "![", "`", "*", "\\", "a ] b [ c"])
def test_any_translation_of_an_alternative_text_leaves_one_image(text: str) -> None:
    document = open_document("a.md", b"see ![this](a.png)")
    written = document.with_texts([document.texts[0].text, text]).decode()
    again = open_document("a.md", written.encode()).texts
    assert again[0] == document.texts[0]
    assert written.endswith("](a.png)")


def test_a_lost_image_goes_to_the_end_with_its_translated_text() -> None:
    document = open_document("a.md", b"click ![this](a.png) now")
    assert document.with_texts(["jetzt klicken", "dies"]).decode() == "jetzt klicken![dies](a.png)"
