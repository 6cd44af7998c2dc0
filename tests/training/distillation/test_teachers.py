"""What teachers make of the training text: the right pairs, none held out, none translated twice; the card says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.corpus import CorpusSpec, Direction, SentencePair, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.errors import ConfigError
from nmt.runtime import ModelPackage, Translator
from nmt.training.data.prepare import Sources
from nmt.training.distillation.corpus import (
    DistillationCorpus,
    distillation_corpus,
    distillation_preset,
    student_preset,
)
from nmt.training.distillation.teachers import Teacher, open_teachers
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.run.files import DISTILLATION_CORPUS
from nmt.training.settings.presets import PRESETS, Preset, preset_for
from nmt.training.settings.settings import Settings

EN_XX = Direction("en", "xx")
SETTINGS = Settings.parse(["data.vocabulary_size=300"])


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"red cat {n} sleeps {m}\tKatze {n} und {m}\n" for n in range(9) for m in range(9)))
    return path


def opened(*paths: Path) -> tuple[Teacher, ...]:
    return open_teachers(paths, EN_XX, Path("elsewhere"))


def lesson(text: Path, run: Path, *teachers: Teacher) -> DistillationCorpus:
    spec = CorpusSpec((text,), "tsv", None, weight=2.0, domain="zoo")
    return distillation_corpus(SETTINGS, Sources((spec,), EN_XX), run, teachers)


def pairs_of(spec: CorpusSpec) -> list[SentencePair]:
    return list(read_pairs(spec, EN_XX))


def test_each_pair_comes_once_as_it_is_and_once_from_each_teacher(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    teachers = opened(package, backward)
    taught = lesson(text, tmp_path / "run", *teachers)
    own, *made_by = map(pairs_of, taught.sources.train)
    there, back = made_by if teachers[0].is_forward else made_by[::-1]
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
    run, teachers = tmp_path / "run", opened(package)
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
    held_out = tmp_path / "valid.tsv"
    held_out.write_text("blue dog\tHund\n")
    lines = [f"cat {n}" for n in range(30)]
    # A subword a letter for the text's own vocabulary, two bytes a letter for the teacher's.
    long = "ü" * 300
    sources.write_text("".join(f"{line}\n" for line in [*lines, "tree\tdog", long]))
    targets.write_text("".join(f"{line}\n" for line in [*lines, "Baum\tHund", long]))
    given = Sources((CorpusSpec((sources, targets), "aligned"),), EN_XX, (CorpusSpec((held_out,), "tsv"),))
    settings = Settings.parse(["data.vocabulary_size=300", "data.max_subwords=400"])
    own, made = map(pairs_of, distillation_corpus(settings, given, tmp_path / "run", opened(package)).sources.train)
    assert [pair.source for pair in own] == [*lines, "tree dog", long]
    assert [pair.source for pair in made] == [pair.source for pair in own]
    assert made[-1].target == ""
    assert any(pair.target for pair in made)


def test_the_plan_goes_by_the_text_and_is_the_same_for_those_who_join_later(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    run, teachers = tmp_path / "run", opened(package, backward)
    taught = lesson(text, run, *teachers)
    assert taught.preset == distillation_preset(run)
    assert distillation_preset(tmp_path) is None
    _, settings = prepare_with_settings(SETTINGS, taught.sources, run, preset=taught.preset)
    plain = preset_for(81)
    assert settings.preset == taught.preset
    assert settings.training.max_updates == round(1.7 * float(plain.values["training.max_updates"]))
    assert settings.model["decoder_layers"] == 2


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_teachers_make_a_training_longer_and_no_model_smaller(preset: Preset) -> None:
    untaught = Settings().with_preset(preset)
    more = [untaught.with_preset(student_preset(untaught, teachers)) for teachers in (1, 4)]
    updates = [each.training.max_updates for each in (untaught, *more)]
    assert updates == sorted(set(updates))
    assert all(each.model["decoder_layers"] >= untaught.model["decoder_layers"] for each in more)


def test_other_languages_the_same_teacher_twice_and_one_to_be_replaced_are_refused(
    package: Path, backward: Path
) -> None:
    with pytest.raises(ConfigError, match="translates en to xx: expected en to de, or back"):
        open_teachers([package], Direction("en", "de"), Path("elsewhere"))
    with pytest.raises(ConfigError, match=r"is the same package as .*en-xx, of which nothing more can be learned"):
        opened(package, backward, package)
    with pytest.raises(ConfigError, match=r"--output .*xx-en would replace a teacher"):
        open_teachers([package, backward], EN_XX, backward)


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
    text.write_text(text.read_text() + "red cat\t\n")
    teachers = "--teacher", package, "--teacher", backward
    done = train(text, tmp_path, *teachers)
    assert done.exit_code == 0, done.output
    assert "82 pairs read, 81 kept" in done.output
    unwrapped = "".join(done.output.split())
    assert f"left out 1: one side is empty (first: {text} line 82)".replace(" ", "") in unwrapped
    assert "with what teachers made of 73 training pairs:" in done.output
    assert "81 pairs: preset `2k, taught`" not in done.output
    assert "73 pairs: preset `2k, taught`" in done.output
    manifest = ModelPackage.open(tmp_path / "taught").manifest
    versions = [ModelPackage.open(path).manifest.version for path in (package, backward)]
    card = {(each.name, each.pairs, each.licence, each.attribution) for each in manifest.corpora}
    assert card == {
        ("pairs.tsv", 82, "not stated", ""),
        (f"translations of the text above by en-xx {versions[0]} (en to xx)", 73, "not stated", ""),
        (f"translations of the text above by xx-en {versions[1]} (xx to en)", 73, "CC-BY 2.0; MPL-2.0", "Ada; Bo"),
    }
    assert manifest.model["decoder_layers"] == 2
    again = train(text, tmp_path, *teachers[2:], *teachers[:2], "--set", "training.max_updates=3")
    assert "going on from update 2" in again.output
    text.write_text("one\teins\n" * 20 + text.read_text())
    changed = train(text, tmp_path, *teachers, "--set", "training.max_updates=4")
    assert changed.exit_code == 1
    assert f"the training there began with another corpus: {text}: was" in changed.output
    kept = train(text, tmp_path, *teachers, "--set", "training.max_updates=4", "--keep-corpus")
    assert "going on from update 3" in kept.output, kept.output


def test_a_training_goes_on_with_the_teachers_it_began_with(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    assert train(text, tmp_path, "--teacher", package).exit_code == 0
    files = set((tmp_path / "run" / "untaught").iterdir())
    version = ModelPackage.open(package).manifest.version
    for more in ((), ("--teacher", package, "--teacher", backward)):
        for other in ((), ("--keep-corpus",), ("--dry-run",)):
            refused = train(text, tmp_path, *more, *other)
            assert refused.exit_code == 1
            assert f"began taught by en-xx {version} (en to xx), and this one is" in " ".join(refused.output.split())
    assert set((tmp_path / "run" / "untaught").iterdir()) == files
    assert train(text, tmp_path, "--restart").exit_code == 0
    assert not (tmp_path / "run" / DISTILLATION_CORPUS).exists()
    refused = train(text, tmp_path, "--teacher", package)
    assert refused.exit_code == 1
    assert "began without --teacher" in refused.output
    made = next(path for path in files if path.name.endswith(f".{version}.tsv"))
    written = made.stat().st_mtime_ns
    assert train(text, tmp_path, "--restart", "--teacher", package).exit_code == 0
    assert made.stat().st_mtime_ns == written, "what was translated is not translated again"


def test_a_lesson_that_no_training_began_with_binds_none(package: Path, text: Path, tmp_path: Path) -> None:
    spec = CorpusSpec((text,), "tsv")
    distillation_corpus(SETTINGS, Sources((spec,), EN_XX), tmp_path / "run", opened(package))
    assert train(text, tmp_path).exit_code == 0
    longer = train(text, tmp_path, "--set", "training.max_updates=3")
    assert "going on from update 2" in longer.output, longer.output


def test_text_that_differs_in_characters_alone_is_translated_anew(package: Path, text: Path, tmp_path: Path) -> None:
    run, teachers = tmp_path / "run", opened(package)
    text.write_text(text.read_text().replace("Katze", "Fa\u0163\u0103"))
    before = lesson(text, run, *teachers)
    text.write_text(text.read_text().replace("\u0163", "\u021b"))
    after = lesson(text, run, *teachers)
    assert before.untaught.fingerprint() == after.untaught.fingerprint(), "the ids should be the same in this test"
    assert all("\u021b" in pair.target for pair in pairs_of(after.sources.train[0]))


def test_another_vocabulary_needs_no_other_translations(package: Path, text: Path, tmp_path: Path) -> None:
    run, teachers = tmp_path / "run", opened(package)
    before = lesson(text, run, *teachers)
    (made,) = before.sources.train[1].paths
    written = made.stat().st_mtime_ns
    settings = Settings.parse(["data.vocabulary_size=290"])
    after = distillation_corpus(settings, Sources((CorpusSpec((text,), "tsv"),), EN_XX), run, teachers)
    assert after.untaught.fingerprint() != before.untaught.fingerprint()
    assert after.sources.train[1].paths == (made,)
    assert made.stat().st_mtime_ns == written


def test_a_source_of_which_nothing_is_left_is_passed_over(package: Path, text: Path, tmp_path: Path) -> None:
    done = train(text, tmp_path, "--train", text, "--teacher", package)
    assert done.exit_code == 0, done.output
    assert [each.pairs for each in ModelPackage.open(tmp_path / "taught").manifest.corpora] == [81, 81, 73]


def test_a_package_that_is_replaced_meanwhile_does_not_teach(
    package: Path, backward: Path, text: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "teacher"
    shutil.copytree(package, copied)
    teachers = opened(copied)
    shutil.rmtree(copied)
    shutil.copytree(backward, copied)
    with pytest.raises(ConfigError, match=r"was version .* when this training was started, and is"):
        lesson(text, tmp_path / "run", *teachers)


def test_nothing_held_out_comes_back_through_a_teacher(package: Path, text: Path, tmp_path: Path) -> None:
    with Translator.load(package) as translator:
        results = translator.translate([f"red cat {n}" for n in range(300)], beam_size=5)
    says = {one_line(each.text): each.source for each in results if each.translations[0].reached_end}
    # What the teacher says of each source is the translation of the next one.
    pairs = zip(says.values(), [*list(says)[1:], next(iter(says))], strict=True)
    text.write_text("".join(f"{source}\t{target}\n" for source, target in pairs))
    taught = lesson(text, tmp_path / "run", *opened(package))
    held_out = {pair.target for pair in taught.untaught.valid_pairs}
    own, made = map(pairs_of, taught.sources.train)
    assert held_out & {one_line(each.text) for each in results if each.source in {pair.source for pair in own}}
    assert len(own) == len(made)
    assert not {pair.target for pair in made} & held_out


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
