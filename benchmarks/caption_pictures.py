"""Pictures for benchmarks/captions.py, with their captions: drawn scenes, and handwritten numbers.

Scenes are drawn with Pillow, and captioned in English and German. Only one caption is true of a picture. Combinations
of shapes, colours, sizes, places and counts are split: those of the test pictures are in no training picture. Numbers
are one to four of scikit-learn's handwritten digits side by side; the test pictures are made of digits that no training
picture has.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIZE = 64
"""Width and height of a picture."""
_CELL = 16
"""Things lie on a grid of cells of this width."""
_ZOOM = 4
"""Scenes are drawn larger and scaled down, which smooths their edges."""
_JITTER = 2
"""Pixels by which a row of digits is moved at most in each direction."""


COLOURS = {"red": (210, 40, 40), "blue": (40, 70, 210), "green": (30, 150, 60), "yellow": (225, 190, 20)}
SHAPES = ("circle", "square", "triangle")
RADIUS = {"": 7.0, "small": 4.5}
"""Sizes, as captions say them, in pixels."""
PLACES = {
    "in the top left": ((0, 0), (1, 0), (0, 1)),
    "in the top right": ((2, 0), (3, 0), (3, 1)),
    "in the bottom left": ((0, 2), (0, 3), (1, 3)),
    "in the bottom right": ((3, 2), (2, 3), (3, 3)),
    "in the middle": ((1, 1), (2, 1), (1, 2), (2, 2)),
}
"""Column and row of the cells of each place. No cell is in two places."""
RELATIONS = {"above": 1, "to the left of": 0}
"""The coordinate, column or row, that is less than _HALF for the first of two groups, and not for the second."""
_HALF = 2

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

_CELLS = tuple(product(range(SIZE // _CELL), repeat=2))

Cell = tuple[int, int]
"""Column and row."""
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
            _draw_group(pen, self.first, generator.sample(PLACES[self.where], self.first.count), generator)
        else:
            first, second = _related(self.where, self.first.count, self.second.count, generator)
            _draw_group(pen, self.first, first, generator)
            _draw_group(pen, self.second, second, generator)
        return picture.resize((SIZE, SIZE), Image.Resampling.BOX)


def _related(where: str, first: int, second: int, generator: random.Random) -> tuple[list[Cell], list[Cell]]:
    """Return the cells of `first` and `second` things, between which only the relation `where` holds."""
    halves = [[cell for cell in _CELLS if (cell[RELATIONS[where]] >= _HALF) == later] for later in (False, True)]
    while True:
        groups = [generator.sample(half, count) for half, count in zip(halves, (first, second), strict=True)]
        if sum(_holds(other, *order) for other in RELATIONS for order in permutations(groups)) == 1:
            return groups[0], groups[1]


def _holds(where: str, first: Sequence[Cell], second: Sequence[Cell]) -> bool:
    coordinate = RELATIONS[where]
    return max(cell[coordinate] for cell in first) < _HALF <= min(cell[coordinate] for cell in second)


def _draw_group(pen: ImageDraw.ImageDraw, group: Group, cells: Sequence[Cell], generator: random.Random) -> None:
    red, green, blue = (min(255, max(0, part + generator.randint(-20, 20))) for part in COLOURS[group.colour])
    for cell in cells:
        radius = RADIUS[group.size] + generator.uniform(-0.5, 0.5)
        slack = _CELL / 2 - radius
        x, y = (_ZOOM * (_CELL * (step + 0.5) + generator.uniform(-slack, slack)) for step in cell)
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
