"""Monolingual text becomes training pairs through a teacher that translates back, and nothing held out is among it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from nmt.cli.main import main
from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CheckpointError, CorpusError
from nmt.runtime import ModelPackage, Translator
from nmt.training.data.prepare import Sources
from nmt.training.distillation.corpus import DistillationCorpus, distillation_corpus
from nmt.training.distillation.monolingual import parallel_weight
from nmt.training.distillation.teachers import open_teachers
from nmt.training.settings.settings import Settings

EN_XX = Direction("en", "xx")
PARALLEL = 81


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"red cat {n} sleeps {m}\tKatze {n} und {m}\n" for n in range(9) for m in range(9)))
    return path


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    path = tmp_path / "sentences.xx.gz"
    lines = [f"Hund {n} und {m}" for n in range(20) for m in range(20)]
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in [*lines, "", lines[3], "  "]).encode()))
    return path


def lesson(run: Path, text: Path, sentences: Path, *teachers: Path) -> DistillationCorpus:
    sources = Sources((CorpusSpec((text,), "tsv"),), EN_XX, monolingual=(sentences,))
    opened = open_teachers(teachers, EN_XX, Path("elsewhere"))
    return distillation_corpus(Settings.parse(["data.vocabulary_size=300"]), sources, run, opened)


def test_each_sentence_comes_once_with_what_the_teacher_makes_of_it(
    package: Path, backward: Path, text: Path, sentences: Path, tmp_path: Path
) -> None:
    taught = lesson(tmp_path / "run", text, sentences, package, backward)
    own, _, _, translated = taught.sources.train
    made = list(read_pairs(translated, EN_XX))
    assert taught.monolingual == (400,)
    assert [pair.target for pair in made] == [f"Hund {n} und {m}" for n in range(20) for m in range(20)]
    with Translator.load(backward) as translator:
        results = translator.translate([pair.target for pair in made], beam_size=5)
    assert [pair.source for pair in made] == [
        one_line(each.text) if each.translations[0].reached_end else "" for each in results
    ]
    # 73 of the pairs are not held out: a quarter of an epoch beside 400 sentences.
    assert own.weight == pytest.approx(400 / 3 / 73)
    assert translated.weight == 1.0


def test_the_targets_of_held_out_pairs_are_not_learned_from_monolingual_text(
    backward: Path, text: Path, tmp_path: Path
) -> None:
    everything = tmp_path / "everything.xx"
    everything.write_text("".join(line.split("\t")[1] + "\n" for line in text.read_text().splitlines()))
    taught = lesson(tmp_path / "run", text, everything, backward)
    held_out = {pair.target for pair in taught.untaught.valid_pairs}
    learned = {pair.target for pair in read_pairs(taught.sources.train[-1], EN_XX)}
    assert len(held_out) == 8
    assert len(learned) == PARALLEL - 8
    assert not held_out & learned


def test_another_text_does_not_go_on_with_a_training_and_the_same_one_is_not_translated_again(
    backward: Path, text: Path, sentences: Path, tmp_path: Path
) -> None:
    (made,) = lesson(tmp_path / "run", text, sentences, backward).sources.train[-1].paths
    written = made.stat().st_mtime_ns
    assert lesson(tmp_path / "run", text, sentences, backward).sources.train[-1].paths == (made,)
    assert made.stat().st_mtime_ns == written
    (tmp_path / "run" / "best.safetensors").touch()  # a training has begun
    other = tmp_path / "other.xx"
    other.write_text("Maus\n")
    with pytest.raises(CheckpointError, match="began with another text for --monolingual"):
        lesson(tmp_path / "run", text, other, backward)


def test_a_text_without_sentences_is_refused(backward: Path, text: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.xx"
    empty.write_text("\n \n")
    with pytest.raises(CorpusError, match=r"--monolingual .*empty\.xx: there are no sentences in it"):
        lesson(tmp_path / "run", text, empty, backward)


@given(st.floats(1, 1e7), st.integers(1, 10_000_000))
def test_parallel_pairs_make_up_a_quarter_of_an_epoch_at_least(parallel: float, monolingual: int) -> None:
    weight = parallel_weight(parallel, monolingual)
    share = weight * parallel / (weight * parallel + monolingual)
    assert weight >= 1
    assert share >= 0.25 - 1e-9
    assert weight == 1 or share == pytest.approx(0.25)


def train(tmp_path: Path, *more: object) -> Result:
    arguments = ["train", "--source", "en", "--target", "xx", "--output", tmp_path / "taught"]
    arguments += ["--run-dir", tmp_path / "run", "--threads", 1]
    for setting in ("data.vocabulary_size=300", "model.embedding_size=8", "model.encoder_hidden=8"):
        arguments += ["--set", setting]
    arguments += ["--set", "model.decoder_hidden=8", "--set", "training.max_updates=2", *more]
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_one_command_trains_and_the_card_names_the_text(
    backward: Path, text: Path, sentences: Path, tmp_path: Path
) -> None:
    done = train(tmp_path, "--train", text, "--teacher", backward, "--monolingual", sentences)
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "with what teachers made of 73 training pairs and 400 monolingual sentences:" in said
    version = ModelPackage.open(backward).manifest.version
    corpora = ModelPackage.open(tmp_path / "taught").manifest.corpora
    assert [(each.name, each.pairs) for each in corpora] == [
        ("pairs.tsv", PARALLEL),
        ("sentences.xx.gz", 400),
        (f"translations of the text above by xx-en {version} (xx to en)", 473),
    ]


def test_without_a_teacher_that_translates_back_the_remedy_is_named(
    package: Path, text: Path, sentences: Path, tmp_path: Path
) -> None:
    for teachers in ((), ("--teacher", package)):
        refused = train(tmp_path, "--train", text, *teachers, "--monolingual", sentences)
        assert refused.exit_code == 1
        assert "--monolingual needs a package that translates its sentences into the source language" in refused.output
    assert not (tmp_path / "run").exists()
