"""Read files of other tools into the memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.corpus_spec import STANDARD_INPUT
from nmt.corpus.readers.left_out import NOT_TRANSLATED, counting
from nmt.errors import ConfigError
from nmt.memory.store import Memory

_AT_ONCE = 20_000
"""Units stored at once. Others who write to the memory wait as long as that takes, some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file."""

    read: int
    """Finished units in it."""
    added: int
    """Those of them that were new."""
    left_out: Counter[str]
    """The number of other units, by reason."""


def check_files(specs: Sequence[CorpusSpec], direction: Direction) -> int:
    """Read the files to their ends, so that none is imported in part. Return the number of their units.

    Raises CorpusError for a file that cannot be read, and ConfigError for standard input.
    """
    if any(STANDARD_INPUT in spec.paths for spec in specs):
        raise ConfigError("standard input (-) can be read but once, and is checked first: put the units into a file")
    return sum(1 for spec in specs for _ in read_pairs(spec, direction))


def import_file(
    memory: Memory, spec: CorpusSpec, direction: Direction, tell: Callable[[int], object] = lambda count: None
) -> Imported:
    """Add the units of a file, and call `tell` with the number of each lot that was read.

    Units that are there are not added again, so an import that was interrupted is continued by another. Raises
    CorpusError.
    """
    left_out: Counter[str] = Counter()
    pairs = ((pair.source, pair.target) for pair in read_pairs(spec, direction, counting(left_out)))
    languages, origin = (direction.source, direction.target), spec.paths[0].name
    read = added = 0
    for chunk in _chunks(pairs):
        whole = [(source, target) for source, target in chunk if source.strip() and target.strip()]
        if len(whole) < len(chunk):
            left_out[NOT_TRANSLATED] += len(chunk) - len(whole)
        added += memory.add(languages, whole, origin)
        read += len(whole)
        tell(len(chunk))
    memory.index()
    return Imported(read, added, left_out)


def _chunks(pairs: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while chunk := list(islice(pairs, _AT_ONCE)):
        yield chunk
