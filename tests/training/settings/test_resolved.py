"""The plan of a training: settings completed by a preset, kept with the run, and the same when they are read again."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from nmt.errors import CheckpointError
from nmt.training.settings.presets import PRESETS, preset_for
from nmt.training.settings.resolved import preset_summary, resolved_settings, settings_text, write_resolved_settings
from nmt.training.settings.settings import Settings

RUN_DIRECTORY_OF_NOTHING = Path("nowhere")


@examples(max_examples=30, deadline=None)
@given(
    st.integers(1, 3_000_000),
    st.sets(
        st.sampled_from(
            [
                "data.joint=false",
                "data.cleaning.max_ratio=2.5",
                "model.dropout.kind=standard",
                "model.tie=none",
                "training.learning_rate=1e-05",
                "training.clip_norm=5",
                "training.precision=float32",
                "training.max_updates=7",
            ]
        )
    ),
)
def test_settings_that_were_stored_and_read_again_are_the_same_training(
    tmp_path_factory: pytest.TempPathFactory, pairs: int, overrides: set[str]
) -> None:
    settings = resolved_settings(Settings.parse(sorted(overrides)), pairs, RUN_DIRECTORY_OF_NOTHING)
    stored = tmp_path_factory.mktemp("run") / "settings.yaml"
    stored.write_text(settings_text(settings))
    again = resolved_settings(Settings.parse([], stored), pairs, RUN_DIRECTORY_OF_NOTHING)
    assert again.data == settings.data
    assert again.model_config(300, 300).to_dict() == settings.model_config(300, 300).to_dict()
    assert again.training == settings.training
    assert repr(again.values()) == repr(settings.values())  # 1 and 1.0 have different fingerprints


def test_settings_stored_by_a_version_that_knew_fewer_are_what_they_were(tmp_path: Path) -> None:
    stored = tmp_path / "settings.yaml"
    text = settings_text(resolved_settings(Settings(), 4_000, RUN_DIRECTORY_OF_NOTHING))
    assert "\n  lexical: true" in text
    stored.write_text("\n".join(line for line in text.splitlines() if "lexic" not in line))
    again = resolved_settings(Settings.parse(["training.patience=3"], stored), 4_000, RUN_DIRECTORY_OF_NOTHING)
    assert (again.model_config(300, 300).lexical, again.training.begin_from_lexicon) == (False, False)
    assert again.training.guided_alignment == 1
    assert again.training.patience == 3
    assert again.origin("model.lexical") == "default, not in settings.yaml"


def test_stored_settings_can_come_through_a_pipe() -> None:
    stored = settings_text(resolved_settings(Settings.parse(["model.lexical=false"]), 4_000, RUN_DIRECTORY_OF_NOTHING))
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as stream:
        stream.write(stored.replace("  lexical: false  # --set\n", ""))
        stream.close()
        settings = Settings.parse([], Path(f"/dev/fd/{reading}"))
    again = resolved_settings(settings, 100, RUN_DIRECTORY_OF_NOTHING)
    assert not again.model_config(300, 300).lexical
    assert again.data.vocabulary_size == preset_for(4_000).values["data.vocabulary_size"]


def test_stored_settings_say_where_each_comes_from() -> None:
    settings = resolved_settings(Settings.parse(["training.patience=3"]), 29_000, RUN_DIRECTORY_OF_NOTHING)
    text = settings_text(settings)
    assert f"# Preset 30k: {preset_for(29_000).why}.\n" in text
    assert "\n  patience: 3  # --set\n" in text
    assert "\n  vocabulary_size: 8000  # preset 30k\n" in text
    assert "\n  dropout:\n    kind: variational\n    word: 0.0  # preset 30k\n" in text


def test_the_line_for_people_counts_what_is_set_otherwise() -> None:
    settings = Settings.parse(["model.dropout.word=0.2", "training.patience=3"])
    line = preset_summary(resolved_settings(settings, 29_000, RUN_DIRECTORY_OF_NOTHING), 29_000)
    assert line.startswith("29,000 pairs: preset `30k` (1 of its 20 settings are set otherwise): ")


def test_a_training_keeps_the_preset_that_it_began_with(tmp_path: Path) -> None:
    of_an_older_version = replace(PRESETS[0], values={"data.vocabulary_size": 777}, why="it was so")
    settings = Settings.parse(["training.patience=3"])
    write_resolved_settings(settings.with_preset(of_an_older_version), tmp_path)
    assert resolved_settings(settings, 100, tmp_path).preset == PRESETS[0]  # it has not begun
    (tmp_path / "last.safetensors").write_bytes(b"a checkpoint")
    assert resolved_settings(settings, 100, tmp_path) == settings.with_preset(of_an_older_version)
    (tmp_path / "preset.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"preset\.json: cannot be read .*--settings .*--restart"):
        resolved_settings(settings, 100, tmp_path)
