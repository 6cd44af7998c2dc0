"""Numbers kept in parts are the numbers that were given."""

from __future__ import annotations

from array import array
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from service.translating.transitions import Transitions

parts = st.lists(st.lists(st.integers(0, 3), min_size=16, max_size=16), min_size=1, max_size=8)


@given(parts, st.sampled_from("HI"))
def test_every_number_is_the_one_that_was_given(numbers: list[list[int]], kind: str) -> None:
    flat = list(chain.from_iterable(numbers))
    kept = Transitions(array(kind, flat))
    assert [kept[index] for index in range(len(flat))] == flat


def test_languages_are_detected_as_with_the_whole_state_machine() -> None:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    texts = ["Guten Morgen, wie geht es dir?", "\u00a1Buenos d\u00edas!", "\u4f60\u597d", "12 %"]
    found = list(map(identifier.rank, texts))
    identifier.tk_nextmove = Transitions(identifier.tk_nextmove)
    assert list(map(identifier.rank, texts)) == found
