"""Teachers: packages from whose translations of the training text a model learns, beside the text itself.

What a teacher of the same direction makes of the source side is sequence-level distillation (Kim & Rush 2016, section
3.2), what one of the other direction makes of the target side is translating back (Sennrich et al. 2016, section 3),
and several of both, which learned from the same text, are data diversification (Nguyen et al. 2020, section 3).
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
from nmt.corpus.progress import Passes
from nmt.corpus.readers.one_line import one_line
from nmt.errors import ConfigError, TextTooLong
from nmt.runtime import CorpusSource, ModelPackage, Translator
from nmt.training.run.disk_space import LineFile

_BEAM = 5
_AT_ONCE = 1_000
"""Texts translated before they are written: seconds of work, which a kill may cost."""


@dataclass(frozen=True, slots=True)
class Teacher:
    """A package that translates in the direction to learn, or back."""

    package: ModelPackage
    direction: Direction
    """To learn."""

    @property
    def version(self) -> str:
        """Of the package."""
        return self.package.manifest.version

    @property
    def described(self) -> str:
        """What it is, for people."""
        manifest = self.package.manifest
        return f"{manifest.name} {manifest.version} ({manifest.source} to {manifest.target})"

    @property
    def is_forward(self) -> bool:
        """Whether it translates in the direction to learn."""
        return self.package.manifest.source == self.direction.source

    def made(self, pairs: int) -> CorpusSource:
        """What it makes of so many pairs, for the card, with the licences of what it learned from."""
        corpora = self.package.manifest.corpora
        return CorpusSource(
            name=f"translations of the text above by {self.described}",
            pairs=pairs,
            licence="; ".join(dict.fromkeys(each.licence for each in corpora)) or "not stated",
            attribution="; ".join(dict.fromkeys(each.attribution for each in corpora if each.attribution)),
        )

    def translate(self, text: CorpusSpec, count: int, may_learn: Unseen, passes: Passes) -> Path:
        """The `count` pairs of `text`, each with what this makes of one side in place of the other, in a file beside.

        A line is without translation, so that cleaning leaves it out, where none came to an end, or where it is one
        that nobody `may_learn`. What an earlier process has written stays. Raises PackageError, ConfigError when the
        package is another one by now, and DiskFull.
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
        """Of the package as it was when the training was started, which may be hours ago."""
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
    """The packages at `paths`, in an order of their own. Raises PackageError.

    ConfigError for other languages, the same package twice, and one that the `output` of the training would replace.
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
    """`pair` as a line of a file with two columns."""
    return f"{one_line(pair.source)}\t{one_line(pair.target)}"


def _whole_lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as written:
        return sum(line.endswith(b"\n") for line in written)


def _texts(translator: Translator, texts: Sequence[str]) -> list[str]:
    """The translation of each text, on one line; empty where it did not come to an end."""
    try:
        results = translator.translate(texts, beam_size=_BEAM)
    except TextTooLong:
        if len(texts) == 1:
            return [""]
        middle = len(texts) // 2
        return [*_texts(translator, texts[:middle]), *_texts(translator, texts[middle:])]
    return [one_line(result.text) if result.translations[0].reached_end else "" for result in results]
