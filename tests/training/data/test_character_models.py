"""The character models of a package are learned from the encoded pairs, the same from the same pairs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from numbered_pairs import CONFIG, sources

from nmt.corpus import CorpusSpec
from nmt.language_model.character_ngrams import unpack_models, words_of
from nmt.runtime.manifest import CHARACTERS
from nmt.training.data.character_models import character_models
from nmt.training.data.prepare import prepare
from nmt.training.export.package import Trained, model_files


def test_both_sides_are_learned_from_the_training_pairs(tmp_path: Path, spec: CorpusSpec) -> None:
    corpus = prepare(CONFIG, sources(spec), tmp_path / "run")
    content = character_models(corpus)
    direction = corpus.stored.state.direction
    sides = {
        direction.source: (corpus.source_tokenizer, corpus.train.source),
        direction.target: (corpus.target_tokenizer, corpus.train.target),
    }
    words = {
        language: sum(len(words_of(tokenizer.decode(ids(n).tolist()))) for n in range(len(corpus.train)))
        for language, (tokenizer, ids) in sides.items()
    }
    assert {language: model.words for language, model in unpack_models(content).items()} == words
    assert character_models(prepare(CONFIG, sources(spec), tmp_path / "again")) == content


def test_an_exported_package_has_them_only_if_they_were_learned(trained: Trained) -> None:
    assert CHARACTERS not in model_files(trained).contents
    assert model_files(replace(trained, characters=b"models")).contents[CHARACTERS] == b"models"
