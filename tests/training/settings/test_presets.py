"""The table of presets: complete, in order, and with values that can be trained with."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from nmt.model import Seq2Seq
from nmt.training.settings.overrides import NAMES
from nmt.training.settings.presets import PRESETS, Preset, preset_for
from nmt.training.settings.settings import Settings


def parameters(preset: Preset) -> int:
    settings = Settings.parse([]).with_preset(preset)
    with torch.device("meta"):
        return Seq2Seq(settings.model_config(*2 * (settings.data.vocabulary_size,)), 0).parameter_count()


def ordered(values: list[float]) -> bool:
    return all(first <= second for first, second in pairwise(values))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_can_be_trained_with(preset: Preset) -> None:
    settings = Settings.parse([]).with_preset(preset)
    values = settings.values()
    assert {name: values[name] for name in preset.values} == preset.values
    assert settings.training.warmup_updates + settings.training.evaluate_every < settings.training.max_updates
    assert preset.why


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_sets_nothing_that_decides_which_pairs_there_are(preset: Preset) -> None:
    before_counting = {name for name in NAMES if name.startswith("data.") and name != "data.vocabulary_size"}
    assert set(preset.values) <= set(NAMES) - before_counting


def test_more_text_gets_a_larger_model_more_updates_and_less_against_overfitting() -> None:
    assert ordered([parameters(preset) for preset in PRESETS])
    for name in ("data.vocabulary_size", "training.max_updates", "training.batch_tokens"):
        assert ordered([preset.values[name] for preset in PRESETS]), name
    for name in ("model.dropout.word", "model.dropout.embedding", "model.dropout.hidden"):
        assert ordered([-preset.values[name] for preset in PRESETS]), name


def test_limits_rise_and_belong_to_the_smaller_preset() -> None:
    limits = [preset.up_to for preset in PRESETS]
    assert limits.pop() is None
    assert ordered(limits)
    for smaller, larger in pairwise(PRESETS):
        assert (preset_for(smaller.up_to), preset_for(smaller.up_to + 1)) == (smaller, larger)


@pytest.mark.parametrize(
    ("pairs", "name"), [(1, "2k"), (2_000, "2k"), (29_000, "30k"), (200_000, "200k"), (2_000_000, "2m"), (10**9, "2m")]
)
def test_a_corpus_gets_the_preset_made_for_its_size(pairs: int, name: str) -> None:
    assert preset_for(pairs).name == name
