"""Teachers: packages from whose translations of the training text a model learns, beside the text itself.

What a teacher of the same direction makes of the source side is sequence-level distillation (Kim & Rush 2016, section
3.2), what one of the other direction makes of the target side is translating back (Sennrich et al. 2016, section 3),
and several of both, which learned from the same text, are data diversification (Nguyen et al. 2020, section 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import torch

from nmt.corpus import CorpusSpec, Direction, SentencePair, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.errors import ConfigError, TextTooLong
from nmt.runtime import CorpusSource, ModelPackage, Translator
from nmt.training.prepare import PreparedCorpus, Sources
from nmt.training.prepare_with_settings import prepare_with_settings
from nmt.training.presets import Preset
from nmt.training.room import LineFile, room_for
from nmt.training.settings import Settings

UNTAUGHT = "untaught"
"""In a run directory: the corpus without its teachers, and what they made of it."""
_LAYERS = 2
"""Of the decoder, at least: with so much text a second one pays where the text alone is too little for it."""
_MORE_UPDATES = 0.35
"""For each teacher, as a share of those of the preset."""
_BEAM = 5
_AT_ONCE = 1_000
"""Texts translated before they are written: seconds of work, which a kill may cost."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A package that translates in the direction to learn, or back."""

    package: ModelPackage
    is_forward: bool

    @classmethod
    def open(cls, path: Path, direction: Direction) -> Teacher:
        """The package at `path`. Raises PackageError, and ConfigError when its languages are others."""
        package = ModelPackage.open(path)
        found = package.manifest.source, package.manifest.target
        wanted = direction.source, direction.target
        if found not in {wanted, wanted[::-1]}:
            raise ConfigError(
                f"--teacher {path} translates {found[0]} to {found[1]}: expected {wanted[0]} to {wanted[1]}, or back"
            )
        return cls(package, found == wanted)

    @property
    def described(self) -> str:
        """What it is, for people."""
        manifest = self.package.manifest
        return f"{manifest.name} {manifest.version} ({manifest.source} to {manifest.target})"

    def taught(self, pair: SentencePair, made: str) -> SentencePair:
        """`pair` with what the teacher made of one side in place of the other."""
        return SentencePair(pair.source, made) if self.is_forward else SentencePair(made, pair.target)


def open_teachers(paths: Sequence[Path], direction: Direction) -> tuple[Teacher, ...]:
    """The packages at `paths`. Raises PackageError, and ConfigError for other languages or the same package twice."""
    teachers = tuple(Teacher.open(path, direction) for path in paths)
    seen: dict[str, Path] = {}
    for teacher in teachers:
        package = teacher.package
        if package.manifest.version in seen:
            raise ConfigError(
                f"--teacher {package.path} is the same package as {seen[package.manifest.version]}, of which nothing "
                f"more can be learned: name another one, trained with another training.seed, say"
            )
        seen[package.manifest.version] = package.path
    return teachers


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a model with teachers learns from, and how."""

    untaught: PreparedCorpus
    """The text without what teachers made of it."""
    sources: Sources
    preset: Preset
    teachers: tuple[Teacher, ...]

    def corpora(self, own: Sequence[CorpusSource]) -> tuple[CorpusSource, ...]:
        """The text's `own` corpora, and an entry for what each teacher made, with the licences of what it learned."""
        return (*own, *(_described(teacher, len(self.untaught.train)) for teacher in self.teachers))


def lesson_of(settings: Settings, sources: Sources, run: Path, teachers: Sequence[Teacher]) -> Lesson:
    """Have the `teachers` translate the pairs of `sources` that are left to train on; kept in `run`, and gone on with.

    The held-out pairs are those of a training without teachers, who see none of them.
    Raises what reading the sources raises, PackageError and DiskFull.
    """
    untaught, completed = prepare_with_settings(settings, sources, run, place=run / UNTAUGHT)
    # What was made of another text is left alone, and never taken for what is made of this one.
    place = run / UNTAUGHT / f"text-{untaught.fingerprint()[:16]}"
    place.mkdir(exist_ok=True)
    texts = _write_texts(untaught, place)
    counts = [count.trained for count in untaught.stored.counts]
    made = [
        replace(text, paths=(_translated(teacher, text, count, sources),))
        for teacher in teachers
        for text, count in zip(texts, counts, strict=True)
    ]
    valid = place / "valid.tsv"
    if not valid.exists():
        _write_pairs(valid, untaught.valid_pairs)
    return Lesson(
        untaught,
        replace(sources, train=(*texts, *made), valid=(CorpusSpec((valid,), "tsv"),), keep=False),
        taught_preset(completed, len(teachers)),
        tuple(teachers),
    )


def lesson_preset(settings: Settings, sources: Sources, run: Path, teachers: Sequence[Teacher]) -> Preset | None:
    """The preset of the lesson that lies in `run`, for those who do not give it; None without `teachers`."""
    if not teachers:
        return None
    _, completed = prepare_with_settings(settings, replace(sources, keep=True), run, place=run / UNTAUGHT)
    return taught_preset(completed, len(teachers))


def taught_preset(untaught: Settings, teachers: int) -> Preset:
    """The preset that completed `untaught`, the settings for the text alone, with what `teachers` make worth while."""
    preset = untaught.preset
    assert preset is not None  # without a package to start from, nothing else completes settings
    values = {
        **preset.values,
        "model.decoder_layers": max(int(preset.values["model.decoder_layers"]), _LAYERS),
        "training.max_updates": round(float(preset.values["training.max_updates"]) * (1 + _MORE_UPDATES * teachers)),
    }
    why = f"{preset.why}; two decoder layers and more updates for what {teachers} teacher{'s' * (teachers > 1)} made"
    return Preset(f"{preset.name}, taught", preset.up_to, why, values)


def _described(teacher: Teacher, pairs: int) -> CorpusSource:
    corpora = teacher.package.manifest.corpora
    return CorpusSource(
        name=f"translations of the text above by {teacher.described}",
        pairs=pairs,
        licence="; ".join(dict.fromkeys(each.licence for each in corpora)) or "not stated",
        attribution="; ".join(dict.fromkeys(each.attribution for each in corpora if each.attribution)),
    )


def _write_texts(corpus: PreparedCorpus, place: Path) -> list[CorpusSpec]:
    """The training pairs of each source as a file, with its weight and domain."""
    texts = []
    first = 0
    counts = [count.trained for count in corpus.stored.counts]
    for number, (source, count) in enumerate(zip(corpus.stored.state.train, counts, strict=True), start=1):
        path = place / f"{number}.tsv"
        if not path.exists():
            _write_pairs(path, (_pair(corpus, index) for index in range(first, first + count)))
        texts.append(CorpusSpec((path,), "tsv", None, source.spec.weight, source.spec.domain))
        first += count
    return texts


def _pair(corpus: PreparedCorpus, index: int) -> SentencePair:
    """As it was read: no subword of a training pair is unknown, and decoding undoes encoding."""
    source = corpus.source_tokenizer.decode(corpus.train.source(index).tolist())
    return SentencePair(source, corpus.target_tokenizer.decode(corpus.train.target(index).tolist()))


def _write_pairs(path: Path, pairs: Iterable[SentencePair]) -> None:
    partial = path.with_suffix(".partial")
    with room_for(path, partial=partial), partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{_line(pair)}\n" for pair in pairs)
    partial.replace(path)


def _line(pair: SentencePair) -> str:
    return f"{one_line(pair.source)}\t{one_line(pair.target)}"


def _translated(teacher: Teacher, text: CorpusSpec, count: int, sources: Sources) -> Path:
    """The `count` pairs of `text` as the teacher makes them; what an earlier process has written of them stays."""
    path = text.paths[0].with_suffix(f".{teacher.package.manifest.version}.tsv")
    done = _whole_lines(path)
    if done == count:
        return path
    with (
        closing(LineFile(path)) as file,
        Translator(teacher.package, threads=torch.get_num_threads()) as translator,
        sources.passes.doing(f"{teacher.described} translates the text") as follow,
    ):
        pairs = islice(follow(read_pairs(text, sources.direction)), done, None)
        while part := list(islice(pairs, _AT_ONCE)):
            made = _texts(translator, [pair.source if teacher.is_forward else pair.target for pair in part])
            for pair, translation in zip(part, made, strict=True):
                file.add(_line(teacher.taught(pair, translation)))
    return path


def _whole_lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as written:
        return sum(line.endswith(b"\n") for line in written)


def _texts(translator: Translator, texts: Sequence[str]) -> list[str]:
    """The translation of each text; empty, so that cleaning leaves it out, where it did not come to an end."""
    try:
        results = translator.translate(texts, beam_size=_BEAM)
    except TextTooLong:
        if len(texts) == 1:
            return [""]
        middle = len(texts) // 2
        return [*_texts(translator, texts[:middle]), *_texts(translator, texts[middle:])]
    return [result.text if result.translations[0].reached_end else "" for result in results]
