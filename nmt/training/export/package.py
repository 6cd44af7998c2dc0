"""Export a trained model as a package that the runtime serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nmt.decoding import LengthModel
from nmt.model import Seq2Seq
from nmt.runtime import (
    Ancestor,
    CorpusSource,
    Dictionary,
    KnownWords,
    LengthStatistics,
    Manifest,
    Score,
    Vocabularies,
    Vocabulary,
    WordBeginnings,
    write_package,
)
from nmt.runtime.manifest import (
    ARRAYS,
    ATTENTION,
    CHARACTERS,
    DICTIONARY,
    ENCODER,
    KNOWN_WORDS,
    STEP,
    WEIGHTS,
    WORD_BEGINNINGS,
)
from nmt.runtime.short_lists import ShortLists
from nmt.training.export.card import CARD, model_card
from nmt.training.export.fine_tuning_weights import pack_weights
from nmt.training.export.graphs import attention_graph, encoder_graph, model_arrays, step_graph, weights_of
from nmt.training.export.graphs.builder import Floats
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.run.files import SETTINGS
from tokenizer import SubwordTokenizer

ExportPrecision = Literal["int8", "float32"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Metadata of a package: languages, origin, settings and scores."""

    name: str
    source: str
    target: str
    created: str
    command: str
    """The command line that made the package."""
    settings: str
    """All settings of the training, as YAML."""
    corpora: tuple[CorpusSource, ...] = ()
    scores: tuple[Score, ...] = ()
    ancestor: Ancestor | None = None
    """The package that it was fine-tuned from."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model with its tokenizers, length model and short lists."""

    model: Seq2Seq
    source_tokenizer: SubwordTokenizer
    target_tokenizer: SubwordTokenizer
    length: LengthModel
    short_lists: ShortLists | None = None
    """None: every sentence may use the whole target vocabulary."""
    closed_words: Floats | None = None
    """(E + 1,) weights and bias of the words that are not on a short list. None: they do not count."""
    known_words: KnownWords | None = None
    """None: the package does not carry unknown names through."""
    word_beginnings: WordBeginnings | None = None
    """None: no word of the target language counts as one that does not exist."""
    dictionary: Dictionary | None = None
    """None: words that stand alone are translated like sentences."""
    characters: bytes | None = None
    """The packed character models of both languages. None: the package does not help to detect languages."""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of a package that depend on the weights, made once even if the package is written several times."""

    trained: Trained
    precision: ExportPrecision
    vocabularies: Vocabularies
    contents: Mapping[str, bytes]
    """Contents by file name."""


def model_files(trained: Trained, precision: ExportPrecision = "int8") -> ModelFiles:
    """Return the graphs, arrays, tokenizers and fine-tuning weights of `trained`."""
    config = trained.model.config
    weights = weights_of(trained.model)
    int8 = precision == "int8"
    tokenizers, vocabularies = _tokenizer_files(trained)
    attention = {} if config.attention == "none" else {ATTENTION: attention_graph(config, weights, int8)}
    contents = {
        ENCODER: encoder_graph(config, weights, int8),
        STEP: step_graph(config, weights, int8),
        **attention,
        ARRAYS: model_arrays(config, weights, int8, trained.short_lists, trained.closed_words),
        **tokenizers,
        WEIGHTS: pack_weights(trained.model, int8),
        **({} if trained.known_words is None else {KNOWN_WORDS: trained.known_words.to_bytes()}),
        **({} if trained.word_beginnings is None else {WORD_BEGINNINGS: trained.word_beginnings.to_bytes()}),
        **({} if trained.dictionary is None else {DICTIONARY: trained.dictionary.to_bytes()}),
        **({} if trained.characters is None else {CHARACTERS: trained.characters}),
    }
    return ModelFiles(trained, precision, vocabularies, contents)


def export_package(directory: Path, model: ModelFiles, provenance: Provenance) -> None:
    """Write the package to `directory`; an existing package is replaced only when the new one is complete."""
    trained = model.trained
    manifest = Manifest(
        name=provenance.name,
        source=provenance.source,
        target=provenance.target,
        created=provenance.created,
        model={
            **trained.model.config.to_dict(),
            "parameters": trained.model.parameter_count(),
            "precision": model.precision,
        },
        vocabulary=model.vocabularies,
        length=LengthStatistics(
            mean=trained.length.mean,
            deviation=trained.length.deviation,
            k_sigma=trained.length.k_sigma,
            minimum=trained.length.minimum,
        ),
        scores=provenance.scores,
        corpora=provenance.corpora,
        fine_tuned_from=provenance.ancestor,
    )
    files = {
        **model.contents,
        SETTINGS: provenance.settings.encode(),
        CARD: model_card(manifest, provenance.command, model.precision).encode(),
    }
    with reporting_full_disk(directory, sum(map(len, files.values()))):
        write_package(directory, manifest, files)


def _tokenizer_files(trained: Trained) -> tuple[dict[str, bytes], Vocabularies]:
    source, target = trained.source_tokenizer, trained.target_tokenizer
    if source.to_bytes() == target.to_bytes():
        joint = Vocabulary(file="joint.spm", size=source.vocabulary_size)
        return {"joint.spm": source.to_bytes()}, Vocabularies(source=joint, target=joint)
    return {"source.spm": source.to_bytes(), "target.spm": target.to_bytes()}, Vocabularies(
        source=Vocabulary(file="source.spm", size=source.vocabulary_size),
        target=Vocabulary(file="target.spm", size=target.vocabulary_size),
    )
