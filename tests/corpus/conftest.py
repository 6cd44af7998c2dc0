"""Reading files that a test writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.corpus import CorpusSpec, Direction, read_pairs


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    """Writes `content` to a file called `name` and reads it from English to German; options as on a command line."""

    def read_content(
        name: str, content: str | bytes, options: str = "", source: str = "en", target: str = "de"
    ) -> list[tuple[str, str]]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        spec = CorpusSpec.parse(f"{path}{options}")
        return [(pair.source, pair.target) for pair in read_pairs(spec, Direction(source, target))]

    return read_content
