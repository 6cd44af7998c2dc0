"""What the proposed translations of rare words bring: translations as served with and without them.

    python benchmarks/rare_words.py models/en-es --pairs data/tatoeba/en-es/valid.en.gz data/tatoeba/en-es/valid.es.gz \
        [--pairs ...] [--nouns data/split/dictionary-articles/en-es/train.en.gz \
            data/split/dictionary-articles/en-es/train.es.gz --train data/tatoeba/en-es/train.en.gz [--train ...]]

prints a line a test set: BLEU and chrF, and the seconds of one thread, the median of alternating turns. With --nouns,
600 nouns that fewer than 30 sentences of the training text have take the places of others in sentences of the test
sets that agree alike; the last line is the share whose translations have the noun of the dictionary. Files are in the
order of the package's direction.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import sacrebleu

from nmt.decoding import DecodingOptions
from nmt.runtime import ModelPackage, Translator, write_package
from nmt.runtime.manifest import DICTIONARY
from nmt.text import translate_texts

sys.path.insert(0, str(Path(__file__).parents[1] / "docs" / "recipes" / "corpora"))
import rare_words as recipe

NOUNS, LONGEST = 600, 20
"""Number of nouns, and words of the longest English sentence that they are put into."""
_RARE = 4
"""The mark of a rare word in a package's dictionary."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--nouns", nargs=2, type=Path, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--train", type=Path, action="append", default=[], metavar="SOURCE")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sets = [[lines(path) for path in paths] for paths in options.pairs]
    print(f"{'without':>19}{'with':>19}\n{'BLEU   chrF    s':>19}{'BLEU   chrF    s':>19}  test set")
    with tempfile.TemporaryDirectory() as directory:
        plain = Path(directory) / options.package.name
        write_without_proposals(options.package, plain)
        with Translator.load(plain, threads=1) as without, Translator.load(options.package, threads=1) as full:
            both = (without, full)
            for paths, (sources, references) in zip(options.pairs, sets, strict=True):
                turns: list[list[tuple[list[str], float]]] = [[], []]
                for _ in range(options.rounds):
                    for turn, translator in zip(turns, both, strict=True):
                        turn.append(translated(translator, sources))
                print("".join(row(turn, references) for turn in turns), f" {paths[0]}", flush=True)
            if options.nouns:
                is_reversed = full.manifest.target == "en"
                nouns = tests(options.nouns, options.train, sets, is_reversed)
                for translator in both:
                    print(f"{share(translator, nouns):19.1%}", end="")
                print(f"  {len(nouns)} nouns of {options.nouns[0]}")


def write_without_proposals(path: Path, to: Path) -> None:
    """Copy the package at `path`, but for which words of its dictionary are rare."""
    package = ModelPackage.open(path)
    with np.load(io.BytesIO(package.read(DICTIONARY)), allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays["translated"] &= ~np.uint8(_RARE)
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    files = {name: package.read(name) for name in package.manifest.files}
    write_package(to, package.manifest, {**files, DICTIONARY: content.getvalue()})


def translated(translator: Translator, sources: Sequence[str]) -> tuple[list[str], float]:
    """Return the translations of `sources` with beam 5, and the seconds that they took."""
    started = time.perf_counter()
    texts = [result.text() for result in translate_texts(translator, sources, DecodingOptions(beam_size=5))]
    return texts, time.perf_counter() - started


def row(turns: Sequence[tuple[list[str], float]], references: Sequence[str]) -> str:
    """Return the numbers of one translator, which says the same in each of its `turns`."""
    texts = turns[0][0]
    bleu, chrf = (score(texts, [list(references)]).score for score in (sacrebleu.corpus_bleu, sacrebleu.corpus_chrf))
    return f"{bleu:8.2f}{chrf:6.2f}{statistics.median(seconds for _, seconds in turns):5.1f}"


def tests(
    nouns: Sequence[Path], train: Sequence[Path], sets: Sequence[Sequence[list[str]]], is_reversed: bool
) -> list[tuple[str, str]]:
    """Return sources that have a rare noun each, and its translation."""
    turn = -1 if is_reversed else 1
    side = 0 if turn == 1 else 1
    by_english: dict[str, list[Any]] = {}
    for entry in recipe.nouns_of(zip(*map(lines, nouns[::turn]), strict=True)):
        by_english.setdefault(entry.english, [entry])
    seen = Counter(word for path in train for line in lines(path) for word in set(line.split()))
    carriers = defaultdict(list)
    for sources, references in (each[::turn] for each in sets):
        for pair in zip(sources, references, strict=True):
            if len(pair[0].split()) <= LONGEST:
                for entry, *places in recipe.places(pair, by_english):
                    carriers[entry.agreement].append((pair, entry, places))
    rare = [entry for (entry,) in by_english.values() if seen[(entry.english, entry.other)[side]] < recipe.RARE]
    rare = [entry for entry in rare if carriers[entry.agreement]]
    random.Random(5).shuffle(rare)
    found = []
    for entry in rare[:NOUNS]:
        pair, there, places = random.Random(entry.english).choice(carriers[entry.agreement])
        words = (entry.english, entry.other)
        start, length = places[side], len((there.english, there.other)[side])
        found.append((pair[side][:start] + words[side] + pair[side][start + length :], words[1 - side]))
    return found


def share(translator: Translator, nouns: Sequence[tuple[str, str]]) -> float:
    """Return the share of `nouns` that the translations of their sentences have."""
    texts, _ = translated(translator, [source for source, _ in nouns])
    return sum(noun.casefold() in text.casefold() for text, (_, noun) in zip(texts, nouns, strict=True)) / len(nouns)


def lines(path: Path) -> list[str]:
    """Return the lines of a file, which may be compressed."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return file.read().splitlines()


if __name__ == "__main__":
    main()
