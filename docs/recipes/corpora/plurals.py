"""Write the plurals of a dictionary's nouns in English and French or Spanish, as pairs of words.

    python docs/recipes/corpora/plurals.py en fr --output data/split/dictionary-plurals/en-fr \
        --nouns data/split/dictionary-articles/en-fr/train.en.gz data/split/dictionary-articles/en-fr/train.fr.gz

reads nouns with their articles ("the animal", "l'animal") in the order of the direction, and writes `train` as two
aligned files ("animals", "animaux"). A dictionary has nouns in the singular, and texts have half of them in the plural.
The rules are the regular ones of both languages; a noun that they might get wrong is left out.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from augment import Pair, read, write
from rare_words import nouns_of

Rules = list[tuple[str, str | None]]
"""Ends of words, as patterns, and what they become; None for words that are left out. The first that fits counts."""
RULES: dict[str, Rules] = {
    "en": [
        (r"(man|men|child|foot|tooth|goose|mouse|louse|person|[^aeiou]o|f|fe|[ius]s|ics|us|um|on|ix|ex)$", None),
        (r"(s|x|z|ch|sh)$", r"\1es"),
        (r"([^aeiou])y$", r"\1ies"),
        (r"$", "s"),
    ],
    "fr": [
        (r"(ail|[^e]ou|bal|val|nal|cal)$", None),
        (r"([sxz])$", r"\1"),
        (r"al$", "aux"),
        (r"(eau|eu|au)$", r"\1x"),
        (r"$", "s"),
    ],
    "es": [
        (r"([^i]en|[aeiou]s|x)$", None),
        (r"z$", "ces"),
        (r"ás$", "ases"),
        (r"és$", "eses"),
        (r"án$", "anes"),
        (r"én$", "enes"),
        (r"ín$", "ines"),
        (r"ón$", "ones"),
        (r"([aeioáéó])$", r"\1s"),
        (r"([íúdjlnry])$", r"\1es"),
    ],
}


def plural(noun: str, language: str) -> str | None:
    """Return the plural of `noun` in a language of `RULES`, or None if its end does not tell."""
    for end, becomes in RULES[language]:
        if re.search(end, noun):
            return None if becomes is None else re.sub(end, becomes, noun, count=1)
    return None


def plurals(pairs: Iterable[Pair], other: str) -> Iterator[Pair]:
    """The plurals of pairs like ("the animal", "l'animal"), English first, unless one of the two is not sure."""
    for entry in nouns_of(pairs):
        english, foreign = plural(entry.english, "en"), plural(entry.other, other)
        if english and foreign and entry.other.islower():
            yield english, foreign


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--nouns", nargs=2, type=Path, required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    languages = (options.source, options.target)
    other = next((each for each in languages if each != "en"), "")
    if "en" not in languages or other not in RULES:
        parser.error(f"{options.source} to {options.target}: one of the two has to be en, the other fr or es")
    turn = 1 if languages[0] == "en" else -1
    found = [pair[::turn] for pair in plurals(read(options.nouns[::turn]), other)]
    write(options.output, "train", languages, found)


if __name__ == "__main__":
    main()
