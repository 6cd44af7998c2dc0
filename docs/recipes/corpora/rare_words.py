"""Write training pairs that teach rare words of a dictionary within sentences (Fadaee, Bisazza & Monz 2017).

    python docs/recipes/corpora/rare_words.py en es --output data/augmented/en-es \
        --nouns data/split/dictionary-articles/en-es/train.en.gz data/split/dictionary-articles/en-es/train.es.gz \
        --words data/split/dictionary-from-english/en-es/train.en.gz \
            data/split/dictionary-from-english/en-es/train.es.gz \
        --pairs data/tatoeba/en-es/train.en.gz data/tatoeba/en-es/train.es.gz [--pairs ...]

reads nouns with their articles ("the misuse", "el abuso"), other words ("to harden", "endurecer"; "merely",
"meramente"; "cheerful", "alegre") and aligned pairs of English and another language, in the order of the direction,
and writes `nouns`, `verbs`, `adverbs` and `adjectives`, each as two aligned files. In a pair that has a word and its
translation, both give way to a rare word of the same kind, so that what agrees with it stays right: a noun with the
same article, a verb in the infinitive, an adjective of the same gender. A rare word is otherwise seen alone, as a word
of a dictionary, and a model that knows it so does not find it in a sentence. The same input gives the same output.
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

PARTS = ("nouns", "verbs", "adverbs", "adjectives")
CARRIERS = 6
"""Pairs made for each rare word."""
RARE = 30
"""Number of pairs below which a word is rare."""
LONGEST = 30
"""Words of the longest carrier."""
BEFORE = {
    "nouns": "the a an my your his her its our their this that each every no any",
    "verbs": "to can could will would may might must should shall",
    "adjectives": "is was are were be been being so very too seems looks became",
}
"""English words of which one stands before a word of this kind in a carrier. Adverbs stand anywhere."""
_NOUN = re.compile(r"(?P<article>\w+ |l['\u2019])(?P<noun>[^\W\d_]{3,})")
_ENGLISH = re.compile(r"[a-z]{3,}")
_OTHER = re.compile(r"[^\W\d_]{3,}")
_ADJECTIVE = re.compile(r".*(ous|ful|less|able|ible|ic|al|ive|ish|ant|ent|ary)")
_INFINITIVE = re.compile(r".*(ar|er|ir|\u00edr|re|en|ln|rn)")
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = tuple("aeiouhàâéèêîôœ")
_ONE_GENDER = re.compile(r".*[eilz]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and its translation."""

    english: str
    other: str
    part: str
    """One of `PARTS`."""
    agreement: tuple[object, ...]
    """What the words around it depend on. Words with the same part and agreement can stand for each other."""


def nouns_of(pairs: Iterable[Pair]) -> Iterator[Entry]:
    """The nouns of pairs like ("the misuse", "el abuso"), which agree with the article, and in English with a or an."""
    for english, other in pairs:
        word, match = english.removeprefix("the "), _NOUN.fullmatch(other)
        if match and _ENGLISH.fullmatch(word):
            yield Entry(word, match["noun"], "nouns", (match["article"].strip(), word[0] in "aeiou"))


def other_words_of(pairs: Iterable[Pair], nouns: frozenset[str]) -> Iterator[Entry]:
    """The verbs, adverbs and adjectives of a dictionary: those that the form of the English word tells apart.

    A word that looks like one may be one of the English `nouns` or a verb ("belly", "arrive"); then it is left out.
    """
    pairs = list(pairs)
    verbs = frozenset(english.removeprefix("to ") for english, _ in pairs if english.startswith("to "))
    for english, other in pairs:
        word = english.removeprefix("to ")
        if not (_ENGLISH.fullmatch(word) and _OTHER.fullmatch(other) and other.islower()):
            continue
        elided = other.startswith(_VOWELS)  # "de" before it is "d'" in French
        if word != english:
            if _INFINITIVE.fullmatch(other):
                yield Entry(word, other, "verbs", (elided,))
        elif word in nouns or word in verbs:
            continue
        elif word.endswith("ly"):
            yield Entry(word, other, "adverbs", ())
        elif _ADJECTIVE.fullmatch(word):
            yield Entry(word, other, "adjectives", (elided, bool(_ONE_GENDER.fullmatch(other))))


def places(pair: Pair, entries: dict[str, list[Entry]]) -> Iterator[tuple[Entry, int, int]]:
    """The words of `pair`, English first, that can give way, each with its places in both texts.

    What stands before it in English must show what part of speech it is, and no noun may follow a noun, as in
    compounds. The word and its translation must stand there once. `entries` are those of each English word.
    """
    english, other = ([*_WORD.finditer(text)] for text in pair)
    counts, other_counts = (Counter(match[0] for match in side) for side in (english, other))
    at = {match[0]: match.start() for match in other}
    for before, match in itertools.pairwise(english):
        follows = _WORD.match(pair[0], match.end() + 1)
        for entry in entries.get(match[0], ()):
            if entry.part != "adverbs" and (
                before[0].lower() not in BEFORE[entry.part].split() or pair[0][before.end() : match.start()] != " "
            ):
                continue
            is_compound = follows and any(each.part == "nouns" for each in entries.get(follows[0], ()))
            if entry.part == "nouns" and is_compound:
                continue
            second = at.get(entry.other, 0)
            if counts[entry.english] == 1 == other_counts[entry.other] and not pair[1][:second].endswith("zu "):
                yield entry, match.start(), second
                break


def with_rare_words(
    pairs: list[Pair], found: Iterable[Entry], rare_side: int, rng: random.Random
) -> dict[str, list[Pair]]:
    """`CARRIERS` pairs for each entry whose word on the `rare_side` fewer than `RARE` of `pairs` have, by part.

    `pairs` have English first. A word for which there are no carriers of its agreement has none.
    """
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in found:
        entries[entry.english].append(entry)
    seen = Counter(word for pair in pairs for word in set(_WORD.findall(pair[rare_side])))
    carriers: dict[tuple[object, ...], list[tuple[Pair, Entry, int, int]]] = defaultdict(list)
    for pair in pairs:
        if len(pair[0].split()) <= LONGEST:
            for entry, first, second in places(pair, entries):
                carriers[entry.part, entry.agreement].append((pair, entry, first, second))
    made: dict[str, list[Pair]] = {part: [] for part in PARTS}
    for entry in itertools.chain.from_iterable(entries.values()):
        fitting = carriers[entry.part, entry.agreement]
        if seen[(entry.english, entry.other)[rare_side]] >= RARE:
            continue
        for (english, other), there, first, second in rng.sample(fitting, min(CARRIERS, len(fitting))):
            changed = english[:first] + entry.english + english[first + len(there.english) :]
            made[entry.part].append((changed, other[:second] + entry.other + other[second + len(there.other) :]))
    return made


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    for name in ("--nouns", "--words"):
        parser.add_argument(name, nargs=2, type=Path, required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    languages = (options.source, options.target)
    if "en" not in languages:
        parser.error(f"{options.source} to {options.target}: one of the two has to be en")
    turn = 1 if languages[0] == "en" else -1

    def english_first(paths: list[Path]) -> list[Pair]:
        return read(paths[::turn])

    nouns = list(nouns_of(english_first(options.nouns)))
    others = other_words_of(english_first(options.words), frozenset(noun.english for noun in nouns))
    pairs = [pair for paths in options.pairs for pair in english_first(paths)]
    rare_side = 0 if turn == 1 else 1
    made = with_rare_words(pairs, [*nouns, *others], rare_side, random.Random(options.seed))
    for part, changed in made.items():
        write(options.output, part, languages, [pair if turn == 1 else (pair[1], pair[0]) for pair in changed])


if __name__ == "__main__":
    main()
