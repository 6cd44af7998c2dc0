"""Formatting inside a paragraph: what goes into a fragment comes out of it, whatever a translation did to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from nmt.documents.inline_tags import Anchor, Atom, Inline, Node, Span, merged

leaves = (
    st.text("ab <&\u00e9", min_size=1)
    | st.builds(Atom, st.integers(), st.text("ab <"), st.booleans())
    | st.builds(Anchor, st.integers(), st.booleans())
)
nodes = st.lists(
    st.recursive(leaves, lambda inner: st.builds(Span, st.integers(), st.lists(inner, max_size=3).map(tuple)))
)


def flat(found: Sequence[Node[int]]) -> Iterator[str | Atom[int] | Anchor[int]]:
    for node in found:
        if isinstance(node, Span):
            yield from flat(node.nodes)
        else:
            yield node


@given(source=nodes)
def test_a_fragment_that_comes_back_as_it_was_gives_the_same_nodes(source: list[Node[int]]) -> None:
    inline = Inline(source)
    if inline.fragment is not None:
        again = inline.with_text(inline.fragment.text)
        in_place = [node for node in flat(again) if not isinstance(node, Anchor)]
        assert merged(in_place) == merged([node for node in flat(source) if not isinstance(node, Anchor)])


@given(source=nodes, text=st.text("ab<>/&;") | st.text('1234 <span id="/>br&', min_size=20))
def test_no_translation_loses_or_repeats_what_is_not_text(source: list[Node[int]], text: str) -> None:
    inline = Inline(source)
    if inline.fragment is not None:
        kept = sorted(repr(node) for node in flat(source) if not isinstance(node, str))
        assert sorted(repr(node) for node in flat(inline.with_text(text)) if not isinstance(node, str)) == kept


def test_a_fragment_shows_formatting_as_elements_with_numbers() -> None:
    inline = Inline(["a < ", Span(1, ("b", Atom(2, is_break=True))), Atom(3, "c"), " d"])
    assert inline.fragment is not None
    assert inline.fragment.form == "html"
    assert inline.fragment.text == ('a &lt; <span id="1">b<br id="2"></span><span translate="no" id="3">c</span> d')


def test_formatting_around_the_whole_paragraph_is_set_aside() -> None:
    inline = Inline([Atom(1), " ", Span(2, (Anchor(3, at_end=False), "a < b")), Atom(4)])
    assert inline.fragment is not None
    assert (inline.fragment.text, inline.fragment.form) == ("a < b", "text")
    assert inline.with_text("x") == [Anchor(3, at_end=False), Atom(1), " ", Span(2, ("x",)), Atom(4)]
