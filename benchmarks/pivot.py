"""Quality and time of translation through English, by how many translations of the first leg the second one reads.

    python benchmarks/pivot.py DATA

DATA has tatoeba/en-LANGUAGE/{test,valid}.LANGUAGE.gz, from which come the sentences of two languages that share their
English, and multi30k/test_2016_flickr.LANGUAGE.gz. No translator that ships was trained on either.
"""

from __future__ import annotations

import gzip
import time
from itertools import permutations
from pathlib import Path

import click

from nmt.runtime import Translator
from nmt.scores import score
from nmt.text import Pivot, translate_texts

_MODELS = Path(__file__).parents[1] / "models"
_LANGUAGES = ("de", "es", "fr")
_CAPTIONED = ("de", "fr")
Sides = tuple[list[str], list[str]]


@click.command(help=__doc__)
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.option("--captions", default=150, help="Sentences of Multi30k in each direction.")
@click.option("--readings", default="1,2,4", help="Translations of the first leg, several with commas between them.")
def main(data: Path, captions: int, readings: str) -> None:
    """Print a table with a row for each direction and number of readings."""
    names = [f"{one}-{other}" for language in _LANGUAGES for one, other in ((language, "en"), ("en", language))]
    translators = {name: Translator.load(_MODELS / name, threads=1) for name in names}
    sets = {f"tatoeba {one}-{other}": shared_english(data, one, other) for one, other in permutations(_LANGUAGES, 2)}
    for one, other in permutations(_CAPTIONED):
        lines = [_lines(data / f"multi30k/test_2016_flickr.{code}.gz")[:captions] for code in (one, other)]
        sets[f"multi30k {one}-{other}"] = (lines[0], lines[1])
    print("| test set | sentences | readings | BLEU | chrF | s |\n|---|---|---|---|---|---|")
    for name, (sources, references) in sets.items():
        one, other = name.split()[1].split("-")
        for count in map(int, readings.split(",")):
            pivot = Pivot(translators[f"{one}-en"], translators[f"en-{other}"], count)
            start = time.process_time()
            translated = translate_texts(pivot, sources, pivot.options(beam_size=5))
            seconds = time.process_time() - start
            found = score([each.text() for each in translated], references, other)
            print(
                f"| {name} | {len(sources)} | {count} | {found.bleu:.1f} | {found.chrf:.1f} | {seconds:.1f} |",
                flush=True,
            )
    for translator in translators.values():
        translator.close()


def shared_english(data: Path, one: str, other: str) -> Sides:
    """Return the held-out sentences of two languages whose English is the same."""
    ours, theirs = (_by_english(data / f"tatoeba/en-{language}", language) for language in (one, other))
    english = [sentence for sentence in ours if sentence in theirs]
    return [ours[sentence] for sentence in english], [theirs[sentence] for sentence in english]


def _by_english(directory: Path, language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in ("test", "valid"):
        pairs = zip(_lines(directory / f"{part}.en.gz"), _lines(directory / f"{part}.{language}.gz"), strict=True)
        for english, sentence in pairs:
            found.setdefault(english, sentence)
    return found


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


if __name__ == "__main__":
    main()
