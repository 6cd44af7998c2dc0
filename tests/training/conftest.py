"""The tests here and the processes that they start share modules, `tiny_training` and `numbered_pairs`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nmt.corpus import CorpusSpec

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def spec(tmp_path: Path) -> CorpusSpec:
    """Two hundred numbered pairs."""
    from numbered_pairs import write

    return write(tmp_path / "a.tsv", 0, 200)
