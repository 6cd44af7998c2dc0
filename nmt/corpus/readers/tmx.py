"""Read pairs from translation memories: TMX 1.1 to 1.4."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
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

    `leave_out` is called for the other units. If a language has several variants, those with exactly the requested
    code are used, else all: en-GB and en-US give two pairs with one German text. Raises CorpusError when there are
    units but none has both languages.
    """
    units = found = 0
    has_segments = False
    languages: dict[str, None] = {}
    for event, unit in elements(path, _UNIT):
        if event != "end":
            continue
        units += 1
        variants = _variants(unit)
        has_segments = has_segments or bool(variants)
        sources, targets = (_choose(variants, language) for language in (direction.source, direction.target))
        origin = Origin(path, unit.get("tuid") or f"number {units}")
        found += bool(sources and targets)
        for source, target in product(sources, targets):
            yield SentencePair(source, target, origin)
        if not (sources and targets):
            leave_out(SentencePair("".join(sources[:1]), "".join(targets[:1]), origin), NOT_IN_BOTH)
        if not found:
            languages |= dict.fromkeys(code for code, _ in variants)
    if units and not has_segments:
        raise CorpusError(
            f"{path}: none of its {units:,} units has a text: each <tuv> needs its text in a <seg>; export the memory "
            f"again, as TMX 1.4"
        )
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


def _choose(variants: list[tuple[str, str]], language: str) -> list[str]:
    """Return the texts in `language`, each once."""
    exact = [text for code, text in variants if code.lower() == language.lower()]
    return list(dict.fromkeys(exact or [text for code, text in variants if matches(code, language)]))
