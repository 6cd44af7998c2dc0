"""Captioners of drawn scenes and of handwritten numbers: exactness on what they never saw, and without their pictures.

    taskset -c 0 nice -n 5 .venv-dev/bin/python benchmarks/captions.py --work /tmp/captions

Draws scenes with Pillow, captioned in English and German, whose combinations of shapes, colours, sizes, places and
counts are split: those of the test pictures are in no training picture. Lays one to four of scikit-learn's handwritten
digits side by side, and spells the number out; the test pictures are made of digits that no training picture has.
Trains with `nmt caption train`, and prints a table in Markdown. With `v = 0` the pictures are cut off from the decoder,
and with `shuffled` each picture gets the caption of another: both show how much can be guessed without looking.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from nmt.caption import CaptionPackage
from nmt.caption.pictures import read_picture
from nmt.decoding import decode, new_search
from nmt.runtime.onnx_model import OnnxModel, RowState
from nmt.runtime.running_batch import Source
from tokenizer import END_ID, START_ID, SubwordTokenizer

SIZE = 64
"""Width and height of a picture."""
_CELL = 16
"""Things lie on a grid of cells of this width."""
_ZOOM = 4
"""Scenes are drawn larger and scaled down, which smooths their edges."""
_JITTER = 2
"""Pixels by which a row of digits is moved at most in each direction."""
_AT_ONCE = 100
_SETTINGS = ("model.dropout.embedding=0", "model.dropout.hidden=0", "training.label_smoothing=0")
"""There are enough pictures of so little that nothing is known by heart; dropout would only slow learning down."""

COLOURS = {"red": (210, 40, 40), "blue": (40, 70, 210), "green": (30, 150, 60), "yellow": (225, 190, 20)}
SHAPES = ("circle", "square", "triangle")
RADIUS = {"": 7.0, "small": 4.5}
"""Sizes, as captions say them, in pixels."""
PLACES = {
    "in the top left": (0, 0),
    "in the top right": (2, 0),
    "in the bottom left": (0, 2),
    "in the bottom right": (2, 2),
    "in the middle": (1, 1),
}
"""First column and row of 2 x 2 cells."""
RELATIONS = {"above": (((0, 0), (4, 2)), ((0, 2), (4, 2))), "to the left of": (((0, 0), (2, 4)), ((2, 0), (2, 4)))}
"""First cell and number of cells of the two groups."""

_COUNTS = {"en": ("a", "two", "three"), "de": ("ein", "zwei", "drei")}
_GERMAN = {
    "red": "rot", "blue": "blau", "green": "grün", "yellow": "gelb", "small": "klein",
    "in the top left": "oben links", "in the top right": "oben rechts", "in the bottom left": "unten links",
    "in the bottom right": "unten rechts", "in the middle": "in der Mitte", "above": "über",
    "to the left of": "links von",
}  # fmt: skip
_NOUNS = {"circle": ("Kreis", "Kreise", "er"), "square": ("Quadrat", "Quadrate", "es"),
          "triangle": ("Dreieck", "Dreiecke", "es")}  # fmt: skip
"""Singular, plural, and the ending of an adjective after `ein`."""


Parts = dict[str, list[tuple[str, str]]]
"""File names and captions, of `train` and `test`."""


@dataclass(frozen=True, slots=True)
class Group:
    """One to three equal things."""

    count: int
    size: str
    colour: str
    shape: str

    def english(self) -> str:
        """Return the group as words: `two small red circles`."""
        words = [_COUNTS["en"][self.count - 1], self.size, self.colour, self.shape + "s" * (self.count > 1)]
        return " ".join(filter(None, words))

    def german(self, dative: bool) -> str:
        """Return the group in the nominative or the dative."""
        singular, plural, ending = _NOUNS[self.shape]
        if self.count == 1:
            count, noun, ending = "einem" if dative else "ein", singular, "en" if dative else ending
        else:
            count, noun = _COUNTS["de"][self.count - 1], plural + "n" * dative
            ending = "en" if dative else "e"
        adjectives = [_GERMAN[each] + ending for each in (self.size, self.colour) if each]
        return " ".join([count, *adjectives, noun])


@dataclass(frozen=True, slots=True)
class Scene:
    """A group at a place, or two groups beside each other. The upper or left one comes first."""

    first: Group
    where: str
    second: Group | None = None

    def caption(self, language: str) -> str:
        """Return the caption in English or German."""
        if language == "en":
            return " ".join([self.first.english(), self.where, *([self.second.english()] if self.second else [])])
        second = [self.second.german(dative=True)] if self.second else []
        return " ".join([self.first.german(dative=False), _GERMAN[self.where], *second])

    def draw(self, generator: random.Random) -> Image.Image:
        """Return a picture of the scene. Positions, sizes, colours and the background vary."""
        shade = generator.randint(215, 255)
        picture = Image.new("RGB", (SIZE * _ZOOM, SIZE * _ZOOM), (shade, shade, shade))
        pen = ImageDraw.Draw(picture)
        if self.second is None:
            _draw_group(pen, self.first, PLACES[self.where], (2, 2), generator)
        else:
            for group, (corner, cells) in zip((self.first, self.second), RELATIONS[self.where], strict=True):
                _draw_group(pen, group, corner, cells, generator)
        return picture.resize((SIZE, SIZE), Image.Resampling.BOX)


def _draw_group(
    pen: ImageDraw.ImageDraw, group: Group, corner: tuple[int, int], cells: tuple[int, int], generator: random.Random
) -> None:
    places = generator.sample(list(product(range(cells[0]), range(cells[1]))), group.count)
    red, green, blue = (min(255, max(0, part + generator.randint(-20, 20))) for part in COLOURS[group.colour])
    for column, row in places:
        radius = RADIUS[group.size] + generator.uniform(-0.5, 0.5)
        slack = _CELL / 2 - radius
        x, y = (
            _ZOOM * (_CELL * (start + step + 0.5) + generator.uniform(-slack, slack))
            for start, step in zip(corner, (column, row), strict=True)
        )
        _draw_shape(pen, group.shape, (x, y), _ZOOM * radius, (red, green, blue))


def _draw_shape(
    pen: ImageDraw.ImageDraw, shape: str, centre: tuple[float, float], r: float, fill: tuple[int, int, int]
) -> None:
    x, y = centre
    if shape == "circle":
        pen.ellipse((x - r, y - r, x + r, y + r), fill)
    elif shape == "square":
        pen.rectangle((x - r, y - r, x + r, y + r), fill)
    else:
        pen.polygon(((x, y - r), (x - r, y + r), (x + r, y + r)), fill)


def every_scene() -> list[Scene]:
    """Return every combination: 72 groups at 5 places, and every pair of different groups in 2 relations."""
    groups = [Group(*each) for each in product((1, 2, 3), RADIUS, COLOURS, SHAPES)]
    alone = [Scene(group, where) for group, where in product(groups, PLACES)]
    return alone + [Scene(one, where, other) for one, other in permutations(groups, 2) for where in RELATIONS]


def scenes(directory: Path, combinations: Sequence[Scene], train: int, test: int, seed: int = 1) -> dict[str, Parts]:
    """Draw `train` and `test` pictures of `combinations`. Return file names and captions by language.

    A fifth of all combinations is only in the test pictures, each at most once.
    """
    generator = random.Random(seed)
    shuffled = generator.sample(combinations, len(combinations))
    unseen, seen = shuffled[: len(shuffled) // 5], shuffled[len(shuffled) // 5 :]
    parts = {"train": [generator.choice(seen) for _ in range(train)], "test": unseen[:test]}
    rows: dict[str, Parts] = {language: {} for language in ("en", "de")}
    for part, chosen in parts.items():
        names = [f"{part}-{number}.png" for number in range(len(chosen))]
        for name, scene in zip(names, chosen, strict=True):
            scene.draw(generator).save(directory / name)
        for language, by_part in rows.items():
            by_part[part] = [(name, scene.caption(language)) for name, scene in zip(names, chosen, strict=True)]
    return rows


def numbers(directory: Path, most_digits: int, train: int, test: int, seed: int = 1) -> Parts:
    """Lay out `train` and `test` numbers of one to `most_digits` handwritten digits. Return names and captions."""
    from num2words import num2words
    from sklearn.datasets import load_digits

    generator = random.Random(seed)
    data = load_digits()  # 8 x 8 pixels, 0 to 16
    order = np.random.default_rng(seed).permutation(len(data.images))
    unseen, seen = np.split(order, [len(order) // 5])
    rows: Parts = {}
    for part, count, allowed in (("train", train, seen), ("test", test, unseen)):
        by_digit = [[data.images[index] for index in allowed if data.target[index] == digit] for digit in range(10)]
        rows[part] = []
        for number in range(count):
            length = generator.randint(1, most_digits)
            value = generator.randrange(10 ** (length - 1) if length > 1 else 0, 10**length)
            name = f"{part}-{number}.png"
            _written([generator.choice(by_digit[int(digit)]) for digit in str(value)], generator).save(directory / name)
            rows[part].append((name, num2words(value).replace(",", "")))
    return rows


def _written(digits: Sequence[NDArray[np.float64]], generator: random.Random) -> Image.Image:
    """Return the digits side by side, twice as large, beginning near the left edge of a picture."""
    row = np.concatenate(digits, axis=1)
    image = Image.fromarray((row * (255 / 16)).astype(np.uint8)).resize((2 * row.shape[1], 2 * row.shape[0]))
    picture = Image.new("L", (SIZE, SIZE))
    picture.paste(
        image, (generator.randint(-_JITTER, _JITTER), SIZE // 2 - _CELL // 2 + generator.randint(-_JITTER, _JITTER))
    )
    return picture


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
