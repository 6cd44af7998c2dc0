"""The compiled decoder against what one can read: the graphs for the numbers, `nmt.decoding` for the search."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import eq
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from random_models import FORMS, SOURCES, TARGETS, Form, exported, random_rare_words, random_spelling

from nmt.decoding import (
    Candidates,
    DecodingOptions,
    Hypothesis,
    LexicalBias,
    RareWord,
    Search,
    decode,
    length_penalty,
    new_search,
)
from nmt.errors import ConfigError, PackageCorrupt
from nmt.runtime.native.engine import NativeBatch, NativeEngine, NativeSearch
from nmt.runtime.native.library import PATH, Library, installed_library
from nmt.runtime.onnx.model import OnnxEngine, RowState
from nmt.runtime.running_batch import RunningBatch, Sentence, Source
from nmt.runtime.words import Spelling
from nmt.runtime.words.word_beginnings import NO_LETTERS
from tokenizer import END_ID, START_ID

if installed_library() is None:
    pytest.skip("the decoder was not compiled here", allow_module_level=True)

SETS = Library(PATH).instruction_sets
BatchOfSentences = NativeBatch[Sentence[NativeSearch]]
words = st.lists(st.integers(4, SOURCES - 1), min_size=0, max_size=24)
sources = st.lists(words, min_size=1, max_size=6)


@st.composite
def decoding_options(draw: st.DrawFn) -> DecodingOptions:
    beam = draw(st.sampled_from([1, 1, 2, 5, 11]))
    limit = draw(st.sampled_from([None, 1, 4]))
    return DecodingOptions(beam, draw(st.integers(1, beam)), limit, draw(st.sampled_from([0.0, 0.6, 1.0])))


def source(ids: list[int]) -> Source:
    return Source(ids, [id + 7 for id in ids if id + 7 < TARGETS])


def sentence(engine: NativeEngine, ids: list[int], options: DecodingOptions) -> Sentence[NativeSearch]:
    return Sentence(source(ids), engine.new_search(options, len(ids) + 6))


def run(batch: BatchOfSentences, waiting: list[Sentence[NativeSearch]]) -> list[list[Hypothesis]]:
    batch.admit(waiting)
    while batch.sentences:
        batch.step()
    return [each.search.hypotheses() for each in waiting]


@dataclass(frozen=True)
class Rows:
    """The rows of a batch as the state of `nmt.decoding`."""

    batch: BatchOfSentences

    def select(self, rows: NDArray[np.int64]) -> Rows:
        self.batch.select(rows.tolist())
        return self


def step(tokens: NDArray[np.int64], state: Rows, k: int, steps: int) -> tuple[list[Candidates], Rows]:
    fed = state.batch.feed(tokens.tolist(), k)
    return [Candidates(fed.ids.astype(np.int64), fed.log_probs)], state


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_log_probabilities_are_those_of_the_graphs(form: Form) -> None:
    """All but those of rows in which a number midway between two of its 256 steps was rounded the other way."""
    engine, model = exported(form).native(), exported(form).onnx()
    texts = [[5, 6, 7], [8, 9, 10, 11, 12, 13, 14], [20], list(range(4, 24))]
    batch = engine.new_batch()
    batch.admit([sentence(engine, ids, DecodingOptions(beam_size=1)) for ids in texts])
    state = model.encode([source(ids) for ids in texts], None)
    tokens, rows, differences = np.full(len(texts), START_ID), [0, 1, 1, 2, 2, 3], []
    for _ in range(4):
        fed = batch.feed(tokens.tolist(), 20)
        (candidates,), state = model(tokens, state, 20, 1)
        differences.append(np.abs(fed.log_probs - candidates.log_probs).max(axis=1))
        batch.select(rows)
        state = state.select(np.array(rows))
        tokens = candidates.ids[rows, np.arange(len(rows)) % 3]
        rows = list(range(len(rows)))
    assert np.median(np.concatenate(differences)) < 1e-5
    assert np.concatenate(differences).max() < 0.1


@given(form=st.sampled_from(FORMS), texts=sources, options=decoding_options())
@settings(max_examples=60, deadline=None)
def test_the_search_is_that_of_the_readable_reference(
    form: Form, texts: list[list[int]], options: DecodingOptions
) -> None:
    engine = exported(form).native()
    waiting = [sentence(engine, ids, options) for ids in texts]
    found = run(engine.new_batch(), waiting)
    searches = [new_search(options, START_ID, END_ID, len(ids) + 6) for ids in texts]
    batch = engine.new_batch()
    batch.admit([sentence(engine, ids, options) for ids in texts])
    decode(step, Rows(batch), searches)
    assert found == [search.hypotheses() for search in searches]  # scores to the last bit


@given(form=st.sampled_from(FORMS), texts=sources, beam=st.sampled_from([1, 2, 5, 11]), seed=st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_words_that_do_not_exist_cost_as_much_as_in_the_readable_reference(
    form: Form, texts: list[list[int]], beam: int, seed: int
) -> None:
    options, spelling = DecodingOptions(beam, beam), random_spelling(20, seed)
    engine, plain = exported(form).native(spelling=spelling), exported(form).native()
    found = run(engine.new_batch(), [sentence(engine, ids, options) for ids in texts])
    of_each = [spelling.of(source(ids).copied) for ids in texts]
    searches = [
        new_search(options, START_ID, END_ID, len(ids) + 6, own) for ids, own in zip(texts, of_each, strict=True)
    ]
    batch = plain.new_batch()
    batch.admit([sentence(plain, ids, options) for ids in texts])
    decode(step, Rows(batch), searches)
    assert found == [search.hypotheses() for search in searches]  # scores to the last bit
    for hypotheses, own in zip(found, of_each, strict=True):
        for each in hypotheses:
            assert each.log_prob == pytest.approx(sum(each.token_log_probs), abs=1e-9)
            length = len(each.token_log_probs)
            penalty = 0.0 if beam == 1 else penalties(own, each.tokens)
            assert each.score * length_penalty(length, 1.0) == pytest.approx(each.log_prob - penalty, abs=1e-9)


@given(
    form=st.sampled_from([form for form in FORMS if form.attention != "none"]),
    texts=sources,
    beam=st.sampled_from([1, 2, 5, 11]),
    seed=st.integers(0, 99),
)
@settings(max_examples=100, deadline=None)
def test_translations_of_rare_words_are_proposed_as_in_the_readable_reference(
    form: Form, texts: list[list[int]], beam: int, seed: int
) -> None:
    options, spelling, random = DecodingOptions(beam, beam), random_spelling(20, seed), Random(seed)
    engine = exported(form).native(spelling=Spelling(spelling.subwords, None))
    rare = [with_rare_words(source(ids), random) for ids in texts]
    found = run(engine.new_batch(), [Sentence(each, engine.new_search(options, len(each.ids) + 6)) for each in rare])
    searches = [
        new_search(
            options, START_ID, END_ID, len(each.ids) + 6, bias=LexicalBias(each.rare, spelling.subwords.ends_word)
        )
        for each in rare
    ]
    batch = engine.new_batch()
    batch.admit([Sentence(each, engine.new_search(options, 1)) for each in rare])
    decode(attending_step, Rows(batch), searches)
    assert found == [search.hypotheses() for search in searches]  # scores to the last bit


@pytest.mark.parametrize(
    "form", [Form(heads=4, layers=2), Form("gru", attention="additive", closed_words=True)], ids=str
)
def test_the_graphs_propose_translations_of_rare_words_too(form: Form) -> None:
    """In the same words but where rounding decides, and in others than without them."""
    spelling, random, options = random_spelling(20), Random(1), DecodingOptions(5)
    engine, onnx = exported(form).native(spelling=spelling), OnnxEngine(exported(form).onnx(), spelling)
    texts = [source([random.randrange(4, SOURCES) for _ in range(random.randint(1, 12))]) for _ in range(40)]
    rare = [with_rare_words(each, random) for each in texts]
    native = [found.tokens for (found,) in run(engine.new_batch(), [native_sentence(engine, each) for each in rare])]
    plain = [found.tokens for (found,) in run(engine.new_batch(), [native_sentence(engine, each) for each in texts])]
    batch: RunningBatch[Sentence[Search], RowState] = onnx.new_batch()
    waiting = [Sentence(each, onnx.new_search(options, len(each.ids) + 6, each)) for each in rare]
    batch.admit(waiting)
    while batch.sentences:
        batch.step()
    of_graphs = [each.search.hypotheses()[0].tokens for each in waiting]
    assert sum(map(eq, native, of_graphs)) >= 36
    assert sum(map(eq, native, plain)) <= 32


def native_sentence(engine: NativeEngine, source: Source) -> Sentence[NativeSearch]:
    return Sentence(source, engine.new_search(DecodingOptions(5), len(source.ids) + 6))


def with_rare_words(source: Source, random: Random) -> Source:
    rare = random_rare_words(random, len(source.ids))
    spelled = [id for word in rare for spelling in word.spellings for id in spelling]
    return Source(source.ids, [*source.copied, *spelled], rare)


def attending_step(tokens: NDArray[np.int64], state: Rows, k: int, steps: int) -> tuple[list[Candidates], Rows]:
    fed = state.batch.feed(tokens.tolist(), k, 25)
    return [Candidates(fed.ids.astype(np.int64), fed.log_probs, fed.weights)], state


def test_rare_words_that_cannot_be_are_refused() -> None:
    spelling = random_spelling(9)
    engine = exported(Form()).native(spelling=spelling)
    options = DecodingOptions(beam_size=2)
    for rare in (RareWord(0, 3, ((9,),)), RareWord(-1, 0, ((9,),)), RareWord(1, 0, ((9,),)), RareWord(0, 0, ((),))):
        with pytest.raises(ValueError, match="options that cannot be"):
            engine.new_batch().admit([Sentence(Source([5, 6, 7], [9], [rare]), engine.new_search(options, 5))])
    weights = exported(Form()).weights()
    (lacking, *_) = sorted(set(range(4, TARGETS)).difference(weights.always, weights.translations[5]))
    not_copied = Source([5], [], [RareWord(0, 0, ((lacking,),))])
    with pytest.raises(PackageCorrupt, match="subwords that the model lacks"):
        engine.new_batch().admit([Sentence(not_copied, engine.new_search(options, 5))])


def penalties(spelling: Spelling, tokens: tuple[int, ...]) -> float:
    word, total = NO_LETTERS, 0.0
    for token in tokens:
        word, penalty = spelling.after(word, token)
        total += penalty
    return total


@given(form=st.sampled_from(FORMS), texts=sources, options=decoding_options())
@settings(max_examples=40, deadline=None)
def test_every_instruction_set_gives_the_same_bytes(
    form: Form, texts: list[list[int]], options: DecodingOptions
) -> None:
    results = []
    for name in SETS:
        engine = exported(form).native(Library(PATH, name))
        results.append(run(engine.new_batch(), [sentence(engine, ids, options) for ids in texts]))
    assert all(each == results[0] for each in results)


@given(form=st.sampled_from(FORMS), texts=sources, options=decoding_options(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_who_joins_and_leaves_changes_nothing(
    form: Form, texts: list[list[int]], options: DecodingOptions, data: st.DataObject
) -> None:
    spelling, random = random_spelling(20), Random(len(texts))
    engine = exported(form).native(spelling=spelling)
    plain = [source(ids) for ids in texts]
    has_rare = form.attention != "none" and data.draw(st.booleans())
    own_sources = [with_rare_words(each, random) for each in plain] if has_rare else plain

    def own_sentences() -> list[Sentence[NativeSearch]]:
        return [Sentence(each, engine.new_search(options, len(each.ids) + 6)) for each in own_sources]

    alone = [run(engine.new_batch(), [each])[0] for each in own_sentences()]
    waiting = own_sentences()
    others = [sentence(engine, ids, replace(options, beam_size=5, n_best=1)) for ids in texts]
    batch = engine.new_batch()
    for own, other in zip(waiting, others, strict=True):
        batch.admit([own, other])
        if data.draw(st.booleans()):
            batch.interrupt()
            batch.step()
        if data.draw(st.booleans()):
            batch.drop(lambda each: each in others)
    while batch.sentences:
        batch.step()
    assert batch.rows == 0
    assert [each.search.hypotheses() for each in waiting] == alone


def test_the_longest_source_and_the_widest_beam_fit() -> None:
    engine = exported(FORMS[-1]).native()
    options = DecodingOptions(beam_size=64, n_best=64)
    (found,) = run(engine.new_batch(), [sentence(engine, [5, 6] * 256, options)])
    assert len(found) == 64
    scores = [each.score for each in found if each.reached_end]
    assert scores == sorted(scores, reverse=True)


def test_a_subword_that_the_model_lacks_is_refused() -> None:
    engine = exported(FORMS[0]).native()
    options = DecodingOptions(beam_size=1)
    for wrong in (Source([SOURCES]), Source([-1]), Source([5], [TARGETS]), Source([5], [-7])):
        batch = engine.new_batch()
        with pytest.raises(PackageCorrupt, match="subwords that the model lacks"):
            batch.admit([Sentence(wrong, engine.new_search(options, 5))])
        assert batch.rows == 0


def test_rows_that_do_not_exist_are_refused() -> None:
    engine = exported(FORMS[0]).native()
    batch = engine.new_batch()
    batch.admit([sentence(engine, [5], DecodingOptions(beam_size=1))] * 2)
    for rows in ([2], [-1], [1, 0]):
        with pytest.raises((PackageCorrupt, ValueError)):
            batch.select(rows)
    with pytest.raises(ValueError, match="1 tokens for 2 rows"):
        batch.feed([START_ID], 1)


def test_a_set_that_the_processor_lacks_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"'mmx', this processor has: .*portable"):
        Library(PATH, "mmx")
