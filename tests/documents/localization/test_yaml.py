"""Messages in YAML: strings are translated in the style that they have, and every other byte stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

CONTENT = """# kept
en: # kept
  open: open it   # kept
  "quoted": "say \\"hi\\" \\u00e9"
  single: 'it''s'
  yes: yes
  number: 4
  nested: &anchor
    - a, b
    - [one, "two", {x: three}]
  alias: *anchor
  tagged: !str kept
  named: &name value
  literal: |
    first %{name}

    second

  folded: >-
    one
    two
  after: x
"""


def test_strings_are_translated_in_their_style_and_every_other_byte_stays(shout: Shout) -> None:
    written = shout(open_document("a.yml", CONTENT.encode(), target="de")).decode()
    expected = (
        CONTENT.replace("\nen:", "\nde:")
        .replace("open it", "OPEN IT")
        .replace('say \\"hi\\" \\u00e9', 'SAY \\"HI\\" É')
    )
    expected = expected.replace("it''s", "IT''S").replace("a, b", "A, B").replace('[one, "two"', '[ONE, "TWO"')
    expected = expected.replace("x: three", "x: THREE").replace("name value", "name VALUE").replace("first", "FIRST")
    expected = expected.replace("second", "SECOND").replace("one\n    two", "ONE TWO").replace("after: x", "after: X")
    assert written == expected


@pytest.mark.parametrize(
    ("source", "translation", "written"),
    [
        ("a: text", "Hallo: Welt", 'a: "Hallo: Welt"'),
        ("a: text", "yes", 'a: "yes"'),
        ("a: text", "- so", 'a: "- so"'),
        ("a: text", "so #1", 'a: "so #1"'),
        ("a: text", "so, ja: nein", 'a: "so, ja: nein"'),
        ("a: text", "so, ja", "a: so, ja"),
        ("a: {b: text}", "so, ja", 'a: {b: "so, ja"}'),
        ("a: text", "x\ny", 'a: "x\\ny"'),
        ("a: 'text'", "x\ny", 'a: "x\\ny"'),
        ("a: |\n  text\n", " x", 'a: " x\\n"\n'),
        ("a: |2\n  text\n", "x", 'a: "x\\n"\n'),
        ("a: >\n  text\nb: 1\n", "x\ny", "a: >\n  x\n\n  y\nb: 1\n"),
        ("a: text", "", 'a: ""'),
    ],
)
def test_a_translation_is_quoted_where_yaml_needs_it(source: str, translation: str, written: str) -> None:
    document = open_document("a.yaml", source.encode())
    assert document.with_texts([translation]).decode() == written


def test_a_language_that_is_one_key_of_many_stays(shout: Shout) -> None:
    assert shout(open_document("a.yml", b"en: a\nid: b\n", target="de")) == b"en: A\nid: B\n"
    assert shout(open_document("a.yml", b"home:\n  a: b\n", target="de")) == b"home:\n  a: B\n"


@pytest.mark.parametrize("content", ["a: [", "a: b\n---\nc: d\n", "[" * 5000, "a: *b", "\x07: a"])
def test_what_is_no_yaml_is_refused(content: str) -> None:
    with pytest.raises(DocumentError, match=r"a\.yml is no YAML of one document"):
        open_document("a.yml", content.encode())


@settings(max_examples=40)
@given(
    values=st.lists(st.text(alphabet="ab '\"%{}:#-\n|>&*!\u00e9,"), max_size=4),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    translation=st.text(alphabet="xy '\"%{}:#-\n|>&*!\u00e9,\t", max_size=8),
)
def test_unchanged_texts_leave_the_file_as_it_was_and_changed_ones_are_read_again(
    values: list[str], style: str | None, translation: str
) -> None:
    content = yaml.dump({"k": values, "l": {"m": values}}, default_style=style, allow_unicode=True).encode()
    document = open_document("a.yaml", content)
    assert document.with_texts([fragment.text for fragment in document.texts]) == content
    plain = [f"z{translation}" if fragment.form == "text" else "z" for fragment in document.texts]
    written = yaml.safe_load(document.with_texts(plain))
    assert [len(written["k"]), len(written["l"]["m"])] == [len(values), len(values)]
    for before, after in zip(values, written["k"], strict=True):
        if before.isalpha():
            assert after.rstrip("\n") == f"z{translation}".rstrip("\n")
