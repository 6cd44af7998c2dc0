"""The package of a language model: graph, arrays and vocabulary, with hashes in its manifest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar, Literal

from nmt.errors import PackageNotFound
from nmt.language_model.symbols import SymbolKind
from nmt.runtime import Package, PackageManifest
from nmt.runtime.package import MANIFEST, checked_manifest

READ = "read.onnx"
"""The graph that reads given symbols. Its weights are also those of the compiled decoder. Packages before format 8 have
further graphs that sample."""
ARRAYS = "arrays.npz"
VOCABULARY = "vocabulary"


class LanguageModelManifest(PackageManifest):
    """Contents of `manifest.json` of a language model."""

    KIND: ClassVar[str] = "language-model"

    kind: Literal["language-model"] = "language-model"
    language: str | None = None
    """Code of the language of the training text. None in a package that does not say."""
    symbols: SymbolKind
    vocabulary_size: int
    """V."""
    validation_loss: float
    """In nats per symbol, as measured in training."""

    @property
    def needed(self) -> tuple[str, ...]:
        """Files that the runtime reads."""
        return (READ, ARRAYS, VOCABULARY)


class LanguageModelPackage(Package[LanguageModelManifest]):
    """The package of a language model."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> LanguageModelPackage:
        """Read and check the package at `path`. Raises PackageNotFound or PackageCorrupt."""
        directory = Path(path)
        if not (directory / MANIFEST).is_file():
            raise PackageNotFound(
                f"{directory}: no language model here (no {MANIFEST}); train one with: nmt lm train --train text.txt "
                f"--output {directory}"
            )
        return cls(directory, checked_manifest(directory, LanguageModelManifest))
