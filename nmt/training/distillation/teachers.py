"""Teachers: packages whose translations of the training text a model learns from, in addition to the text itself.

Translating the source side with a teacher of the same direction is sequence-level distillation (Kim & Rush 2016,
section 3.2). Translating the target side with one of the reverse direction is back-translation (Sennrich et al. 2016,
section 3). Using several of both, trained on the same text, is data diversification (Nguyen et al. 2020, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch

from nmt.corpus import CorpusSpec, Direction, SentencePair, read_pairs
from nmt.corpus.held_out import Unseen
from nmt.corpus.progress import CorpusProgress
from nmt.corpus.readers.one_line import one_line
from nmt.errors import ConfigError, TextTooLong
from nmt.runtime import CorpusSource, ModelPackage, Translator
from nmt.training.run.disk_space import LineFile

_BEAM = 5
_AT_ONCE = 1_000
"""Texts translated between writes: seconds of work, lost if the process is killed."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A package that translates in the student's direction or in reverse."""

    package: ModelPackage
    direction: Direction
    """The student's direction."""

    @property
    def version(self) -> str:
        """The version of the package."""
        return self.package.manifest.version

    @property
    def described(self) -> str:
        """Name, version and direction of the package, for display."""
        manifest = self.package.manifest
        return f"{manifest.name} {manifest.version} ({manifest.source} to {manifest.target})"

    @property
    def is_forward(self) -> bool:
        """Whether the package translates in the student's direction."""
        return self.package.manifest.source == self.direction.source

    def made(self, pairs: int) -> CorpusSource:
        """Return the card's entry for translations of `pairs` pairs, with the licences of the teacher's own corpora."""
        corpora = self.package.manifest.corpora
        return CorpusSource(
            name=f"translations of the text above by {self.described}",
            pairs=pairs,
            licence="; ".join(dict.fromkeys(each.licence for each in corpora)) or "not stated",
            attribution="; ".join(dict.fromkeys(each.attribution for each in corpora if each.attribution)),
        )

    def translate(self, text: CorpusSpec, count: int, may_learn: Unseen, passes: CorpusProgress) -> Path:
        """Translate the `count` pairs of `text` to a file beside it, and return the file's path.

        The translation of one side replaces the other side. It is left empty, so that cleaning removes the pair, if it
        did not reach <END> or does not pass `may_learn`. Lines written by an earlier process are kept. Raises
        PackageError, DiskFull, and ConfigError if the package has been replaced.
        """
        path = text.paths[0].with_suffix(f".{self.version}.tsv")
        done = _whole_lines(path)
        if done == count:
            return path
        with (
            closing(LineFile(path)) as file,
            self._translator() as translator,
            passes.doing(f"{self.described} translates the text") as follow,
        ):
            pairs = islice(follow(read_pairs(text, self.direction)), done, None)
            while part := list(islice(pairs, _AT_ONCE)):
                made = _texts(translator, [pair.source if self.is_forward else pair.target for pair in part])
                for pair, translation in zip(part, made, strict=True):
                    taught = self._taught(pair, translation)
                    file.add(line_of(taught if may_learn(taught) else self._taught(pair, "")))
        return path

    def _translator(self) -> Translator:
        """Load the package, which must not have changed since training started, perhaps hours ago."""
        package = ModelPackage.open(self.package.path)
        if package.manifest.version != self.version:
            raise ConfigError(
                f"--teacher {package.path} was version {self.version} when this training was started, and is "
                f"{package.manifest.version} now: put it back, or say the command again to learn from the new one"
            )
        return Translator(package, threads=torch.get_num_threads())

    def _taught(self, pair: SentencePair, translation: str) -> SentencePair:
        return SentencePair(pair.source, translation) if self.is_forward else SentencePair(translation, pair.target)


def open_teachers(paths: Sequence[Path], direction: Direction, output: Path) -> tuple[Teacher, ...]:
    """Open the packages at `paths`, sorted by version. Raises PackageError.

    Raises ConfigError for other languages, the same package twice, or a package that `output` would replace.
    """
    teachers: dict[str, Teacher] = {}
    for path in paths:
        package = ModelPackage.open(path)
        source, target, version = package.manifest.source, package.manifest.target, package.manifest.version
        if {source, target} != {direction.source, direction.target}:
            raise ConfigError(
                f"--teacher {path} translates {source} to {target}: expected {direction.source} to "
                f"{direction.target}, or back"
            )
        if version in teachers:
            raise ConfigError(
                f"--teacher {path} is the same package as {teachers[version].package.path}, of which nothing more can "
                f"be learned: name another one, trained with another training.seed, say"
            )
        if path.resolve() == output.resolve():
            raise ConfigError(f"--output {output} would replace a teacher: name another directory")
        teachers[version] = Teacher(package, direction)
    return tuple(teachers[version] for version in sorted(teachers))


def line_of(pair: SentencePair) -> str:
    """Return `pair` as a line of a TSV file, without line feed."""
    return f"{one_line(pair.source)}\t{one_line(pair.target)}"


def _whole_lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as written:
        return sum(line.endswith(b"\n") for line in written)


def _texts(translator: Translator, texts: Sequence[str]) -> list[str]:
    """Return the translation of each text on one line; empty if it did not reach <END>."""
    try:
        results = translator.translate(texts, beam_size=_BEAM)
    except TextTooLong:
        if len(texts) == 1:
            return [""]
        middle = len(texts) // 2
        return [*_texts(translator, texts[:middle]), *_texts(translator, texts[middle:])]
    return [one_line(result.text) if result.translations[0].reached_end else "" for result in results]
