"""Language models in the compiled decoder, against the graphs that they were exported as."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from random_language_models import (
    LANGUAGE_FORMS,
    UNWRITTEN,
    WORDS,
    ExportedLanguageModel,
    LanguageForm,
    exported_language_model,
)

from nmt.errors import PackageCorrupt
from nmt.runtime.native import NativeLanguageModel
from nmt.runtime.native.language_weights import known_language_shape
from nmt.runtime.native.library import PATH, Library, installed_library

if installed_library() is None:
    pytest.skip("the decoder was not compiled here", allow_module_level=True)

SETS = Library(PATH).instruction_sets
WHOLE = exported_language_model(LanguageForm("lstm", layers=2))


def drawn_symbols(steps: int, rows: int, seed: int = 0) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, WORDS, (steps, rows))


def start(model: NativeLanguageModel, rows: int) -> tuple[NDArray[np.float32], ...]:
    return tuple(np.zeros((rows, size), dtype=np.float32) for size in model.state_sizes)


@pytest.mark.parametrize("form", LANGUAGE_FORMS, ids=str)
def test_log_probabilities_are_those_of_the_graph(form: LanguageForm) -> None:
    """All but those of steps in which a number midway between two of its 256 steps was rounded the other way."""
    native, onnx = exported_language_model(form).native(), exported_language_model(form).onnx()
    assert native.state_sizes == onnx.state_sizes
    symbols = drawn_symbols(20, 3)
    (found, after), (expected, state) = native.read(symbols, start(native, 3)), onnx.read(symbols, start(native, 3))
    differences = np.abs(found - expected).max(axis=2)
    if form.precision == "float32":
        assert differences.max() < 1e-5
        assert all(np.abs(one - other).max() < 1e-5 for one, other in zip(after, state, strict=True))
    else:
        assert np.median(differences) < 1e-5
        assert differences.max() < 0.2


@given(
    form=st.sampled_from(LANGUAGE_FORMS), steps=st.integers(1, 70), rows=st.sampled_from([1, 2, 5, 70]),
    top_p=st.sampled_from([0.3, 0.9, 1.0]), seed=st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_every_instruction_set_gives_the_same_bytes(
    form: LanguageForm, steps: int, rows: int, top_p: float, seed: int
) -> None:
    symbols, uniforms = drawn_symbols(steps, rows, seed), np.random.default_rng(seed).random(steps)
    results = []
    for name in SETS:
        model = exported_language_model(form).native(Library(PATH, name))
        log_probs, after = model.read(symbols, start(model, rows))
        ids, state = model.sample(3, start(model, 1), uniforms, 0.8, top_p)
        results.append([log_probs.tobytes(), ids, *(tensor.tobytes() for tensor in (*after, *state))])
    assert all(each == results[0] for each in results)


@given(
    form=st.sampled_from(LANGUAGE_FORMS), rows=st.sampled_from([1, 3, 64, 65]), lengths=st.tuples(
        st.integers(1, 70), st.integers(1, 70)
    ),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_neither_the_other_rows_nor_the_calls_change_a_score(
    form: LanguageForm, rows: int, lengths: tuple[int, int]
) -> None:
    model = exported_language_model(form).native()
    symbols = drawn_symbols(sum(lengths) + 1, rows)
    log_probs, whole = model.read(symbols[:-1], start(model, rows))
    first, state = model.score(symbols[: lengths[0]], symbols[1 : lengths[0] + 1], start(model, rows))
    second, state = model.score(symbols[lengths[0] : -1], symbols[lengths[0] + 1 :], state)
    expected = np.take_along_axis(log_probs, symbols[1:, :, None], axis=2)[..., 0]
    assert (np.concatenate((first, second)) == expected).all()
    assert all((one == other).all() for one, other in zip(state, whole, strict=True))
    alone, _ = model.read(symbols[:-1, -1:], start(model, 1))
    assert (alone[:, 0] == log_probs[:, -1]).all()


@pytest.mark.parametrize("form", LANGUAGE_FORMS, ids=str)
def test_a_sample_is_what_its_own_log_probabilities_allow_and_the_state_is_that_of_reading_it(
    form: LanguageForm,
) -> None:
    model = exported_language_model(form).native()
    uniforms = np.random.default_rng(1).random(50)
    ids, state = model.sample(5, start(model, 1), uniforms, 1.0, 1.0)
    assert not set(ids) & set(UNWRITTEN)
    log_probs, after = model.read(np.array([5, *ids[:-1]])[:, None], start(model, 1))
    assert all((one == other).all() for one, other in zip(state, after, strict=True))
    p = np.exp(log_probs[:, 0].astype(np.float64))
    p[:, list(UNWRITTEN)] = 0.0
    below = np.array([each[:number].sum() / each.sum() for each, number in zip(p, ids, strict=True)])
    above = np.array([each[: number + 1].sum() / each.sum() for each, number in zip(p, ids, strict=True)])
    assert ((below <= uniforms + 1e-6) & (uniforms - 1e-6 <= above)).all()


@pytest.mark.parametrize("spoilt", [-1, WORDS, 2**31 - 1])
def test_a_symbol_that_the_model_does_not_have_is_refused(spoilt: int) -> None:
    model = WHOLE.native()
    with pytest.raises(ValueError, match=f"a symbol outside the {WORDS}"):
        model.read(np.array([[1], [spoilt]]), start(model, 1))
    with pytest.raises(ValueError, match=f"a symbol outside the {WORDS}"):
        model.score(np.array([[1]]), np.array([[spoilt]]), start(model, 1))
    with pytest.raises(ValueError, match=f"a symbol outside the {WORDS}"):
        model.sample(spoilt, start(model, 1), np.array([0.5]), 1.0, 1.0)


@pytest.mark.parametrize(
    "arrays",
    [
        {name: value for name, value in WHOLE.arrays.items() if name != "input"},
        {**WHOLE.arrays, "embedding": WHOLE.arrays["embedding"][:-1]},
        {**WHOLE.arrays, "bias": WHOLE.arrays["bias"].astype(np.int64)},
    ],
    ids=range(3),
)
def test_arrays_that_contradict_the_manifest_are_refused(arrays: dict[str, Any]) -> None:
    with pytest.raises(PackageCorrupt, match=r"arrays\.npz: .*the manifest says"):
        replace(WHOLE, arrays=arrays).weights()


@pytest.mark.parametrize("change", [{"layers": 3}, {"hidden": 48}, {"cell": "gru"}, {"precision": "float32"}])
def test_a_graph_that_contradicts_the_manifest_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PackageCorrupt, match=r"read\.onnx: its layers are not those of the manifest"):
        replace(WHOLE, shape=WHOLE.shape.model_copy(update=change)).weights()


@pytest.mark.parametrize("size", [0, 1, 40, 1000, -1, -400])
def test_a_graph_that_is_cut_is_refused(size: int) -> None:
    spoilt: ExportedLanguageModel = replace(WHOLE, graph=WHOLE.graph[:size])
    with pytest.raises(PackageCorrupt, match=r"read\.onnx: "):
        spoilt.weights()


@pytest.mark.parametrize("change", [{"cell": "qrnn"}, {"precision": "int4"}, {"layers": "many"}])
def test_what_the_compiled_decoder_does_not_know_is_left_to_onnx_runtime(change: dict[str, Any]) -> None:
    assert known_language_shape({**WHOLE.shape.model_dump(), **change}) is None
