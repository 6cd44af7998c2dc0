"""The package of a captioner."""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar, Literal

from nmt.runtime import Package, PackageManifest, Vocabulary
from nmt.runtime.package import checked_manifest

CAPTIONER = "captioner"
"""The kind of a captioner's package."""


class CaptionManifest(PackageManifest):
    """Contents of `manifest.json` of a captioner."""

    KIND: ClassVar[str] = CAPTIONER

    kind: Literal["captioner"] = "captioner"
    """Makes the program of a translator refuse the package, and this one recognize it."""
    language: str
    """Language code of the captions."""
    image_size: int
    """P: pictures are scaled to P x P pixels."""
    vocabulary: Vocabulary
    max_subwords: int
    """Maximum number of subwords in a caption, including <END>."""

    @property
    def needed(self) -> tuple[str, ...]:
        """Files that the runtime reads."""
        return (*super().needed, self.vocabulary.file)


class CaptionPackage(Package[CaptionManifest]):
    """The package of a captioner."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> CaptionPackage:
        """Read and check the package at `path`. Raises PackageNotFound or PackageCorrupt."""
        return cls(Path(path), checked_manifest(Path(path), CaptionManifest))
