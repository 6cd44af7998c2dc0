"""Settings: who prevails over whom, and what is said of a value, a name or a file that cannot be."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from nmt.errors import ConfigError
from nmt.training.settings.overrides import NAMES, nested
from nmt.training.settings.presets import PRESETS
from nmt.training.settings.settings import Settings

SOME = ("data.vocabulary_size", "model.decoder_hidden", "training.max_updates", "training.patience")
LAYER = st.dictionaries(st.sampled_from(SOME), st.integers(1, 10**6).map(lambda number: 4 * number))


@examples(max_examples=50, deadline=None)
@given(LAYER, LAYER, st.none() | st.sampled_from(PRESETS))
def test_the_command_line_prevails_over_the_file_and_the_file_over_the_preset(
    in_file: dict[str, int], on_line: dict[str, int], preset: object
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mine.yaml"
        file.write_text(yaml.safe_dump(nested(in_file)))
        settings = Settings.parse([f"{name}={value}" for name, value in on_line.items()], file)
    defaults = Settings.parse([])
    if preset is not None:
        settings, defaults = settings.with_preset(preset), defaults.with_preset(preset)
    assert settings.values() == defaults.values() | in_file | on_line
    for name in SOME:
        origin = settings.origin(name)
        assert (origin == "--set") == (name in on_line)
        assert origin.startswith("mine.yaml line ") == (name in in_file and name not in on_line)
        if origin == defaults.origin(name):
            assert name not in on_line | in_file


def test_the_last_of_several_values_holds() -> None:
    settings = Settings.parse(["training.patience=3", 'model.dropout={"hidden": 0.1}', "training.patience=4"])
    assert settings.training.patience == 4
    assert settings.model_config(9, 9).dropout.hidden == 0.1


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_takes_its_own_value(name: str) -> None:
    value = Settings.parse([]).values()[name]
    assert Settings.parse([f"{name}={str(value).lower()}"]).values()[name] == value


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.max_updats=5", r"--set: there is no setting training\.max_updats; did you mean .*max_updates"),
        ("model.learning_rate=1", r"there is no setting model\.learning_rate; did you mean training\.learning_rate\?"),
        ("model.source_vocabulary=9", "there is no setting model.source_vocabulary"),
        ("model.dropout=0.3", r"model\.dropout is a group of settings; set one of model\.dropout\.kind, "),
        ("training.max_updates=true", r"--set: training\.max_updates: expected a number, found True"),
        ("data.joint=1", r"--set: data\.joint: expected true or false, found 1"),
        ("data.vocabulary_size=null", r"data\.vocabulary_size: Input should be a valid integer, found None"),
        ("training.batch_tokens=0", r"--set: training\.batch_tokens: batch_tokens is 0, allowed: 1 or more"),
        ("training.learning_rate=Infinity", r"--set: training\.learning_rate: expected a finite number, found inf"),
        ("training.seed=-3", r"--set: training\.seed: seed is -3, allowed: 0 or more"),
        ("data.held_out=0", r"--set: data\.held_out is 0, allowed: 1 or more"),
        ("model.dropout.hidden=1", r"--set: model\.dropout\.hidden: dropout\.hidden is 1\.0, allowed: \[0, 1\)"),
    ],
)
def test_what_cannot_be_set_is_named_with_its_value_and_what_could(override: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Settings.parse([override])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("training:\n  patience: 3\n  patiense: 4\n", r" line 3: there is no setting training\.patiense; did you mean"),
        (
            "training:\n  max_updates: many\n",
            r" line 2: training\.max_updates: Input should be.*'many'",
        ),
        ("training:\n  max_updates: yes\n", r" line 2: training\.max_updates: expected a number, found True"),
        ("training:\n  max_updates: [1, 2]\n", r" line 2: training\.max_updates takes one value, found a list"),
        ("training:\n  max_updates: {a: 2}\n", r" line 2: training\.max_updates takes one value"),
        ("data:\n  seed: 2024-13-45\n", r": a value cannot be read \(month must be"),
        ("data:\n  seed: 2024-12-04\n", r" line 2: data\.seed: Input should be a valid integer"),
        ("data:\n  seed: !!python/name:os.system\n", r" line 2: not YAML \(could not determine a constructor"),
        (
            "data:\n  seed: 1\nmodel: {}\ndata: {seed: 2}\n",
            r" line 4: data\.seed is set a second time, .* line 2",
        ),
        ("model:\n  dropout: 0.3\n", r" line 2: expected settings in the groups data, model, training"),
        ("? [a, b]\n: 3\n", r" line 1: expected the name of a setting, found a sequence"),
        ("- max_updates: 3\n", r" line 1: expected settings in the groups"),
        ("max_updates: 3\n", r" line 1: there is no setting max_updates; did you mean training\.max_updates\?"),
        ("data: &again\n  seed: 1\n  more: *again\n", r" line 1: there is no setting data\.more"),
        ("training:\n  max_updates: 3\n patience: 2\n", r" line 3: not YAML \(.*\); write settings as `name: value`"),
        ("training:\n\tmax_updates: 3\n", r" line 2: not YAML"),
        ("a: 1\n---\nb: 2\n", r" line 2: not YAML"),
        ("seed: \x00\n", r": not YAML \(.*special characters"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"mine\.yaml" + message):
        Settings.parse([], file)


@pytest.mark.parametrize("text", ["", "# nothing\n", "training:\n  # max_updates: 3\nmodel:\n  dropout:\n"])
def test_a_file_need_not_set_anything(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    assert Settings.parse([], file) == Settings.parse([])


def test_numbers_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("training:\n  learning_rate: 1e-3\n  max_updates: 2e4\n  clip_norm: 5\n")
    training = Settings.parse([], file).training
    assert (training.learning_rate, training.max_updates, training.clip_norm) == (0.001, 20_000, 5.0)


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes("# für mich\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"mine\.yaml: cannot be read .* give a YAML file in UTF-8"):
        Settings.parse([], file)
