"""Subwords, piece files and vocabularies of Multi30k English-German, as all systems of a comparison read them.

Multi30k is for research: nothing made from it ships.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import click

from tokenizer import SPECIAL_IDS, SubwordTokenizer, learn_tokenizer

_SPLITS = {"train": "train", "valid": "val", "test": "test_2016_flickr"}
_LANGUAGES = {"source": "en", "target": "de"}
VOCABULARY_SIZE = 8000


def lines_of(data: Path, split: str, side: str) -> list[str]:
    """The sentences of one side of a split, in order."""
    with gzip.open(data / f"{_SPLITS[split]}.{_LANGUAGES[side]}.gz", "rt", encoding="utf-8") as stream:
        return stream.read().splitlines()


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True, help="Folder of Multi30k.")
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Where to write.")
def main(data: Path, work: Path) -> None:
    """Write WORK/{train,valid,test}.{source,target} in subwords, the same as text, and the vocabularies."""
    work.mkdir(parents=True, exist_ok=True)
    for side in _LANGUAGES:
        tokenizer = learn_tokenizer(lines_of(data, "train", side), VOCABULARY_SIZE)
        (work / f"{side}.spm").write_bytes(tokenizer.to_bytes())
        write_vocabulary(tokenizer, work / f"vocabulary.{side}")
        for split in _SPLITS:
            (work / f"{split}.{side}.text").write_text("\n".join(lines_of(data, split, side)) + "\n", encoding="utf-8")
            pieces = (" ".join(tokenizer.pieces(tokenizer.encode(line))) for line in lines_of(data, split, side))
            (work / f"{split}.{side}").write_text("\n".join(pieces) + "\n", encoding="utf-8")


def write_vocabulary(tokenizer: SubwordTokenizer, path: Path) -> None:
    """One piece a line, without the special ones, which every system names in its own way."""
    pieces = tokenizer.pieces(range(len(SPECIAL_IDS), tokenizer.vocabulary_size))
    path.write_text("\n".join(pieces) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
