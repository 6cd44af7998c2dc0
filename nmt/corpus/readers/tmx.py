"""Read pairs from translation memories: TMX 1.1 to 1.4."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from nmt.corpus.corpus_spec import Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.left_out import NOT_IN_BOTH, LeaveOut
from nmt.corpus.readers.markup import elements, local_name, text_of
from nmt.errors import CorpusError
from nmt.languages import matches

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNIT = frozenset({"tu"})


def read_tmx(path: Path, direction: Direction, leave_out: LeaveOut) -> Iterator[SentencePair]:
    """Read the pair of each unit that has both languages, whichever of them is the original.

    `leave_out` is called for the other units. If a language has several variants, the one with exactly the requested
    code is used, else the first. Raises CorpusError when there are units but none has both languages.
    """
    units = found = 0
    languages: dict[str, None] = {}
    for event, unit in elements(path, _UNIT):
        if event != "end":
            continue
        units += 1
        variants = _variants(unit)
        source, target = (_choose(variants, language) for language in (direction.source, direction.target))
        origin = Origin(path, unit.get("tuid") or f"number {units}")
        if source is not None and target is not None:
            found += 1
            yield SentencePair(source, target, origin)
            continue
        leave_out(SentencePair(source or "", target or "", origin), NOT_IN_BOTH)
        if not found:
            languages |= dict.fromkeys(code for code, _ in variants)
    if units and not found:
        raise CorpusError(
            f"{path}: none of its {units:,} units has both {direction.source} and {direction.target}; its languages "
            f"are {', '.join(list(languages)[:20])}: give --source and --target as the file has them"
        )


def _variants(unit: etree._Element) -> list[tuple[str, str]]:
    """Return (language code, text) of each variant."""
    found = []
    for variant in unit:
        if not isinstance(variant.tag, str) or local_name(variant) != "tuv":
            continue
        segment = variant.find("{*}seg")
        if segment is not None:
            found.append((variant.get(_XML_LANG) or variant.get("lang") or "", text_of(segment)))
    return found


def _choose(variants: list[tuple[str, str]], language: str) -> str | None:
    exact = (text for code, text in variants if code.lower() == language.lower())
    return next(exact, next((text for code, text in variants if matches(code, language)), None))
