"""Greetings, days, colours, family, food and numbers: what everybody tries first has to be right.

Phrases are those of docs/recipes/phrases.csv, which the packages that ship have learned. A phrase with several
translations there may have any of them. Capitals and kinds of spaces are not compared.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from num2words import num2words

from nmt.runtime import ModelPackage, Translator
from nmt.text import translate_texts

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(path.name for path in (ROOT / "models").glob("*-*"))
LEAST = 0.99


def expected(source: str, target: str) -> dict[str, set[str]]:
    """The accepted translations of each phrase, and of the numbers to a hundred."""
    accepted: defaultdict[str, set[str]] = defaultdict(set)
    with (ROOT / "docs" / "recipes" / "phrases.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            accepted[row[source]].add(row[target].casefold())
    for number in range(101):
        accepted[num2words(number, lang=source)].add(num2words(number, lang=target).casefold())
    return accepted


@pytest.mark.parametrize("name", PACKAGES)
def test_nearly_all_phrases_are_right(name: str) -> None:
    manifest = ModelPackage.open(ROOT / "models" / name).manifest
    accepted = expected(manifest.source, manifest.target)
    assert len(accepted) > 480
    with Translator.load(ROOT / "models" / name) as translator:
        texts = translate_texts(translator, list(accepted), translator.options())
    wrong = {
        phrase: text.text()
        for (phrase, right), text in zip(accepted.items(), texts, strict=True)
        if " ".join(text.text().casefold().split()) not in right
    }
    assert len(wrong) <= (1 - LEAST) * len(accepted), wrong
