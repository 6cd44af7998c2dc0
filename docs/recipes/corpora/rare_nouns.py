"""Write training pairs that teach rare nouns within sentences (Fadaee, Bisazza & Monz 2017).

    python docs/recipes/corpora/rare_nouns.py es --output data/augmented/en-es \
        --nouns data/split/dictionary-articles/en-es/train.en.gz data/split/dictionary-articles/en-es/train.es.gz \
        --pairs data/tatoeba/en-es/train.en.gz data/tatoeba/en-es/train.es.gz [--pairs ...]

reads nouns with their articles ("the misuse", "el abuso") and aligned pairs, and writes `nouns` as two aligned files.
In a pair that has a noun and its translation, both give way to a rare noun with the same article, so that what agrees
with the noun stays right. A rare noun is otherwise seen alone, as a word of a dictionary, and a model that knows it so
does not find it in a sentence. The same input gives the same output.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from augment import Pair, read, write

CARRIERS = 6
"""Pairs made for each rare noun."""
RARE = 30
"""Number of pairs below which a noun is rare."""
LONGEST = 30
"""Words of the longest carrier."""
DETERMINERS = frozenset(
    ("the", "a", "an", "my", "your", "his", "her", "its", "our", "their", "this", "that", "each", "every", "no", "any")
)
_NOUN = re.compile(r"(?P<article>\w+ |l['\u2019])(?P<noun>[^\W\d_]{3,})")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aeiou")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun and its translation."""

    english: str
    target: str
    article: str
    """That of the translation: what else agrees with it depends on this."""

    @property
    def kind(self) -> tuple[str, bool]:
        """The target's article, and whether English has `an`. Nouns of a kind can stand for each other."""
        return self.article, self.english[0] in _VOWELS


def nouns_of(pairs: Iterable[Pair]) -> dict[str, Noun]:
    """The nouns of pairs like ("the misuse", "el abuso"), by their English. The first translation of several counts."""
    nouns: dict[str, Noun] = {}
    for english, target in pairs:
        word, match = english.removeprefix("the "), _NOUN.fullmatch(target)
        if match and word.isalpha() and word.islower():
            nouns.setdefault(word, Noun(word, match["noun"], match["article"].strip()))
    return nouns


def places(pair: Pair, nouns: dict[str, Noun]) -> Iterator[tuple[Noun, int, int]]:
    """The nouns of `pair` that can give way, each with its place in both texts.

    A determiner must precede the noun in English, which verbs have not, and no noun may follow it, as in compounds.
    Noun and translation must stand there once.
    """
    english, target = ([match for match in _WORD.finditer(text)] for text in pair)
    counts, target_counts = (Counter(match[0] for match in side) for side in (english, target))
    at = {match[0]: match.start() for match in target}
    for before, match in itertools.pairwise(english):
        noun = nouns.get(match[0])
        if noun is None or before[0].lower() not in DETERMINERS or pair[0][before.end() : match.start()] != " ":
            continue
        follows = _WORD.match(pair[0], match.end() + 1)
        if counts[noun.english] == 1 == target_counts[noun.target] and not (follows and follows[0] in nouns):
            yield noun, match.start(), at[noun.target]


def with_rare_nouns(pairs: list[Pair], nouns: dict[str, Noun], rng: random.Random) -> list[Pair]:
    """`CARRIERS` pairs for each noun that fewer than `RARE` of `pairs` have, as far as carriers of its kind go."""
    seen = Counter(word for english, _ in pairs for word in set(_WORD.findall(english)))
    carriers: dict[tuple[str, bool], list[tuple[Pair, Noun, int, int]]] = defaultdict(list)
    for pair in pairs:
        if len(pair[0].split()) <= LONGEST:
            for noun, first, second in places(pair, nouns):
                carriers[noun.kind].append((pair, noun, first, second))
    found: list[Pair] = []
    for noun in nouns.values():
        fitting = carriers[noun.kind]
        if seen[noun.english] >= RARE or not fitting:
            continue
        for (english, target), there, first, second in rng.sample(fitting, min(CARRIERS, len(fitting))):
            found.append(
                (
                    english[:first] + noun.english + english[first + len(there.english) :],
                    target[:second] + noun.target + target[second + len(there.target) :],
                )
            )
    return found


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target")
    parser.add_argument("--nouns", nargs=2, type=Path, required=True, metavar=("ENGLISH", "TARGET"))
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("ENGLISH", "TARGET"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    nouns = nouns_of(read(options.nouns))
    pairs = [pair for paths in options.pairs for pair in read(paths)]
    write(options.output, "nouns", ("en", options.target), with_rare_nouns(pairs, nouns, random.Random(options.seed)))


if __name__ == "__main__":
    main()
