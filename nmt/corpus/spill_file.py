"""Pairs kept on disk between the passes over a corpus, which standard input allows but one of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from nmt.corpus.pairs import SentencePair


def write_spool(path: Path, pairs: Iterable[SentencePair]) -> None:
    """Write `pairs` to `path`: a line the source, a line the target, as no text that a reader gives has a line feed."""
    with path.open("wb") as stream:
        for pair in pairs:
            stream.write(f"{pair.source}\n{pair.target}\n".encode())


def read_spool(path: Path) -> Iterator[SentencePair]:
    """The pairs in `path`, without their origins."""
    with path.open("rb") as stream:
        for source in stream:
            yield SentencePair(source[:-1].decode(), next(stream)[:-1].decode())
