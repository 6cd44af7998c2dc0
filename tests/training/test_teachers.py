"""What teachers make of the training text: the right pairs, none held out, none translated twice; the card says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli import main
from nmt.corpus import CorpusSpec, Direction, SentencePair, read_pairs
from nmt.errors import ConfigError
from nmt.runtime import ModelPackage, Translator
from nmt.training.export import Provenance, Trained, export_package
from nmt.training.prepare import Sources
from nmt.training.prepare_with_settings import prepare_with_settings
from nmt.training.presets import PRESETS, preset_for
from nmt.training.settings import Settings
from nmt.training.teachers import UNTAUGHT, Lesson, Teacher, lesson_of, lesson_preset, open_teachers, taught_preset

EN_XX = Direction("en", "xx")
SETTINGS = Settings.parse(["data.vocabulary_size=300"])


@pytest.fixture(scope="module")
def backward(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that translates back."""
    directory = tmp_path_factory.mktemp("models") / "xx-en"
    export_package(directory, trained, Provenance("xx-en", "xx", "en", "2026-01-01", "nmt train", ""))
    return directory


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"red cat {n} sleeps {m}\tKatze {n} und {m}\n" for n in range(9) for m in range(9)))
    return path


def lesson(text: Path, run: Path, *teachers: Teacher) -> Lesson:
    spec = CorpusSpec((text,), "tsv", None, weight=2.0, domain="zoo")
    return lesson_of(SETTINGS, Sources((spec,), EN_XX), run, teachers)


def pairs_of(spec: CorpusSpec) -> list[SentencePair]:
    return list(read_pairs(spec, EN_XX))


def test_each_pair_comes_once_as_it_is_and_once_from_each_teacher(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    taught = lesson(text, tmp_path / "run", *open_teachers([package, backward], EN_XX))
    own, there, back = map(pairs_of, taught.sources.train)
    held_out = [pair for spec in taught.sources.valid for pair in pairs_of(spec)]
    assert held_out == list(taught.untaught.valid_pairs)
    read = pairs_of(CorpusSpec((text,), "tsv"))
    assert {(pair.source, pair.target) for pair in (*own, *held_out)} == {(pair.source, pair.target) for pair in read}
    assert not {pair.source for pair in held_out} & {pair.source for pair in (*own, *there)}
    assert not {pair.target for pair in held_out} & {pair.target for pair in (*own, *back)}
    assert [pair.source for pair in there] == [pair.source for pair in own]
    assert [pair.target for pair in back] == [pair.target for pair in own]
    with Translator.load(package) as forwards, Translator.load(backward) as backwards:
        made = forwards.translate([pair.source for pair in own], beam_size=5)
        made_back = backwards.translate([pair.target for pair in own], beam_size=5)
    ended = {result.translations[0].reached_end for result in made}
    assert ended == {True, False}, "the teacher of this test should finish some sentences and not others"
    for pair, result in zip(there, made, strict=True):
        assert pair.target.split() == (result.text.split() if result.translations[0].reached_end else [])
    for pair, result in zip(back, made_back, strict=True):
        assert pair.source.split() == (result.text.split() if result.translations[0].reached_end else [])
    assert {(spec.weight, spec.domain) for spec in taught.sources.train} == {(2.0, "zoo")}


def test_a_translation_that_was_stopped_goes_on_and_one_that_ended_stays(
    package: Path, text: Path, tmp_path: Path
) -> None:
    run, teachers = tmp_path / "run", open_teachers([package], EN_XX)
    (made,) = lesson(text, run, *teachers).sources.train[1].paths
    whole, written = made.read_bytes(), made.stat().st_mtime_ns
    assert lesson(text, run, *teachers).sources.train[1].paths == (made,)
    assert made.stat().st_mtime_ns == written
    lines = whole.splitlines(keepends=True)
    made.write_bytes(b"kept\tas it is\n" + b"".join(lines[1:9]) + lines[9][:4])
    lesson(text, run, *teachers)
    assert made.read_bytes() == b"kept\tas it is\n" + b"".join(lines[1:])


def test_tabs_and_texts_that_are_too_long_for_a_teacher_do_no_harm(package: Path, tmp_path: Path) -> None:
    sources, targets = tmp_path / "text.en", tmp_path / "text.xx"
    lines = [f"cat {n}" for n in range(30)]
    sources.write_text("".join(f"{line}\n" for line in [*lines, "tree\tdog", "ü" * 300]))
    targets.write_text("".join(f"{line}\n" for line in [*lines, "Baum\tHund", "ü" * 300]))
    spec = CorpusSpec((sources, targets), "aligned")
    taught = lesson_of(SETTINGS, Sources((spec,), EN_XX), tmp_path / "run", open_teachers([package], EN_XX))
    own, made = map(pairs_of, taught.sources.train)
    assert [pair.source for pair in made] == [pair.source for pair in own]
    texts = {pair.source for pair in (*own, *taught.untaught.valid_pairs)}
    assert "tree dog" in texts or "tree\tdog" in texts
    assert [pair.target for pair in made if pair.source == "ü" * 300] in ([], [""])


def test_the_plan_goes_by_the_text_and_is_the_same_for_those_who_join_later(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    run, teachers = tmp_path / "run", open_teachers([package, backward], EN_XX)
    taught = lesson(text, run, *teachers)
    assert taught.preset == lesson_preset(SETTINGS, taught.sources, run, teachers)
    assert lesson_preset(SETTINGS, taught.sources, run, ()) is None
    _, settings = prepare_with_settings(SETTINGS, taught.sources, run, preset=taught.preset)
    plain = preset_for(81)
    assert settings.preset == taught.preset
    assert settings.training.max_updates == round(1.7 * float(plain.values["training.max_updates"]))
    assert settings.model["decoder_layers"] == 2


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_teachers_make_a_training_longer_and_no_model_smaller(preset: object) -> None:
    untaught = Settings().with_preset(preset)  # type: ignore[arg-type]
    more = [untaught.with_preset(taught_preset(untaught, teachers)) for teachers in (1, 4)]
    updates = [each.training.max_updates for each in (untaught, *more)]
    assert updates == sorted(set(updates))
    assert all(each.model["decoder_layers"] >= untaught.model["decoder_layers"] for each in more)


def test_a_teacher_of_other_languages_and_one_that_comes_twice_are_refused(package: Path, backward: Path) -> None:
    with pytest.raises(ConfigError, match="translates en to xx: expected en to de, or back"):
        open_teachers([package], Direction("en", "de"))
    with pytest.raises(ConfigError, match=r"is the same package as .*en-xx, of which nothing more can be learned"):
        open_teachers([package, backward, package], EN_XX)


def train(text: Path, tmp_path: Path, *more: object) -> Result:
    arguments = ["train", "--train", text, "--source", "en", "--target", "xx", "--output", tmp_path / "taught"]
    arguments += ["--run-dir", tmp_path / "run", "--threads", 1]
    for setting in ("data.vocabulary_size=300", "model.embedding_size=8", "model.encoder_hidden=8"):
        arguments += ["--set", setting]
    arguments += ["--set", "model.decoder_hidden=8", "--set", "training.max_updates=2", *more]
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_one_command_trains_with_teachers_and_goes_on(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    teachers = "--teacher", package, "--teacher", backward
    done = train(text, tmp_path, *teachers)
    assert done.exit_code == 0, done.output
    assert "preset `2k, taught`" in done.output
    manifest = ModelPackage.open(tmp_path / "taught").manifest
    version = ModelPackage.open(backward).manifest.version
    assert [(each.name, each.pairs) for each in manifest.corpora][::2] == [
        ("pairs.tsv", 81),
        (f"translations of the text above by xx-en {version} (xx to en)", 73),
    ]
    assert manifest.model["decoder_layers"] == 2
    again = train(text, tmp_path, *teachers, "--set", "training.max_updates=3")
    assert "going on from update 2" in again.output
    text.write_text("one\teins\n" * 20 + text.read_text())
    changed = train(text, tmp_path, *teachers, "--set", "training.max_updates=4")
    assert changed.exit_code == 1
    assert "the training there began with another corpus" in changed.output
    kept = train(text, tmp_path, *teachers, "--set", "training.max_updates=4", "--keep-corpus")
    assert "going on from update 3" in kept.output, kept.output
    alone = train(text, tmp_path, "--set", "training.max_updates=5")
    assert alone.exit_code == 1
    assert "the training there began with another corpus" in alone.output
    fresh = train(text, tmp_path, "--restart")
    assert fresh.exit_code == 0, fresh.output
    assert not (tmp_path / "run" / UNTAUGHT).exists()


def test_the_plan_with_teachers_is_shown_beforehand(package: Path, text: Path, tmp_path: Path) -> None:
    shown = train(text, tmp_path, "--teacher", package, "--dry-run")
    assert shown.exit_code == 0, shown.output
    said = " ".join(shown.output.split())
    assert "Teachers: 1, whose translations are up to 73 more pairs to train on." in said
    assert "model.decoder_layers │ 2 │ preset 2k, taught │" in said
    assert not (tmp_path / "run").exists()


def test_a_package_to_go_on_from_is_no_teacher(package: Path, text: Path, tmp_path: Path) -> None:
    done = train(text, tmp_path, "--from", package, "--teacher", package)
    assert done.exit_code == 1
    assert "--from goes on from a package, and --teacher is for a training from nothing" in done.output


def test_the_licences_of_what_teachers_learned_are_handed_on(package: Path, text: Path, tmp_path: Path) -> None:
    (teacher,) = open_teachers([package], EN_XX)
    corpora = lesson(text, tmp_path / "run", replace(teacher)).corpora(())
    assert [(each.pairs, each.licence) for each in corpora] == [(73, "not stated")]
