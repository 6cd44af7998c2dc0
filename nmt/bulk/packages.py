"""The packages of a translation: opened where the driver is, sent as bytes, and loaded where pieces are translated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.bulk.answering import LineTranslator
from nmt.bulk.plan import Plan
from nmt.bulk.translating import PieceMaker, PieceTranslator
from nmt.errors import ConfigError
from nmt.language_model import LanguageModel, LanguageModelPackage
from nmt.language_model.reranking import check_language
from nmt.languages import match_either_way
from nmt.runtime import ModelPackage, Translator
from nmt.runtime.package import MANIFEST

if TYPE_CHECKING:
    from nmt.bulk.back_translation.filters import Filter

Contents = Mapping[str, Mapping[str, bytes]]
"""For each package, its files by name."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Packages that were checked against their manifests."""

    model: ModelPackage
    forward: ModelPackage | None = None
    """Translates what `model` wrote back, for the round trip of back-translations."""
    language_model: LanguageModelPackage | None = None
    """Of the language that `model` writes."""

    def contents(self) -> Contents:
        """Return all files: machines of a cluster need not see the driver's disk."""
        given = {"model": self.model, "forward": self.forward, "language_model": self.language_model}
        return {
            name: {file: package.read(file) for file in (MANIFEST, *package.manifest.files)}
            for name, package in given.items()
            if package is not None
        }

    def check_languages(self) -> None:
        """Raises ConfigError if `forward` does not translate what `model` writes back into what `model` reads, or the
        language model is for another language than `model` writes."""
        there = self.model.manifest
        if self.language_model:
            check_language(self.language_model.manifest, there.target)
        if self.forward is None:
            return
        back = self.forward.manifest
        if not (match_either_way(back.source, there.target) and match_either_way(back.target, there.source)):
            raise ConfigError(
                f"--forward {self.forward.path} translates {back.source} to {back.target}, and --model "
                f"{self.model.path} {there.source} to {there.target}: name one for {there.target} to {there.source}"
            )

    @classmethod
    def written(cls, contents: Contents, directory: Path) -> Packages:
        """Write the files to `directory`, and open them there."""
        for name, files in contents.items():
            (directory / name).mkdir()
            for file, content in files.items():
                (directory / name / file).write_bytes(content)
        return cls(
            ModelPackage.open(directory / "model"),
            ModelPackage.open(directory / "forward") if "forward" in contents else None,
            LanguageModelPackage.open(directory / "language_model") if "language_model" in contents else None,
        )


@contextmanager
def loaded(packages: Packages, plan: Plan, threads: int) -> Iterator[PieceMaker]:
    """Load what the pieces of `plan` need, until the end of the block."""
    with ExitStack() as stack:

        def line_translator(package: ModelPackage) -> LineTranslator:
            translator = stack.enter_context(Translator(package, threads=threads))
            options = translator.options(beam_size=plan.beam_size, max_length=plan.max_length)
            return LineTranslator(translator, options)

        lines = line_translator(packages.model)
        if not plan.back_translate:
            yield PieceTranslator(lines)
            return
        from nmt.bulk.back_translation.filters import Filters, Likelihood, RoundTrip  # they need sacreBLEU
        from nmt.bulk.back_translation.making import BackTranslator

        measured: list[Filter] = []
        if packages.language_model and plan.most_perplexity is not None:
            measured.append(Likelihood(LanguageModel(packages.language_model), plan.most_perplexity))
        if packages.forward and plan.least_chrf is not None:
            measured.append(RoundTrip(line_translator(packages.forward), plan.least_chrf))
        yield BackTranslator(lines, Filters(tuple(measured)), plan.scores)
