from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt, PackageNotFound
from nmt.language_model import LanguageModel, SampleOptions, score_text
from nmt.runtime.native.library import SETTING, installed_library
from nmt.training.language_model.network import RecurrentLanguageModel

Made = tuple[LanguageModel, RecurrentLanguageModel]
Make = Callable[..., Made]


def log_probs_of(model: RecurrentLanguageModel, ids: NDArray[np.int64]) -> NDArray[np.float32]:
    """The log probabilities (T, R, V) that torch computes for ids (T, R)."""
    with torch.no_grad():
        logits, _ = model(torch.from_numpy(ids.T), model.start(ids.shape[1]))
    found: NDArray[np.float32] = torch.log_softmax(logits, dim=2).numpy().transpose(1, 0, 2)
    return found


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize(("int8", "tolerance"), [(False, 1e-5), (True, 0.25)])
def test_the_runtime_computes_what_torch_does(make: Make, cell: str, layers: int, int8: bool, tolerance: float) -> None:
    loaded, model = make(f"cell={cell}", f"layers={layers}", int8=int8)
    ids = np.random.default_rng(0).integers(0, loaded.symbols.size, (30, 3))
    found, _ = loaded.read(ids, loaded.start(3))
    np.testing.assert_allclose(found, log_probs_of(model, ids), atol=tolerance)


def test_steps_equal_reading_at_once_and_rows_can_be_reordered(make: Make) -> None:
    loaded, _ = make()
    ids = np.random.default_rng(0).integers(0, loaded.symbols.size, (6, 2))
    whole, _ = loaded.read(ids, loaded.start(2))
    state = loaded.start(2)
    for step in range(5):
        found, state = loaded.step(ids[step], state)
        np.testing.assert_allclose(found, whole[step], atol=1e-5)
    swapped, _ = loaded.step(ids[5, ::-1], tuple(tensor[::-1] for tensor in state))
    np.testing.assert_allclose(swapped[::-1], whole[5], atol=1e-5)


def test_the_score_of_a_text_is_that_of_its_symbols_and_the_line_break_after_it(make: Make) -> None:
    loaded, model = make()
    texts = ["bad cab", "", "a", "face" * 30]
    for text, found in zip(texts, loaded.score(texts), strict=True):
        ids = loaded.symbols.encode(f"\n{text}\n")
        expected = log_probs_of(model, ids[:-1, None])[np.arange(len(text) + 1), 0, ids[1:]]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_score_of_a_long_text_does_not_depend_on_its_blocks(make: Make) -> None:
    loaded, model = make()
    text = "a bad cab\nfed a dead hedge\n" * 90
    ids = loaded.symbols.encode("\n" + text)
    expected = -log_probs_of(model, ids[:-1, None])[np.arange(len(text)), 0, ids[1:]].sum()
    for size in (len(text), 7):
        blocks = [text[start : start + size] for start in range(0, len(text), size)]
        found = score_text(loaded, blocks)
        assert found is not None
        assert (found.characters, found.symbols, found.unknown) == (len(text), len(text), 0)
        assert found.nats == pytest.approx(expected, rel=1e-5)
        assert found.bits_per_character == pytest.approx(expected / np.log(2) / len(text), rel=1e-5)


def test_probabilities_of_all_lines_of_a_length_sum_to_less_than_one(make: Make) -> None:
    loaded, _ = make()
    alphabet = "abcdefgh "
    pairs = [first + second for first in alphabet for second in alphabet]
    total = sum(np.exp(found.sum()) for found in loaded.score(["", *alphabet, *pairs]))
    assert 0.0 < total < 1.0


@pytest.mark.parametrize("top_p", [1.0, 0.8])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_seeded_sample_repeats_and_another_seed_differs(make: Make, top_p: float, cell: str) -> None:
    loaded, _ = make(f"cell={cell}")
    texts = ["".join(loaded.sample("abc", 400, SampleOptions(1.0, top_p, seed))) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) == 400


def test_a_longer_sample_begins_with_the_shorter_one(make: Make) -> None:
    loaded, _ = make()
    short, long = ("".join(loaded.sample("a", length, SampleOptions(seed=3))) for length in (5, 300))
    assert long.startswith(short)


def test_temperature_zero_takes_the_most_probable_symbol(make: Make) -> None:
    loaded, _ = make()
    text = "".join(loaded.sample("ab", 20, SampleOptions(temperature=0.0)))
    ids = loaded.symbols.encode("\nab" + text)
    log_probs, _ = loaded.read(ids[:-1, None], loaded.start())
    best = np.delete(log_probs[2:, 0], 0, axis=1).argmax(axis=1) + 1  # the unknown character is never written
    assert best.tolist() == ids[3:].tolist()


@pytest.mark.parametrize("temperature", [1.0, 0.5, 2.0])
def test_samples_have_the_frequencies_of_the_model(make: Make, temperature: float) -> None:
    loaded, _ = make()
    draws = [next(iter(loaded.sample("abc", 1, SampleOptions(temperature, seed=seed)))) for seed in range(600)]
    log_probs, _ = loaded.read(loaded.symbols.encode("\nabc")[:, None], loaded.start())
    expected = np.exp(log_probs[-1, 0, 1:] / temperature)
    expected /= expected.sum()
    counts = np.array([draws.count(loaded.symbols.decode([number])) for number in range(1, loaded.symbols.size)])
    # Within four standard deviations of a binomial count.
    assert (np.abs(counts - 600 * expected) < 4 * np.sqrt(600 * expected * (1 - expected)) + 1).all()


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_where_nothing_was_compiled_onnx_runtime_gives_the_same(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    loaded, _ = make(f"cell={cell}")
    monkeypatch.setenv(SETTING, "none")
    other = LanguageModel.load(tmp_path / "package")
    for one, same in zip(loaded.score(["bad cab", ""]), other.score(["bad cab", ""]), strict=True):
        np.testing.assert_allclose(one, same, atol=1e-5)
    options = SampleOptions(0.9, 0.8, 4)
    assert "".join(other.sample("abc", 60, options)) == "".join(loaded.sample("abc", 60, options))


def test_format_7_with_graphs_that_sample_is_read(make: Make, tmp_path: Path) -> None:
    loaded, _ = make(int8=True)
    graph = b"a graph that nothing reads"
    (tmp_path / "package" / "sample.onnx").write_bytes(graph)
    path = tmp_path / "package" / "manifest.json"
    manifest = json.loads(path.read_text())
    files = {**manifest["files"], "sample.onnx": hashlib.sha256(graph).hexdigest()}
    path.write_text(json.dumps({**manifest, "format_version": 7, "files": files}))
    assert (LanguageModel.load(tmp_path / "package").score(["bad cab"])[0] == loaded.score(["bad cab"])[0]).all()


def test_a_damaged_file_is_named(make: Make, tmp_path: Path) -> None:
    make()
    path = tmp_path / "package" / "read.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(PackageCorrupt, match=r"read\.onnx: SHA-256 is"):
        LanguageModel.load(tmp_path / "package")


def test_a_missing_file_is_named(make: Make, tmp_path: Path) -> None:
    make()
    (tmp_path / "package" / "vocabulary").unlink()
    with pytest.raises(PackageCorrupt, match=r"vocabulary: listed in manifest\.json but missing"):
        LanguageModel.load(tmp_path / "package")


def test_a_newer_format_asks_for_an_upgrade(make: Make, tmp_path: Path) -> None:
    make()
    path = tmp_path / "package" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format_version": 99}))
    with pytest.raises(PackageCorrupt, match=r"package format 99.*upgrade"):
        LanguageModel.load(tmp_path / "package")


def test_a_package_of_another_kind_and_none_at_all_are_told_apart(make: Make, tmp_path: Path) -> None:
    make()
    path = tmp_path / "package" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "kind": "translator"}))
    with pytest.raises(PackageNotFound, match="translator, not of a language-model"):
        LanguageModel.load(tmp_path / "package")
    with pytest.raises(PackageNotFound, match="nmt lm train"):
        LanguageModel.load(tmp_path / "nothing")


@pytest.mark.skipif(installed_library() is None, reason="the decoder was not compiled here")
def test_scoring_and_sampling_need_neither_torch_nor_onnx_runtime(make: Make, tmp_path: Path) -> None:
    make()
    code = f"""
import sys
sys.modules["torch"] = sys.modules["onnx"] = sys.modules["onnxruntime"] = None
from nmt.language_model import LanguageModel
model = LanguageModel.load({str(tmp_path / "package")!r})
print(len(model.score(["abc"])[0]), len("".join(model.sample("a", 9))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("4 9\n", "")
