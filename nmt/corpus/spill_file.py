"""Keep pairs on disk between passes over a corpus, because standard input can be read only once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from nmt.corpus.pairs import SentencePair


def write_spill_file(path: Path, pairs: Iterable[SentencePair]) -> None:
    """Write `pairs` to `path`, source and target on one line each. Texts from readers contain no line feed."""
    with path.open("wb") as stream:
        for pair in pairs:
            stream.write(f"{pair.source}\n{pair.target}\n".encode())


def read_spill_file(path: Path) -> Iterator[SentencePair]:
    """Yield the pairs in `path`, without their origins."""
    with path.open("rb") as stream:
        for source in stream:
            yield SentencePair(source[:-1].decode(), next(stream)[:-1].decode())
