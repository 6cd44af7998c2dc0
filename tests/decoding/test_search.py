"""Greedy and beam search on probabilities worked by hand, by brute force and at random."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nmt.decoding import (
    BeamSearch,
    Candidates,
    DecodingOptions,
    GreedySearch,
    Hypothesis,
    Search,
    StopReason,
    decode,
    length_penalty,
    new_search,
)

START, END, A, B = 0, 1, 2, 3

Distribution = Callable[[tuple[int, ...]], list[float]]


@dataclass(frozen=True)
class PrefixState:
    """For each row its sentence's distribution and the subwords it has been fed."""

    rows: tuple[tuple[Distribution, tuple[int, ...]], ...]

    def select(self, rows: NDArray[np.int64]) -> PrefixState:
        return PrefixState(tuple(self.rows[row] for row in rows))


def table_step(
    tokens: NDArray[np.int64], state: PrefixState, k: int, steps: int
) -> tuple[list[Candidates], PrefixState]:
    """A `Step` over tables of probabilities."""
    fed = PrefixState(
        tuple((table, (*prefix, int(token))) for (table, prefix), token in zip(state.rows, tokens, strict=True))
    )
    log_probs = np.log(np.array([table(prefix[1:]) for table, prefix in fed.rows], dtype=np.float64))
    ids = np.argsort(-log_probs, axis=1, kind="stable")[:, :k]
    return [Candidates(ids, np.take_along_axis(log_probs, ids, axis=1).astype(np.float32))], fed


def table_steps(
    tokens: NDArray[np.int64], state: PrefixState, k: int, steps: int
) -> tuple[list[Candidates], PrefixState]:
    """The same, but it makes all the steps it may."""
    made: list[Candidates] = []
    for _ in range(steps):
        made += table_step(tokens, state, k, 1)[0]
        state = table_step(tokens, state, k, 1)[1]
        tokens = made[-1].ids[:, 0]
    return made, state


def start(*distributions: Distribution) -> PrefixState:
    return PrefixState(tuple((distribution, ()) for distribution in distributions))


def run(distribution: Distribution, search: Search) -> list[Hypothesis]:
    decode(table_step, start(distribution), [search])
    return search.hypotheses()


def random_model(seed: int, vocabulary: int = 4):
    """Probabilities that depend on the whole prefix; <START> is never predicted."""

    def distribution(prefix):
        generator = random.Random(f"{seed} {prefix}")
        weights = [1e-9, *(generator.random() ** 3 + 1e-3 for _ in range(vocabulary - 1))]
        return [weight / sum(weights) for weight in weights]

    return distribution


def garden_path(prefix):
    """The best first subword, A, leads nowhere good.

    A END: 0.5 x 0.4 = 0.20;  B END: 0.4 x 0.9 = 0.36
    """
    return {
        (): [0.0001, 0.0999, 0.5, 0.4],
        (A,): [0.0001, 0.4, 0.3, 0.2999],
        (B,): [0.0001, 0.9, 0.05, 0.0499],
    }.get(prefix, [0.0001, 0.9, 0.05, 0.0499])


def test_greedy_follows_the_best_candidate_until_end() -> None:
    (best,) = run(garden_path, GreedySearch(START, END, 10, 0.0))
    assert best.tokens == (A,)
    assert best.log_prob == pytest.approx(math.log(0.5 * 0.4), abs=1e-6)
    assert best.reached_end
    assert best.token_log_probs == pytest.approx((math.log(0.5), math.log(0.4)), abs=1e-6)


def test_a_beam_of_two_finds_what_greedy_misses() -> None:
    best, second = run(garden_path, BeamSearch(START, END, 10, 2, 2, 0.0))
    assert best.tokens == (B,)
    assert best.log_prob == pytest.approx(math.log(0.4 * 0.9), abs=1e-6)
    assert second.tokens == (A,)
    assert second.log_prob == pytest.approx(math.log(0.5 * 0.4), abs=1e-6)


def test_the_score_is_the_log_probability_over_the_length_penalty() -> None:
    (best,) = run(garden_path, BeamSearch(START, END, 10, 2, 1, 0.8))
    # B and <END>: two subwords, penalty ((5 + 2) / 6) ** 0.8
    assert best.score == pytest.approx(math.log(0.36) / (7 / 6) ** 0.8, abs=1e-6)


@dataclass(frozen=True)
class NoWordOf:
    """Penalises the second of two subwords, and everything else not."""

    first: int
    second: int
    penalty: float

    def after(self, word: int, subword: int) -> tuple[int, float]:
        return subword, self.penalty if (word, subword) == (self.first, self.second) else 0.0


def test_a_word_that_does_not_exist_is_chosen_only_if_it_is_more_probable_by_more_than_its_penalty() -> None:
    def found(penalty: float) -> list[Hypothesis]:
        return run(garden_path, BeamSearch(START, END, 10, 2, 2, 0.0, NoWordOf(B, END, penalty)))

    likely, unlikely = math.log(0.36), math.log(0.20)
    assert [each.tokens for each in found(0.5)] == [(B,), (A,)]
    assert [each.tokens for each in found(0.7)] == [(A,), (B,)]  # 0.36 e^-0.7 < 0.20
    for penalty in (0.5, 0.7):
        by_tokens = {each.tokens: each for each in found(penalty)}
        assert by_tokens[B,].log_prob == pytest.approx(likely, abs=1e-6)
        assert by_tokens[B,].score == pytest.approx(likely - penalty, abs=1e-6)
        assert by_tokens[A,].score == by_tokens[A,].log_prob == pytest.approx(unlikely, abs=1e-6)


def endless(prefix):
    return [0.0001, 0.0001, 0.9, 0.0998]


@pytest.mark.parametrize("beam", [1, 3])
def test_at_the_length_limit_a_hypothesis_is_cut_and_says_so(beam: int) -> None:
    search = new_search(DecodingOptions(beam_size=beam), START, END, 5)
    (best,) = run(endless, search)
    assert best.tokens == (A,) * 5
    assert best.stop_reason is StopReason.LENGTH_LIMIT
    assert not best.reached_end
    assert len(best.token_log_probs) == 5


def test_hypotheses_that_ended_come_before_those_cut_off() -> None:
    def late_end(prefix):
        return [0.0001, 0.02, 0.9, 0.0799]

    results = run(late_end, BeamSearch(START, END, 2, 4, 4, 0.0))
    reasons = [result.stop_reason for result in results]
    assert reasons == sorted(reasons, key=lambda reason: reason is not StopReason.END)
    assert StopReason.END in reasons
    assert StopReason.LENGTH_LIMIT in reasons


@given(seed=st.integers(0, 10**6), alpha=st.sampled_from([0.0, 0.6, 1.0, 2.0]))
@example(seed=681539, alpha=0.0)  # the most probable hypothesis is not in the first row
@settings(max_examples=200, deadline=None)
def test_a_full_beam_finds_what_brute_force_finds(seed: int, alpha: float) -> None:
    limit, vocabulary = 3, 4
    distribution = random_model(seed, vocabulary)
    scored = []
    for length in range(limit):
        for tokens in itertools.product(range(2, vocabulary), repeat=length):
            sequence = (*tokens, END)
            log_prob = sum(math.log(distribution(sequence[:i])[token]) for i, token in enumerate(sequence))
            scored.append((log_prob / length_penalty(len(sequence), alpha), tokens))
    best_score, best_tokens = max(scored)
    search = BeamSearch(START, END, limit, vocabulary**limit, 1, alpha)
    (found,) = run(distribution, search)
    assert found.score == pytest.approx(best_score, abs=1e-5)
    assert found.tokens == best_tokens


@given(seed=st.integers(0, 10**6), limit=st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_a_beam_of_one_is_greedy_search(seed: int, limit: int) -> None:
    greedy = run(random_model(seed, 6), GreedySearch(START, END, limit, 1.0))
    beam = run(random_model(seed, 6), BeamSearch(START, END, limit, 1, 1, 1.0))
    assert beam == greedy


@given(seed=st.integers(0, 10**6), beam=st.integers(2, 5), alpha=st.sampled_from([0.0, 1.0]))
@settings(max_examples=60, deadline=None)
def test_stopping_early_never_loses_a_better_hypothesis(seed: int, beam: int, alpha: float) -> None:
    class Patient(BeamSearch):
        def _is_decided(self, running):
            return False

    stopped = run(random_model(seed, 6), BeamSearch(START, END, 8, beam, 1, alpha))
    patient = run(random_model(seed, 6), Patient(START, END, 8, beam, 1, alpha))
    assert stopped == patient


@given(
    seeds=st.lists(st.integers(0, 10**6), min_size=2, max_size=5),
    beams=st.lists(st.integers(1, 4), min_size=5, max_size=5),
)
@settings(max_examples=40, deadline=None)
def test_the_batch_never_changes_a_result(seeds: list[int], beams: list[int]) -> None:
    def searches():
        return [new_search(DecodingOptions(beam_size=beam, n_best=beam), START, END, 6) for beam in beams[: len(seeds)]]

    together = searches()
    decode(table_step, start(*(random_model(seed, 6) for seed in seeds)), together)
    for seed, search, alone in zip(seeds, together, searches(), strict=True):
        assert search.hypotheses() == run(random_model(seed, 6), alone)


@given(seed=st.integers(0, 10**6), beam=st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_n_best_are_sorted_distinct_and_end_once(seed: int, beam: int) -> None:
    results = run(random_model(seed, 6), BeamSearch(START, END, 6, beam, beam, 1.0))
    assert len({result.tokens for result in results}) == len(results) == beam
    ended = [result.score for result in results if result.reached_end]
    assert ended == sorted(ended, reverse=True)
    assert all(END not in result.tokens for result in results)


def test_a_finished_search_is_never_stepped_again() -> None:
    fed = []

    def ends_at_once(prefix):
        fed.append(prefix)
        return [0.0001, 0.9997, 0.0001, 0.0001]

    first, second = GreedySearch(START, END, 4), GreedySearch(START, END, 4)
    decode(table_step, start(ends_at_once, endless), [first, second])
    assert fed == [()]
    assert first.hypotheses()[0].tokens == ()
    assert second.hypotheses()[0].tokens == (A,) * 4


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 9)), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_several_steps_in_a_call_find_what_single_steps_find(sentences: list[tuple[int, int]]) -> None:
    def translated(step) -> list[list[Hypothesis]]:
        searches = [
            GreedySearch(START, END, limit) if seed % 2 else BeamSearch(START, END, limit, 1)
            for seed, limit in sentences
        ]
        decode(step, start(*(random_model(seed) for seed, _ in sentences)), searches)
        return [search.hypotheses() for search in searches]

    assert translated(table_steps) == translated(table_step)
