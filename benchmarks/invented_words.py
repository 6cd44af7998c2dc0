"""What the penalty for words that do not exist brings: translations as served with and without it.

    python benchmarks/invented_words.py models/en-es --known data/tatoeba/en-es/train.es.gz [--known ...] \
        --pairs data/tatoeba/en-es/valid.en.gz data/tatoeba/en-es/valid.es.gz [--pairs ...]

prints a line a test set: BLEU, chrF, and the share of translations that have a word which is neither in the source nor
in the target text of `--known`, in lower case and of four letters or more. The time is that of one thread, the median
of alternating turns.
"""

from __future__ import annotations

import argparse
import gzip
import re
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import sacrebleu

from nmt.decoding import DecodingOptions
from nmt.runtime import ModelPackage, Translator, write_package
from nmt.runtime.manifest import WORD_BEGINNINGS
from nmt.text import translate_texts

_WORD = re.compile(r"[^\W\d_]{4,}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--known", type=Path, action="append", required=True, metavar="TARGET_TEXT")
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    known = {word for path in options.known for word in words(lines(path))}
    print(f"{'without':>28}{'with':>28}\n{'BLEU   chrF  invented  s':>28}{'BLEU   chrF  invented  s':>28}  test set")
    with tempfile.TemporaryDirectory() as directory:
        plain = Path(directory) / options.package.name
        write_without_beginnings(options.package, plain)
        with Translator.load(plain, threads=1) as without, Translator.load(options.package, threads=1) as full:
            for paths in options.pairs:
                sources, references = map(lines, paths)
                turns: list[list[tuple[list[str], float]]] = [[], []]
                for _ in range(options.rounds):
                    for turn, translator in zip(turns, (without, full), strict=True):
                        turn.append(translated(translator, sources))
                print("".join(row(turn, sources, references, known) for turn in turns), f" {paths[0]}", flush=True)


def write_without_beginnings(path: Path, to: Path) -> None:
    """Copy the package at `path`, but for how its words begin."""
    package = ModelPackage.open(path)
    files = {name: package.read(name) for name in package.manifest.files if name != WORD_BEGINNINGS}
    write_package(to, package.manifest, files)


def translated(translator: Translator, sources: Sequence[str]) -> tuple[list[str], float]:
    """Return the translations of `sources` with beam 5, and the seconds that they took."""
    started = time.perf_counter()
    texts = [result.text() for result in translate_texts(translator, sources, DecodingOptions(beam_size=5))]
    return texts, time.perf_counter() - started


def row(
    turns: Sequence[tuple[list[str], float]], sources: Sequence[str], references: Sequence[str], known: set[str]
) -> str:
    """Return the numbers of one translator, which says the same in each of its `turns`."""
    texts = turns[0][0]
    invented = sum(
        not (set(words([text])) - set(words([source]))) <= known for source, text in zip(sources, texts, strict=True)
    )
    bleu = sacrebleu.corpus_bleu(texts, [list(references)]).score
    chrf = sacrebleu.corpus_chrf(texts, [list(references)]).score
    seconds = statistics.median(seconds for _, seconds in turns)
    return f"{bleu:9.2f}{chrf:7.2f}{invented / len(texts):7.1%}{seconds:5.1f}"


def words(texts: Iterable[str]) -> Iterable[str]:
    """Return the words of `texts` in lower case."""
    return (word.casefold() for text in texts for word in _WORD.findall(text))


def lines(path: Path) -> list[str]:
    """Return the lines of a text file compressed with gzip."""
    return gzip.decompress(path.read_bytes()).decode().removesuffix("\n").split("\n")


if __name__ == "__main__":
    main()
