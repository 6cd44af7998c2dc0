"""A corpus of numbered pairs, for tests of what training makes of files."""

from __future__ import annotations

from pathlib import Path

from nmt.corpus import CorpusSpec, Direction
from nmt.training.data.prepare import PreparedCorpus, Sources
from nmt.training.settings.config import DataConfig

CONFIG = DataConfig(vocabulary_size=330, held_out=10)
DIRECTION = Direction("en", "de")


def write(path: Path, start: int, count: int) -> CorpusSpec:
    rows = (f"the number {number} is here\tdie Zahl {number} ist hier\n" for number in range(start, start + count))
    path.write_text("".join(rows))
    return CorpusSpec((path,))


def sources(*train: CorpusSpec, **more: object) -> Sources:
    return Sources(train, DIRECTION, **more)


def texts(corpus: PreparedCorpus) -> set[tuple[str, str]]:
    decode = corpus.source_tokenizer.decode
    return {
        (decode(corpus.train.source(index).tolist()), decode(corpus.train.target(index).tolist()))
        for index in range(len(corpus.train))
    }


def begin(run: Path) -> None:
    (run / "last.safetensors").write_bytes(b"a checkpoint")
