"""Translations of rare words in the search, with a model whose probabilities and attention are written here."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nmt.decoding import Candidates, DecodingOptions, Hypothesis, LexicalBias, RareWord, decode, new_search
from nmt.decoding.hypothesis import Node, root
from nmt.decoding.lexical_bias import LARGEST_SHARE, SHARE, SPELLING, UNSEEN

START, END = 0, 1
THE, WAR, ORACLE, OR, ACLE, CLE = range(2, 8)
ENDS_WORD = [True, True, True, True, True, True, False, False]
SPELLED = RareWord(1, 2, ((OR, ACLE),))


def node(*tokens: int) -> Node:
    found = root(START)
    for token in tokens:
        found = found.extend(token, -1.0, -1.0)
    return found


def attention(*weights: float) -> NDArray[np.float32]:
    return np.array(weights, dtype=np.float32)


def biased(
    words: list[RareWord], node: Node, candidates: dict[int, float], attention: NDArray[np.float32]
) -> dict[int, float]:
    ids, log_probs = list(candidates), [math.log(each) for each in candidates.values()]
    numbers, found = LexicalBias(words, ENDS_WORD).biased(node, ids, log_probs, attention)
    assert found == sorted(found, reverse=True)
    return {number: math.exp(log_prob) for number, log_prob in zip(numbers, found, strict=True)}


def test_the_first_subword_of_a_translation_gets_its_share() -> None:
    # Of the candidates, 0.4 of 0.5 end the word before; the best one has 0.4.
    share = SHARE * 0.75 * (1 - 0.4) * 0.4 / 0.5
    found = biased([SPELLED], node(THE), {WAR: 0.4, CLE: 0.1}, attention(0.25, 0.5, 0.25))
    assert found == {WAR: pytest.approx(0.4 * (1 - share)), OR: pytest.approx(share)}


def test_a_model_that_is_sure_is_left_alone() -> None:
    found = biased([SPELLED], node(THE), {WAR: 1.0}, attention(0.0, 1.0, 0.0))
    assert found == {WAR: pytest.approx(1.0)}


def test_within_a_word_no_other_is_proposed() -> None:
    found = biased([SPELLED], node(THE), {CLE: 0.4, ACLE: 0.1}, attention(0.0, 1.0, 0.0))
    assert found == {CLE: pytest.approx(0.4), ACLE: pytest.approx(0.1)}


def test_elsewhere_a_rare_word_is_not_proposed() -> None:
    found = biased([SPELLED], node(THE), {WAR: 0.4, THE: 0.1}, attention(0.98, 0.01, 0.01))
    assert found == {WAR: pytest.approx(0.4), THE: pytest.approx(0.1)}


def test_a_translation_that_has_begun_goes_on() -> None:
    share = SPELLING * 0.5
    found = biased([SPELLED], node(THE, OR), {WAR: 0.4, ACLE: 0.1}, attention(0.5, 0.25, 0.25))
    rest = 1 - share
    assert found == {ACLE: pytest.approx(rest * 0.1 + share), WAR: pytest.approx(rest * 0.4)}


def test_a_name_that_the_model_copies_is_left_alone() -> None:
    name = RareWord(1, 2, ((OR, ACLE),), copy=WAR)
    copied = {WAR: 0.4, THE: 0.1}
    assert biased([name], node(THE), copied, attention(0.0, 1.0, 0.0)) == {
        number: pytest.approx(p) for number, p in copied.items()
    }
    assert OR in biased([name], node(THE), {THE: 0.4, WAR: 0.1}, attention(0.0, 1.0, 0.0))


def test_translations_share_as_the_model_would_have_them() -> None:
    words = [RareWord(0, 0, ((WAR,), (ORACLE,)))]
    gate = SHARE * (1 - 0.5)
    found = biased(words, node(THE), {THE: 0.5, WAR: 0.2, OR: 0.1}, attention(1.0))
    whole = 0.2 + UNSEEN + UNSEEN
    assert found[WAR] == pytest.approx((1 - gate) * 0.2 + gate * (0.2 + UNSEEN) / whole)
    assert found.keys() == {THE, WAR, OR}


def test_what_is_said_is_not_proposed_again() -> None:
    bias = LexicalBias([SPELLED, RareWord(0, 0, ((WAR,),))], ENDS_WORD)
    said, elsewhere = node(THE, OR, ACLE), attention(1.0, 0.0, 0.0)
    assert bias.said(node(THE, OR), elsewhere) == 0
    assert bias.said(said, elsewhere) == 1
    said.said = 1
    assert bias.said(said.extend(WAR, -1.0, -1.0), elsewhere) == 3
    log_probs = [math.log(0.4), math.log(0.1)]
    assert bias.biased(said, [THE, CLE], log_probs, attention(0.0, 1.0, 0.0)) == ([THE, CLE], log_probs)


def test_another_ending_of_what_the_model_attends_to_is_a_translation_too() -> None:
    bias = LexicalBias([SPELLED], ENDS_WORD)
    there, elsewhere = attention(0.5, 0.25, 0.25), attention(0.98, 0.01, 0.01)
    assert bias.said(node(THE, OR, CLE), there) == 1
    assert bias.said(node(THE, OR, CLE), elsewhere) == 0  # another word that begins alike
    assert bias.said(node(THE, OR, WAR), there) == 0
    assert bias.said(node(THE, CLE), there) == 0


@given(
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5),
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3),
    st.lists(
        st.builds(
            RareWord,
            st.integers(0, 2),
            st.just(2),
            st.lists(st.lists(st.integers(2, 7), min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple),
        ),
        max_size=4,
    ),
    st.lists(st.integers(2, 7), max_size=4),
)
def test_probabilities_stay_probabilities(
    masses: list[float], attended: list[float], words: list[RareWord], tokens: list[int]
) -> None:
    scale = max(1.0, sum(masses))
    best_first = sorted((mass / scale for mass in masses), reverse=True)
    candidates = dict(zip(range(2, 8), best_first, strict=False))
    whole = max(1.0, sum(attended))
    found = biased(words, node(*tokens), candidates, attention(*(each / whole for each in attended)))
    assert len(found) == len(candidates)
    assert sum(found.values()) <= 1.0 + 1e-5
    for number, before in candidates.items():
        assert found.get(number, 1.0) >= (1 - LARGEST_SHARE) * before - 1e-6


@dataclass(frozen=True)
class Rows:
    """Rows that are told apart by their last token alone."""

    def select(self, rows: NDArray[np.int64]) -> Rows:
        return self


FOLLOWING = {
    START: ({THE: 0.9, WAR: 0.1}, attention(0.9, 0.05, 0.05)),
    THE: ({WAR: 0.45, THE: 0.3, END: 0.25}, attention(0.1, 0.4, 0.5)),
    OR: ({CLE: 0.5, END: 0.4, ACLE: 0.1}, attention(0.1, 0.4, 0.5)),
}
"""Candidates and attention after each token; after all others, the sentence ends."""


def step(tokens: NDArray[np.int64], state: Rows, k: int, steps: int) -> tuple[list[Candidates], Rows]:
    ids, log_probs, attended = [], [], []
    for token in tokens.tolist():
        candidates, weights = FOLLOWING.get(token, ({END: 0.9, THE: 0.1}, attention(0.2, 0.4, 0.4)))
        padded = {**candidates, **{number: 1e-9 for number in range(8) if number not in candidates}}
        ids.append(list(padded)[:k])
        log_probs.append([math.log(each) for each in padded.values()][:k])
        attended.append(weights)
    return [Candidates(np.array(ids), np.array(log_probs, dtype=np.float32), np.stack(attended))], state


def translated(beam: int, words: list[RareWord]) -> Hypothesis:
    search = new_search(DecodingOptions(beam), START, END, 8, bias=LexicalBias(words, ENDS_WORD))
    decode(step, Rows(), [search])
    return search.hypotheses()[0]


def test_a_beam_says_the_translation_and_says_it_once() -> None:
    assert translated(4, []).tokens == (THE, WAR)
    assert translated(4, [SPELLED]).tokens == (THE, OR, ACLE)
    found = translated(4, [SPELLED])
    assert found.log_prob == pytest.approx(sum(found.token_log_probs))
    assert all(each <= 0.0 for each in found.token_log_probs)


def test_greedy_search_takes_what_is_most_probable() -> None:
    assert translated(1, [SPELLED]).tokens == (THE, WAR)
