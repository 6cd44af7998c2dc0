"""Read sentence pairs one at a time from a source of any supported format and compression.

Each reader is a generator that holds only a pair or two of its file (except for a gettext catalogue). It raises
CorpusError, which names the file, the line or unit, the problem and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterator

from nmt.corpus.corpus_spec import CorpusSpec, Direction
from nmt.corpus.pairs import SentencePair
from nmt.corpus.readers.csv_jsonl import read_csv, read_jsonl
from nmt.corpus.readers.left_out import LeaveOut, untold
from nmt.corpus.readers.lines import read_aligned, read_tsv
from nmt.corpus.readers.po import read_po
from nmt.corpus.readers.tmx import read_tmx
from nmt.corpus.readers.ts import read_ts
from nmt.corpus.readers.xliff import read_xliff

__all__ = ["read_pairs"]


def read_pairs(spec: CorpusSpec, direction: Direction, leave_out: LeaveOut = untold) -> Iterator[SentencePair]:
    """Yield the pairs of a source in order. `leave_out` is called for each unit that is not a finished pair.

    A finished pair has both languages. Raises CorpusError on anything that cannot be read as its format.
    """
    path = spec.paths[0]
    match spec.kind:
        case "tsv":
            return read_tsv(path, spec.columns)
        case "aligned":
            return read_aligned(path, spec.paths[1])
        case "csv":
            return read_csv(path, spec.columns, direction)
        case "jsonl":
            return read_jsonl(path, spec.columns, direction)
        case "tmx":
            return read_tmx(path, direction, leave_out)
        case "ts":
            return read_ts(path, direction, leave_out)
        case "xliff":
            return read_xliff(path, direction, leave_out)
        case "po":
            return read_po(path, spec.columns, direction, leave_out)
