"""A teacher of the reverse direction."""

from __future__ import annotations

from pathlib import Path

import pytest

from nmt.runtime import CorpusSource
from nmt.training.export.package import Provenance, Trained, export_package, model_files


@pytest.fixture(scope="module")
def backward(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package that translates back."""
    directory = tmp_path_factory.mktemp("models") / "xx-en"
    learned = (
        CorpusSource(name="one", pairs=3, licence="CC-BY 2.0", attribution="Ada"),
        CorpusSource(name="two", pairs=4, licence="MPL-2.0", attribution="Bo"),
        CorpusSource(name="three", pairs=5, licence="CC-BY 2.0", attribution=""),
    )
    export_package(
        directory, model_files(trained), Provenance("xx-en", "xx", "en", "2026-01-01", "nmt train", "", learned)
    )
    return directory
