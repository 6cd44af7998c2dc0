"""Captioners of drawn scenes and of handwritten numbers: exactness on what they never saw, and without their pictures.

    python benchmarks/captions.py --work /tmp/captions

Draws the pictures (caption_pictures.py), trains with `nmt caption train`, and prints a table in Markdown. With `v = 0`
the pictures are cut off from the decoder, and with `shuffled` each picture gets the caption of another: both show how
much can be guessed without looking.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from caption_pictures import Parts, every_scene, numbers, scenes
from numpy.typing import NDArray

from nmt.caption import CaptionPackage
from nmt.caption.pictures import read_picture
from nmt.decoding import decode, new_search
from nmt.runtime.onnx.model import OnnxModel, RowState
from nmt.runtime.running_batch import Source
from tokenizer import END_ID, START_ID, SubwordTokenizer

_AT_ONCE = 100
_SETTINGS = ("model.dropout.embedding=0", "model.dropout.hidden=0", "training.label_smoothing=0")
"""There are enough pictures of so little that nothing is known by heart; dropout would only slow learning down."""


class Blind(OnnxModel):
    """A captioner whose decoder reads v = 0."""

    def encode(self, sources: Sequence[Source], running: RowState | None) -> RowState:
        """Return the state of `sources` without what their vectors add to the gates."""
        state = super().encode(sources, running)
        return replace(state, layers=(*state.layers[:-1], np.zeros_like(state.layers[-1])))


def captions(package: CaptionPackage, model: OnnxModel, pictures: Sequence[NDArray[np.uint8]], beam: int) -> list[str]:
    """Return the captions that `model` gives to `pictures`."""
    tokenizer = SubwordTokenizer(package.read(package.manifest.vocabulary.file))
    written = []
    for start in range(0, len(pictures), _AT_ONCE):
        sources = [Source(picture=picture) for picture in pictures[start : start + _AT_ONCE]]
        options = package.manifest.decoding.options(beam_size=beam)
        searches = [new_search(options, START_ID, END_ID, package.manifest.max_subwords) for _ in sources]
        decode(model, model.encode(sources, None), searches)
        written += [tokenizer.decode(search.hypotheses()[0].tokens) for search in searches]
    return written


def measured(directory: Path, package_path: Path, test: Sequence[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    """Yield what was done to the test pictures, and the share of their captions that is exact, in percent."""
    package = CaptionPackage.open(package_path)
    size = package.manifest.image_size
    pictures = [read_picture((directory / name).read_bytes(), name, size) for name, _ in test]
    wanted = [caption for _, caption in test]
    model = OnnxModel.of_package(package)
    shuffled = [pictures[index] for index in np.random.default_rng(1).permutation(len(pictures))]
    tries: dict[str, Callable[[], list[str]]] = {
        "greedy": lambda: captions(package, model, pictures, 1),
        "beam 5": lambda: captions(package, model, pictures, 5),
        "v = 0": lambda: captions(package, Blind.of_package(package), pictures, 5),
        "shuffled": lambda: captions(package, model, shuffled, 5),
    }
    for name, attempt in tries.items():
        yield name, 100.0 * sum(map(str.__eq__, attempt(), wanted)) / len(wanted)


def trained(name: str, pictures: Path, rows: Parts, work: Path, *more: str) -> str:
    """Train on the pictures with `nmt caption train`, and return a line of the table."""
    tables = {part: work / f"{name}-{part}.tsv" for part in rows}
    for part, table in tables.items():
        table.write_text("".join(f"{picture}\t{caption}\n" for picture, caption in rows[part]), encoding="utf-8")
    command = [sys.executable, "-m", "nmt", "caption", "train", "--pictures", str(pictures), "--train"]
    command += [str(tables["train"]), "--language", name[-2:], "--output", str(work / "models" / name), "--restart"]
    command += ["--run-dir", str(work / "runs" / name), *more]
    print(" ".join(command), file=sys.stderr)
    before = _processor_seconds()
    subprocess.run(command, check=True)
    minutes = (_processor_seconds() - before) / 60
    found = dict(measured(pictures, work / "models" / name, rows["test"]))
    cells = [name, f"{len(rows['train']):,}", f"{len(rows['test']):,}", f"{minutes:.1f}"]
    return "| " + " | ".join([*cells, *(f"{each:.1f}" for each in found.values())]) + " |"


def _processor_seconds() -> float:
    """Return the processor time of finished commands, which other work on the machine hardly changes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run all parts, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="directory for pictures, runs and packages")
    parser.add_argument("--train", type=int, default=20_000, help="training pictures of each kind")
    parser.add_argument("--test", type=int, default=1_000, help="test pictures of each kind")
    parser.add_argument("--only", choices=("scenes-en", "scenes-de", "numbers-en"), help="train only this captioner")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting, repeatable")
    options = parser.parse_args()
    more = [word for each in (*_SETTINGS, *options.set) for word in ("--set", each)]
    for part in ("scenes", "numbers"):
        (options.work / part).mkdir(parents=True, exist_ok=True)
    lines = []
    drawn = scenes(options.work / "scenes", every_scene(), options.train, options.test)
    written = numbers(options.work / "numbers", 4, options.train, options.test)
    kinds = {f"scenes-{language}": ("scenes", "64", rows) for language, rows in drawn.items()}
    # At 32 pixels, the digits have the 8 x 8 pixels of the data set.
    for name, (pictures, size, rows) in {**kinds, "numbers-en": ("numbers", "32", written)}.items():
        if options.only in {None, name}:
            lines.append(trained(name, options.work / pictures, rows, options.work, "--image-size", size, *more))
    print("| captioner | training pictures | test pictures | processor minutes | greedy | beam 5 | v = 0 | shuffled |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
