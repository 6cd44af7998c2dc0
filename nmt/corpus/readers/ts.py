"""Read pairs from the translation sources of Qt: `.ts` files of lupdate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from nmt.corpus.corpus_spec import Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.file_direction import Languages, is_reversed, other_languages
from nmt.corpus.readers.left_out import NOT_FINISHED, NOT_TRANSLATED, OBSOLETE, LeaveOut
from nmt.corpus.readers.markup import elements, local_name, text_of
from nmt.errors import CorpusError

_NAMES = frozenset({"TS", "message"})
_REASONS = {"unfinished": NOT_FINISHED, "obsolete": OBSOLETE, "vanished": OBSOLETE}
_SOURCE = "en"
"""The language of the messages if the file does not declare it, as in Qt's tools."""


def read_ts(path: Path, direction: Direction, leave_out: LeaveOut) -> Iterator[SentencePair]:
    """Read source and translation of each finished message, swapped if the file translates the other way.

    `leave_out` is called for the others. A message with numerus forms is paired with the last, that of most numbers.
    Raises CorpusError when the file declares other languages.
    """
    languages: Languages | None = None
    number, swapped = 0, False
    for event, element in elements(path, _NAMES):
        if local_name(element) == "TS":
            if event == "start":
                languages = (element.get("sourcelanguage") or _SOURCE, element.get("language") or "")
                found = is_reversed(languages, direction)
                if found is None:
                    raise other_languages(path, [languages], direction)
                swapped = found
        elif event == "end":
            number += 1
            source, target, reason = _texts(element)
            origin = Origin(path, element.get("id") or f"number {number}")
            pair = SentencePair(target, source, origin) if swapped else SentencePair(source, target, origin)
            if reason:
                leave_out(pair, reason)
            else:
                yield pair
    if languages is None:
        raise CorpusError(f"{path}: no <TS> in it, so it is no translation source of Qt; name a file of lupdate")


def _texts(message: etree._Element) -> tuple[str, str, str | None]:
    """Return source and translation of `message`, and why they are not a pair, if there is a reason."""
    source, translation = message.find("{*}source"), message.find("{*}translation")
    text = "" if source is None else text_of(source)
    if translation is None:
        return text, "", NOT_TRANSLATED
    forms = translation.findall("{*}numerusform")
    chosen = forms[-1] if forms else translation
    variant = chosen.find("{*}lengthvariant")  # the first is the longest, written for where there is room
    target = text_of(chosen if variant is None else variant)
    reason = _REASONS.get(translation.get("type", ""))
    if reason != OBSOLETE and not (text and target):
        reason = NOT_TRANSLATED
    return text, target, reason
