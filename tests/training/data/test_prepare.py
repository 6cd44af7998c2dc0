"""From files to ids: read, held out and encoded, with memory that does not grow with the corpus."""

from __future__ import annotations

import gzip
import io
import json
import random
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numbered_pairs import CONFIG, begin, sources, texts, write

from nmt.corpus import CorpusSpec
from nmt.corpus.batching import IdPairs, token_batches
from nmt.errors import CheckpointError, ConfigError, CorpusError
from nmt.training.data import prepare as preparing
from nmt.training.data.prepare import PreparedCorpus, prepare
from nmt.training.data.vocabulary import draw
from nmt.training.settings.config import DataConfig


def test_every_pair_is_trained_on_or_held_out(tmp_path: Path, spec: CorpusSpec) -> None:
    corpus = prepare(CONFIG, sources(spec), tmp_path / "run")
    lines = spec.paths[0].read_text().splitlines()
    held_out = {(pair.source, pair.target) for pair in corpus.valid_pairs}
    assert len(held_out) == len(corpus.valid) == 10
    assert texts(corpus) | held_out == {tuple(line.split("\t")) for line in lines}
    assert not texts(corpus) & held_out


def test_ids_on_disk_are_those_of_arrays_in_memory(tmp_path: Path, spec: CorpusSpec) -> None:
    corpus = prepare(CONFIG, sources(spec), tmp_path / "run")
    rows = [
        [side(index).tolist() for index in range(len(corpus.train))]
        for side in (corpus.train.source, corpus.train.target)
    ]
    in_memory = replace(corpus, train=IdPairs(*rows))
    assert in_memory.fingerprint({"a": 1}) == corpus.fingerprint({"a": 1})
    batches = [list(token_batches(pairs, 100, np.random.default_rng(3))) for pairs in (corpus.train, in_memory.train)]
    assert batches[0] == batches[1]


def test_the_number_of_pairs_decides_the_vocabulary(
    tmp_path: Path, spec: CorpusSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sized(pairs: int) -> DataConfig:
        return replace(CONFIG, vocabulary_size=290 if pairs == 190 else 300)

    first = prepare(CONFIG, sources(spec), tmp_path / "run", sized)
    assert first.stored.pairs == 190
    assert first.source_tokenizer.vocabulary_size == first.stored.state.settings["vocabulary_size"] == 290
    begin(tmp_path / "run")
    with monkeypatch.context() as patched:
        patched.setattr(preparing, "encode_corpus", None)
        assert prepare(CONFIG, sources(spec), tmp_path / "run", sized).fingerprint() == first.fingerprint()
    write(spec.paths[0], 0, 100)
    with pytest.raises(CheckpointError, match=r"began with another corpus: \S*a\.tsv: was .*") as refused:
        prepare(CONFIG, sources(spec), tmp_path / "run", sized)
    assert "vocabulary_size" not in str(refused.value)


def test_a_small_vocabulary_makes_room_for_many_characters(tmp_path: Path) -> None:
    path = tmp_path / "zh.tsv"
    path.write_text("".join(f"word {n}\t{chr(0x4E00 + n)}{chr(0x4E01 + n)}\n" for n in range(600)))
    corpus = prepare(CONFIG, sources(CorpusSpec((path,))), tmp_path / "run")
    assert corpus.stored.state.settings["vocabulary_size"] == 330
    assert corpus.target_tokenizer.vocabulary_size > 260 + 500
    assert len(corpus.target_tokenizer.encode("\u4e10\u4e20")) <= 3


def test_standard_input_is_read_like_a_file(tmp_path: Path, spec: CorpusSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    content = spec.paths[0].read_bytes()
    piped = CorpusSpec.parse("-,format=tsv")

    def prepare_from(data: bytes) -> PreparedCorpus:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return prepare(CONFIG, sources(piped), tmp_path / "run")

    first = prepare_from(gzip.compress(content, mtime=0))
    assert first.fingerprint() == prepare(CONFIG, sources(spec), tmp_path / "other").fingerprint()
    begin(tmp_path / "run")
    assert prepare_from(gzip.compress(content, mtime=0)).fingerprint() == first.fingerprint()
    with pytest.raises(CheckpointError, match="standard-input: was"):
        prepare_from(b"")
    with pytest.raises(ConfigError, match=r"standard input \(-\) is named 2 times"):
        prepare(CONFIG, sources(piped, piped), tmp_path / "run")


def test_domains_are_counted(tmp_path: Path, spec: CorpusSpec) -> None:
    other = [replace(write(tmp_path / f"{n}.tsv", n, 50), domain="ui") for n in (500, 600)]
    report = prepare(CONFIG, sources(spec, *other), tmp_path / "run").report()
    counts = [int(line.split()[-3]) for line in report[-2:]]
    assert [line.split(":")[0] for line in report[-2:]] == ["no domain", "ui"]
    assert sum(counts) == 290


@pytest.mark.parametrize("content", ["", "a\t\n" * 9])
def test_a_corpus_without_pairs_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "none.tsv").write_text(content)
    with pytest.raises(CorpusError, match="0 training and 0 validation pairs are left after cleaning"):
        prepare(CONFIG, sources(CorpusSpec((tmp_path / "none.tsv",))), tmp_path / "run")


@pytest.mark.parametrize(
    ("content", "reason"), [("", "it is empty"), ("a\t\n", "left out 1 of the validation pairs: ")]
)
def test_validation_pairs_without_text_are_named_as_what_is_missing(
    tmp_path: Path, spec: CorpusSpec, content: str, reason: str
) -> None:
    valid = tmp_path / "valid.tsv"
    valid.write_text(content)
    with pytest.raises(CorpusError, match=rf"valid\.tsv: no validation pair with text in both languages \({reason}"):
        prepare(CONFIG, sources(spec, valid=(CorpusSpec((valid,)),)), tmp_path / "run")


def test_a_corpus_whose_only_pair_is_held_out_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("the number 1\tdie Zahl 1\n")
    with pytest.raises(CorpusError, match="no training pair is left: of the 1 pairs after cleaning, 1 are held out"):
        prepare(CONFIG, sources(CorpusSpec((tmp_path / "one.tsv",))), tmp_path / "run")


def test_a_corpus_of_pairs_that_are_all_too_long_is_refused(tmp_path: Path, spec: CorpusSpec) -> None:
    with pytest.raises(CorpusError, match=r"all 190 training pairs are longer than data\.max_subwords=1: raise it"):
        prepare(replace(CONFIG, max_subwords=1), sources(spec), tmp_path / "run")


def test_validation_pairs_too_long_to_be_translated_are_counted(tmp_path: Path, spec: CorpusSpec) -> None:
    valid = tmp_path / "valid.tsv"
    valid.write_text(f"{'the number 1 ' * 300}\tdie Zahl 1\n")
    with pytest.raises(CorpusError, match=r"all 1 validation pairs have more than 512 subwords .*--valid"):
        prepare(CONFIG, sources(spec, valid=(CorpusSpec((valid,)),)), tmp_path / "run")
    with valid.open("a") as stream:
        stream.write("the number 2\tdie Zahl 2\n")
    corpus = prepare(CONFIG, sources(spec, valid=(CorpusSpec((valid,)),)), tmp_path / "run")
    assert len(corpus.valid) == len(corpus.valid_pairs) == 1
    assert any(line.startswith("left out 1 of the validation pairs: more than 512") for line in corpus.report())


def test_what_validation_files_have_beside_pairs_is_counted(tmp_path: Path, spec: CorpusSpec) -> None:
    (tmp_path / "valid.po").write_text('msgid "the number 2"\nmsgstr "die Zahl 2"\n\n#, fuzzy\nmsgid "1"\nmsgstr "2"\n')
    fuzzy = CorpusSpec((tmp_path / "fuzzy.po",))
    fuzzy.paths[0].write_text('#, fuzzy\nmsgid "1"\nmsgstr "2"\n')
    with pytest.raises(CorpusError, match=r"no validation pair .*left out 1 of the validation pairs: marked as not"):
        prepare(CONFIG, sources(spec, valid=(fuzzy,)), tmp_path / "run")
    (tmp_path / "valid.tsv").write_text("the number 3\tdie Zahl 3\nthe number 4\t \n")
    valid = tuple(CorpusSpec((tmp_path / name,)) for name in ("valid.po", "valid.tsv"))
    corpus = prepare(CONFIG, sources(spec, valid=valid), tmp_path / "run")
    assert len(corpus.valid) == 2
    again = prepare(CONFIG, sources(spec, valid=valid), tmp_path / "run")
    for lines in (corpus.report(), again.report()):
        assert "left out 1 of the validation pairs: marked as not finished" in lines
        assert "left out 1 of the validation pairs: one side is empty" in lines


def test_weights_say_how_often_a_pair_is_seen_an_epoch(tmp_path: Path, spec: CorpusSpec) -> None:
    other = write(tmp_path / "b.tsv", 500, 100)
    held = write(tmp_path / "v.tsv", 900, 10)
    weighted = (replace(spec, weight=0.25), replace(other, weight=2.5))
    train = prepare(CONFIG, sources(*weighted, valid=(held,)), tmp_path / "run").train
    epochs = [
        np.bincount([i for batch in token_batches(train, 200, np.random.default_rng((1, epoch))) for i in batch])
        for epoch in (0, 0, 1)
    ]
    assert (epochs[0] == epochs[1]).all()
    assert (epochs[0] != epochs[2]).any()
    for seen in epochs:
        assert sorted(seen[:200]) == [0] * 150 + [1] * 50
        assert sorted(seen[200:]) == [2] * 50 + [3] * 50


def test_weights_that_leave_an_epoch_without_pairs_are_refused(tmp_path: Path, spec: CorpusSpec) -> None:
    rare = replace(spec, weight=0.0001)
    with pytest.raises(
        ConfigError, match=r"an epoch would have no pairs: \S*a\.tsv has 190 pairs .* weight=0\.0001\. Ra"
    ):
        prepare(CONFIG, sources(rare), tmp_path / "run")
    other = write(tmp_path / "b.tsv", 500, 100)
    assert len(
        token_batches(prepare(CONFIG, sources(rare, other), tmp_path / "run").train, 99, np.random.default_rng(1))
    )


def test_weights_belong_to_the_fingerprint(tmp_path: Path, spec: CorpusSpec) -> None:
    prints = {
        prepare(CONFIG, sources(replace(spec, weight=weight)), tmp_path / f"{weight}").fingerprint()
        for weight in (1.0, 2.0, 3.0)
    }
    assert len(prints) == 3


def test_a_sample_has_so_many_pairs_in_their_order_and_follows_the_seed() -> None:
    numbers = list(range(1000))
    sample = list(draw(numbers, 1000, 100, seed=1))
    assert len(sample) == 100
    assert sample == sorted(set(sample))
    assert sample == list(draw(numbers, 1000, 100, seed=1)) != list(draw(numbers, 1000, 100, seed=2))
    assert list(draw(numbers, 1000, 5000, seed=1)) == numbers
    means = [np.mean(list(draw(numbers, 1000, 100, seed=seed))) for seed in range(30)]
    assert np.mean(means) == pytest.approx(499.5, abs=20)


def test_memory_grows_by_no_more_than_a_few_bytes_a_pair(tmp_path: Path) -> None:
    """Three times the pairs, of 100 bytes of text each, take at most 24 bytes more for each more."""
    generator = random.Random(1)
    words = ["".join(generator.choices("abcdefghijklmnop", k=6)) for _ in range(50)]

    def peak(count: int) -> int:
        path = tmp_path / f"{count}.tsv"
        with path.open("w") as stream:
            stream.writelines(
                f"{number} {' '.join(generator.choices(words, k=7))}\t{' '.join(generator.choices(words, k=7))}\n"
                for number in range(count)
            )
        config = replace(CONFIG, vocabulary_pairs=500)
        tracemalloc.start()
        try:
            corpus = prepare(config, sources(CorpusSpec((path,))), tmp_path / f"run-{count}")
            token_batches(corpus.train, 1000, np.random.default_rng(1))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(6_000), peak(18_000)
    assert large - small < 24 * 12_000


def test_the_manifest_is_json_that_a_person_can_read(tmp_path: Path, spec: CorpusSpec) -> None:
    prepare(CONFIG, sources(spec), tmp_path / "run")
    stored = json.loads((tmp_path / "run" / "corpus" / "corpus.json").read_text())
    assert stored["state"]["train"][0]["files"][0]["path"] == str(spec.paths[0])
    assert stored["report"]["read"] == 200


def test_of_pairs_mixed_in_as_many_are_seen_as_there_are_new_ones_and_none_is_held_out(
    tmp_path: Path, spec: CorpusSpec
) -> None:
    general = write(tmp_path / "general.tsv", 1000, 800)
    corpus = prepare(CONFIG, sources(spec, mixed=(general,)), tmp_path / "run")
    assert {pair.source.split()[2] for pair in corpus.valid_pairs} <= {str(number) for number in range(200)}
    (new, once), (mixed, share) = corpus.train.weights
    assert (new, once, mixed) == (190, 1.0, 800)
    assert mixed * share == pytest.approx(new)
    few = prepare(CONFIG, sources(general, mixed=(spec,)), tmp_path / "other")
    assert few.train.weights == ()  # every pair once: no more than there are
