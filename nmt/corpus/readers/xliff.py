"""Read pairs from XLIFF files, 1.x and 2.x."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from nmt.corpus.corpus_spec import Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.left_out import NOT_FINISHED, NOT_IN_BOTH, NOT_TO_TRANSLATE, NOT_TRANSLATED, LeaveOut
from nmt.corpus.readers.markup import elements, local_name, text_of
from nmt.errors import CorpusError
from nmt.languages import matches

_NAMES = frozenset({"xliff", "file", "trans-unit", "unit"})
_UNFINISHED = frozenset({"new", "needs-translation", "needs-l10n", "needs-adaptation", "initial"})
"""States of a target that is not yet a translation. A target without a state counts as a translation."""


def read_xliff(path: Path, direction: Direction, leave_out: LeaveOut) -> Iterator[SentencePair]:
    """Read source and target of each unit or segment that has both, swapped if the file translates the other way.

    `leave_out` is called for unfinished ones, and for units in other languages. Raises CorpusError when the file
    declares languages, but not these two.
    """
    languages: tuple[str, str] | None = None
    seen: dict[tuple[str, str], None] = {}
    units = fitting = 0
    for event, element in elements(path, _NAMES):
        name = local_name(element)
        if event == "start":
            if name in ("xliff", "file"):
                languages = _languages(element) or languages
            continue
        if name not in ("trans-unit", "unit"):
            continue
        units += 1
        if languages is None:
            raise CorpusError(f"{path} line {element.sourceline}: no source language is declared before this unit")
        is_reversed = _is_reversed(languages, direction)
        origin = Origin(path, element.get("id") or f"number {units}")
        if is_reversed is None:
            seen[languages] = None
            leave_out(SentencePair("", "", origin), NOT_IN_BOTH)
            continue
        fitting += 1
        for source, target, reason in _texts(element):
            pair = SentencePair(target, source, origin) if is_reversed else SentencePair(source, target, origin)
            if reason:
                leave_out(pair, reason)
            else:
                yield pair
    if units and not fitting:
        found = "; ".join(f"{source} to {target or 'a language not named'}" for source, target in seen)
        raise CorpusError(
            f"{path}: translates {found}, not between {direction.source} and {direction.target}: give --source and "
            f"--target as the file has them"
        )


def _languages(element: etree._Element) -> tuple[str, str] | None:
    """Return the languages declared by an `xliff` (2.x) or a `file` (1.x). The target language may be missing."""
    source = element.get("srcLang") or element.get("source-language")
    return (source, element.get("trgLang") or element.get("target-language") or "") if source else None


def _is_reversed(languages: tuple[str, str], direction: Direction) -> bool | None:
    """Return whether the file translates from the target to the source, or None if it has other languages."""
    for first, second, is_reversed in (
        (direction.source, direction.target, False),
        (direction.target, direction.source, True),
    ):
        if matches(languages[0], first) and (not languages[1] or matches(languages[1], second)):
            return is_reversed
    return None


def _texts(unit: etree._Element) -> Iterator[tuple[str, str, str | None]]:
    """Return source and target of each segment, and why they are not a pair, if there is a reason."""
    # 1.x has the texts in the unit itself, next to proposals with their own texts; 2.x has them in segments.
    segments = [unit] if local_name(unit) == "trans-unit" else unit.findall("{*}segment")
    for segment in segments:
        source, target = segment.find("{*}source"), segment.find("{*}target")
        texts = ("" if source is None else text_of(source), "" if target is None else text_of(target))
        state = (None if target is None else target.get("state")) or segment.get("state")
        reason = None
        if unit.get("translate") == "no":
            reason = NOT_TO_TRANSLATE
        elif not all(texts):
            reason = NOT_TRANSLATED
        elif state in _UNFINISHED:
            reason = NOT_FINISHED
        yield *texts, reason
