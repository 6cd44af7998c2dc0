"""Which way a file translates, when it declares its languages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nmt.corpus.corpus_spec import Direction
from nmt.errors import CorpusError
from nmt.languages import matches

Languages = tuple[str, str]
"""The source and target language that a file declares. The target language may be empty."""


def is_reversed(languages: Languages, direction: Direction) -> bool | None:
    """Return whether a file in `languages` translates from the target to the source, or None if it has others."""
    for first, second, answer in (
        (direction.source, direction.target, False),
        (direction.target, direction.source, True),
    ):
        if matches(languages[0], first) and (not languages[1] or matches(languages[1], second)):
            return answer
    return None


def other_languages(path: Path, found: Iterable[Languages], direction: Direction) -> CorpusError:
    """Return the error for a file that declares the languages `found`, but not those of `direction`."""
    said = "; ".join(f"{source} to {target or 'a language not named'}" for source, target in found)
    return CorpusError(
        f"{path}: translates {said}, not between {direction.source} and {direction.target}: give --source and "
        f"--target as the file has them"
    )
