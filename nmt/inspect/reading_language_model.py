"""Run a language model over a text, as its package serves it, and keep what each unit says after each character."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nmt.errors import CorpusError
from nmt.inspect.reading_text import ReadText, by_character, character_ends
from nmt.inspect.text_features import Floats
from nmt.language_model import LanguageModel

_PARTS = {"lstm": ("h", "c")}
"""Names of the tensors in one layer's state, for cells that carry more than h."""
_CHARACTERS = 20_000
"""Characters of a text that are read."""


def read_text(path: Path) -> str:
    """Return the beginning of a text file. Raises CorpusError if it is empty or no UTF-8."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_CHARACTERS)
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 ({error.reason}); convert it") from error
    if not text:
        raise CorpusError(f"{path}: is empty; name a text for the language model to read")
    return text


def read_language_model(path: Path, text: str) -> tuple[str, ReadText]:
    """Run the package at `path` over `text`; return its name and what its units say. Raises PackageError."""
    model = LanguageModel.load(path)
    parts = _PARTS.get(str(model.manifest.model["cell"]), ("h",))
    state = model.start()
    names = [f"layers.{number // len(parts)} {parts[number % len(parts)]}" for number in range(len(state))]
    ids = model.symbols.encode(text)
    steps: list[list[Floats]] = []
    # A line break stands before the first symbol, and its state says nothing of the text.
    for number in (model.symbols.line_break, *ids.tolist()):
        _, state = model.step(np.array([number]), state)
        steps.append([tensor[0].astype(np.float64) for tensor in state])
    ends = character_ends(ids.tolist(), model.symbols.decode, text)
    units = {
        name: by_character(np.stack(values), name.rpartition(" ")[2], 1, ends)
        for name, values in zip(names, zip(*steps, strict=True), strict=True)
    }
    return model.manifest.name, ReadText("language model", (text,), units)
