"""Keep one pair in a hundred of each source back, by a hash of its English side, so that all languages agree on it.

    python docs/recipes/corpora/hold_out.py data en-de --output data/split

writes SOURCE/en-de/train.LANG.gz and valid.LANG.gz. Dictionaries and names keep nothing back from their first 4,000
lines, the most frequent words: nobody learns those from the others.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from augment import read, write

FREQUENT = 4000


def held_out(text: str) -> bool:
    """Whether pairs with the English side `text` are kept back. Case and white space make no difference."""
    return hashlib.sha256(" ".join(text.lower().split()).encode()).digest()[0] < 2.56


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path, help="directory of the sources")
    parser.add_argument("pair", help="en-de, en-fr or en-es")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    english, other = languages = tuple(options.pair.split("-"))
    for directory in sorted(options.sources.glob(f"*/{options.pair}")):
        source = directory.parent.name
        pairs = read([directory / f"train.{english}.gz", directory / f"train.{other}.gz"])
        first = FREQUENT if source.startswith(("dictionary", "names")) else 0
        kept = [number >= first and held_out(pair[0]) for number, pair in enumerate(pairs)]
        output = options.output / source / options.pair
        write(output, "train", languages, [pair for pair, out in zip(pairs, kept, strict=True) if not out])
        write(output, "valid", languages, [pair for pair, out in zip(pairs, kept, strict=True) if out])
        if first:
            write(output, "frequent", languages, pairs[:first])


if __name__ == "__main__":
    main()
