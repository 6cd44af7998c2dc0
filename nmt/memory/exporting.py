"""Write the units of a language pair for other tools: TMX 1.4, or a source, a tab and a translation a line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from lxml import etree

from nmt.corpus.readers.one_line import one_line
from nmt.errors import ConfigError
from nmt.memory.store import Unit

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_IN_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def export_units(path: Path, languages: tuple[str, str], units: Iterable[Unit]) -> tuple[int, int]:
    """Write the units to `path`, all or none, in the format of its ending: .tmx or .tsv.

    Return the number of units, and of those with characters that the format cannot have: control characters in TMX,
    which are left out, and tabs and line breaks in TSV, which become spaces. Raises ConfigError for another ending, and
    OSError.
    """
    writer = {".tmx": _write_tmx, ".tsv": _write_tsv}.get(path.suffix.lower())
    if writer is None:
        raise ConfigError(f"{path}: the ending tells the format, and can be .tmx or .tsv")
    partial = path.with_name(f"{path.name}.partial")
    try:
        written = writer(partial, languages, units)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return written


def _write_tmx(path: Path, languages: tuple[str, str], units: Iterable[Unit]) -> tuple[int, int]:
    count = altered = 0
    header = {
        "creationtool": "nmt",
        "creationtoolversion": "1",
        "segtype": "sentence",
        "o-tmf": "nmt",
        "adminlang": "en",
        "srclang": languages[0],
        "datatype": "plaintext",
    }
    with etree.xmlfile(str(path), encoding="utf-8") as file:
        file.write_declaration()
        with file.element("tmx", version="1.4"):
            file.write(etree.Element("header", header))
            with file.element("body"):
                for unit in units:
                    texts = [_NOT_IN_XML.sub("", text) for text in (unit.source, unit.target)]
                    file.write("\n", _tmx_unit(unit, languages, texts))
                    count += 1
                    altered += texts != [unit.source, unit.target]
                file.write("\n")
    return count, altered


def _tmx_unit(unit: Unit, languages: tuple[str, str], texts: Iterable[str]) -> etree._Element:
    element = etree.Element("tu", creationdate=f"{unit.created:%Y%m%dT%H%M%SZ}")
    etree.SubElement(element, "prop", type="origin").text = _NOT_IN_XML.sub("", unit.origin)
    for language, text in zip(languages, texts, strict=True):
        variant = etree.SubElement(element, "tuv", {_XML_LANG: language})
        etree.SubElement(variant, "seg").text = text
    return element


def _write_tsv(path: Path, languages: tuple[str, str], units: Iterable[Unit]) -> tuple[int, int]:
    count = altered = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for unit in units:
            texts = [one_line(text) for text in (unit.source, unit.target)]
            file.write("\t".join(texts) + "\n")
            count += 1
            altered += texts != [unit.source, unit.target]
    return count, altered
