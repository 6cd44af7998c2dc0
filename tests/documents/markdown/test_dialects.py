"""What GitHub, MkDocs, Docusaurus, Pandoc and site generators add to Markdown: markers stay, texts are translated."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, open_document
from nmt.documents.markdown.nodes import parser

Shout = Callable[[Document], bytes]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("> [!NOTE]\n> read it\n", "> [!NOTE]\n> READ IT\n"),
        ("> [!WARNING] the dog\n> bites\n", "> [!WARNING] THE DOG\n> BITES\n"),
        ("> [!tip]-\n> one\n>\n> two\n", "> [!tip]-\n> ONE\n>\n> TWO\n"),
        ("- a\n\n  > [!NOTE]\n  > - b\n", "- A\n\n  > [!NOTE]\n  > - B\n"),
        ("> [![a](b)](c) d\n", "> [![A](b)](c) D\n"),
    ],
)
def test_alerts(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ('!!! note "note"\n    body\n', '!!! note "NOTE"\n    BODY\n'),
        ("??? tip\n    body\n\n    more\n\nafter\n", "??? tip\n    BODY\n\n    MORE\n\nAFTER\n"),
        ("???+ tip\n\n    body\n", "???+ tip\n\n    BODY\n"),
        ('!!! danger inline end "a *b*"\n    - one\n', '!!! danger inline end "A *B*"\n    - ONE\n'),
        ('!!! note ""\n    body\n\n\n    two lines on\n', '!!! note ""\n    BODY\n\n\n    TWO LINES ON\n'),
        ("!!! note\n    !!! tip\n        deep\n    out\n", "!!! note\n    !!! tip\n        DEEP\n    OUT\n"),
        ("- a\n\n    !!! note\n        | b |\n        |---|\n", "- A\n\n    !!! note\n        | B |\n        |---|\n"),
        ("!!! note\n    body\nafter\n", "!!! note\n    BODY\nAFTER\n"),
        ("!!! note\n    body\n\n        code\n", "!!! note\n    BODY\n\n        code\n"),
        ('=== "one"\n\n    two\n\n=== "three"\n\n    four\n', '=== "ONE"\n\n    TWO\n\n=== "THREE"\n\n    FOUR\n'),
        ("what!!! really\n", "WHAT!!! REALLY\n"),
    ],
)
def test_admonitions_and_tabs_of_mkdocs(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (":::tip My title\nbody\n:::\n", ":::tip My title\nBODY\n:::\n"),
        (":::: {.a}\n::: b\none\n:::\n::::\ntwo\n", ":::: {.a}\n::: b\nONE\n:::\n::::\nTWO\n"),
        ("::: never closed\n\n- a\n", "::: never closed\n\n- A\n"),
        ("{% hint %}\na\n{% endhint %}\n", "{% hint %}\nA\n{% endhint %}\n"),
        ("{{% a %}}\nb\n{{% /a %}}\n\n{{< c d=e >}}\n", "{{% a %}}\nB\n{{% /a %}}\n\n{{< c d=e >}}\n"),
        ("a {{ b.c }} and {% d %}e{% f %}\n", "A {{ b.c }} AND {% d %}E{% f %}\n"),
        ("one\n{: .lead }\n", "ONE\n{: .lead }\n"),
        ("[TOC]\n\nimport A from '@b/c';\n\nimport it now\n", "[TOC]\n\nimport A from '@b/c';\n\nIMPORT IT NOW\n"),
    ],
)
def test_lines_for_programs_stay(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("Term\n: definition\n", "TERM\n: DEFINITION\n"),
        ("Term\n:   one\n    two\n\n    three\n", "TERM\n:   ONE\n    TWO\n\n    THREE\n"),
        ("A\n: b\nC\n: d\n", "A\n: B\nC\n: D\n"),
        ("A\n\n: b\n\n: c\n", "A\n\n: B\n\n: C\n"),
        ("A\n: b\n\n        code\n", "A\n: B\n\n        code\n"),
        ("[^1]: one\n\n    two\n[^2]: three\n", "[^1]: ONE\n\n    TWO\n[^2]: THREE\n"),
        ("[^1]: word\n", "[^1]: WORD\n"),
        ("*[HTML]: a language\n", "*[HTML]: A LANGUAGE\n"),
        (": : a\n", ": : A\n"),
    ],
)
def test_definitions_and_footnotes(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


@pytest.mark.parametrize(
    "source",
    [
        "$$\na = b\n$$\n",
        "$$ a = b $$\n",
        "\\begin{align}\na &= b \\\\\nc\n\\end{align}\n",
        "\\[\nE = mc^2\n\\]\n",
        "> $$\n> a = b\n> $$\n",
        "- \\begin{a}\n  b\n  \\end{a}\n",
    ],
)
def test_formulas_are_no_texts(source: str) -> None:
    assert open_document("a.md", source.encode()).texts == []


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("where $x$ and $$\ny\n$$ are\n", "WHERE $x$\nAND $$ y $$\nARE\n"),
        ("$$x$$ is one\n\ntwo\n\n$$y$$\n", "$$x$$ IS ONE\n\nTWO\n\n$$y$$\n"),
        ("H~2~O and x^2^\n", "H~2~O AND X^2^\n"),
        ("==one *two*== ++three++ but a == b and i++ or j++\n", "==ONE *TWO*== ++THREE++ BUT A == B AND I++ OR J++\n"),
    ],
)
def test_marks_in_a_sentence(source: str, written: str, shout: Shout) -> None:
    assert shout(open_document("a.md", source.encode())).decode() == written


def test_a_formula_is_a_word_of_its_sentence() -> None:
    assert open_document("a.md", b"take $x$ now").texts[0].text == 'take <span translate="no" id="1">$x$</span> now'


@pytest.mark.parametrize("translation", [": a", "::: a", '!!! note "a"', "??? a", '=== "a"', "[!NOTE] a"])
def test_a_translation_never_begins_a_block_of_a_dialect(translation: str) -> None:
    written = open_document("a.md", b"> text").with_texts([translation]).decode()
    assert written == f"> \\{translation}"
    inside = next(token for token in parser().parse(written) if token.type == "inline")
    assert "".join(each.content for each in inside.children or []) == translation


PARTS = ["> [!NOTE]", "> a", '!!! note "b"', "    c", "=== d", ":::x", ":::", ": e", "f", "- g", "  h", "[^i]: j", "$$"]


@given(st.lists(st.sampled_from([*PARTS, "", "", "\\begin{k}", "<div>l", "</div>", "{% m %}", "n  ", "![o](p)"])))
def test_dialects_nest_and_every_block_stays_in_its_place(parts: list[str]) -> None:
    source = "\n".join(parts) + "\n"
    document = open_document("a.md", source.encode())
    texts = [fragment.text for fragment in document.texts]
    assert document.with_texts(texts).decode() == source
    written = document.with_texts([text + "0" for text in texts]).decode()
    blocks = [[token.type for token in parser().parse(text)] for text in (source, written)]
    assert blocks[0] == blocks[1]
    assert [fragment.text for fragment in open_document("a.md", written.encode()).texts] == [
        text + "0" for text in texts
    ]
