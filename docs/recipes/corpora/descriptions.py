"""Sentence pairs from Debian's package descriptions and their translations, aligned by the MD5 of the description."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from message_catalogues import is_text

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜÉÈÀÇÑ¿¡])")


def download_descriptions(cache: Path, languages: Iterable[str]) -> dict[str, Path]:
    """Download the index Translation-XX of each language into `cache`, and return the files by language.

    The machine's own lists are not touched. Raises OSError if apt-get cannot do it.
    """
    wanted = list(languages)
    found = {language: cache / f"Translation-{language}" for language in wanted}
    if not all(path.exists() for path in found.values()):
        lists = cache / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        settings = (f"Dir::State::lists={lists.absolute()}", f"Acquire::Languages={','.join(wanted)}")
        options = [part for each in (*settings, "Acquire::GzipIndexes=false") for part in ("-o", each)]
        done = subprocess.run(["apt-get", "update", "-qq", *options], check=False)
        if done.returncode:
            raise OSError(f"apt-get update ended with {done.returncode}: package descriptions could not be downloaded")
        for language, path in found.items():
            stored = sorted(lists.glob(f"*_main_i18n_Translation-{language}"), key=lambda each: each.stat().st_size)
            if stored:
                os.replace(stored[-1], path)
    return {language: path for language, path in found.items() if path.exists()}


def description_pairs(english: Path, other: Path, language: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of descriptions that have as many paragraphs, and paragraphs as many sentences."""
    translations = dict(_stanzas(other, language))
    for digest, source in _stanzas(english, "en"):
        target = translations.get(digest, [])
        if len(source) != len(target):
            continue
        for left, right in zip(source, target, strict=True):
            sentences = _SENTENCE_END.split(left), _SENTENCE_END.split(right)
            if len(sentences[0]) == len(sentences[1]):
                yield from (pair for pair in zip(*sentences, strict=True) if is_text(*pair))


def _stanzas(path: Path, language: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the MD5 and the paragraphs of each description: the short one first, then those of the long one."""
    name = f"Description-{language}:"
    digest, paragraphs = "", [""]
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.startswith("Description-md5:"):
                digest = line.split()[1]
            elif line.startswith(name):
                paragraphs = [line.removeprefix(name).strip(), ""]
            elif line.startswith(" "):
                text = line.strip()
                if text == "." or line.startswith("  "):  # a new paragraph, or a list, whose lines stand alone
                    paragraphs.append("" if text == "." else text)
                else:
                    paragraphs[-1] = f"{paragraphs[-1]} {text}".strip()
            elif not line.strip():
                yield digest, [paragraph for paragraph in paragraphs if paragraph]
                digest, paragraphs = "", [""]
