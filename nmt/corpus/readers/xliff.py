"""Read pairs from XLIFF files, 1.x and 2.x."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from nmt.corpus.corpus_spec import Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.file_direction import Languages, is_reversed, other_languages
from nmt.corpus.readers.left_out import NOT_FINISHED, NOT_IN_BOTH, NOT_TO_TRANSLATE, NOT_TRANSLATED, LeaveOut
from nmt.corpus.readers.markup import elements, local_name, text_of
from nmt.errors import CorpusError

_NAMES = frozenset({"xliff", "file", "trans-unit", "unit"})
_UNFINISHED = frozenset({"new", "needs-translation", "needs-l10n", "needs-adaptation", "initial"})
"""States of a target that is not yet a translation. A target without a state counts as a translation."""
_UNCONFIRMED = frozenset({"Draft", "Unspecified", "RejectedTranslation", "RejectedSignOff"})
"""What SDL Trados says of segments that nobody has confirmed."""
_GETTEXT_HEADER = "x-gettext-domain-header"
"""The kind of the unit into which translate-toolkit puts the header of a catalogue."""


def read_xliff(path: Path, direction: Direction, leave_out: LeaveOut) -> Iterator[SentencePair]:
    """Read source and target of each unit or segment that has both, swapped if the file translates the other way.

    `leave_out` is called for unfinished ones, and for units in other languages. Raises CorpusError when the file
    declares languages, but not these two.
    """
    languages: Languages | None = None
    seen: dict[Languages, None] = {}
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
        swapped = is_reversed(languages, direction)
        origin = Origin(path, element.get("id") or f"number {units}")
        if swapped is None:
            seen[languages] = None
            leave_out(SentencePair("", "", origin), NOT_IN_BOTH)
            continue
        fitting += 1
        for source, target, reason in _texts(element):
            pair = SentencePair(target, source, origin) if swapped else SentencePair(source, target, origin)
            if reason:
                leave_out(pair, reason)
            else:
                yield pair
    if units and not fitting:
        raise other_languages(path, seen, direction)


def _languages(element: etree._Element) -> Languages | None:
    """Return the languages declared by an `xliff` (2.x) or a `file` (1.x). The target language may be missing."""
    source = element.get("srcLang") or element.get("source-language")
    return (source, element.get("trgLang") or element.get("target-language") or "") if source else None


def _texts(unit: etree._Element) -> Iterator[tuple[str, str, str | None]]:
    """Return source and target of each segment, and why they are not a pair, if there is a reason."""
    unfinished = _unfinished_segments(unit)
    to_translate = _is_to_be_translated(unit)
    for number, source, target, state in _segments(unit):
        reason = None
        if not to_translate:
            reason = NOT_TO_TRANSLATE
        elif not (source and target):
            reason = NOT_TRANSLATED
        elif state in _UNFINISHED or number in unfinished:
            reason = NOT_FINISHED
        yield source, target, reason


def _segments(unit: etree._Element) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield number, source, target and state of each segment of `unit`. The number is empty outside 1.x."""
    if local_name(unit) == "unit":
        for segment in unit.findall("{*}segment"):
            target = segment.find("{*}target")
            state = (None if target is None else target.get("state")) or segment.get("state")
            yield "", _text(segment.find("{*}source")), _text(target), state
        return
    # 1.x has the texts in the unit itself, next to proposals with their own texts, and segments are marked in them.
    source, target = unit.find("{*}source"), unit.find("{*}target")
    state = None if target is None else target.get("state")
    marked_source = unit.find("{*}seg-source")
    sources, targets = _marked(source if marked_source is None else marked_source), _marked(target)
    if sources and (targets or not _text(target)):
        for number, text in sources.items():
            yield number, text, targets.get(number, ""), state
    else:
        yield "", _text(source), _text(target), state


def _marked(element: etree._Element | None) -> dict[str, str]:
    """Return the texts of the segments marked in a text of 1.x, by `mid`. One in several parts is joined."""
    texts: dict[str, str] = {}
    for mark in () if element is None else element.iter("{*}mrk"):
        if mark.get("mtype") == "seg":
            number = mark.get("mid", "")
            texts[number] = f"{texts.get(number, '')} {text_of(mark)}".strip(" ")
    return texts


def _text(element: etree._Element | None) -> str:
    return "" if element is None else text_of(element)


def _unfinished_segments(unit: etree._Element) -> set[str]:
    """Return the numbers of segments that SDL Trados marks as not confirmed."""
    return {seg.get("id", "") for seg in unit.iterfind(".//{*}seg-defs/{*}seg") if seg.get("conf") in _UNCONFIRMED}


def _is_to_be_translated(unit: etree._Element) -> bool:
    """Whether `unit` is to be translated: it, its group or its file says so; the innermost counts."""
    if unit.get("restype") == _GETTEXT_HEADER:
        return False
    said = (each.get("translate") for each in (unit, *unit.iterancestors()))
    return next((value for value in said if value), "yes") != "no"
