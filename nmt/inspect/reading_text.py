"""Run a translator over texts and keep what each unit says after each character."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from nmt.corpus import CorpusSpec, Direction
from nmt.corpus import read_pairs as corpus_pairs
from nmt.errors import CorpusError
from nmt.inspect.packages import OpenedTranslator
from nmt.inspect.recording import Reading, record
from nmt.inspect.text_features import Floats
from tokenizer import END_ID, START_ID, SubwordTokenizer

_PAIRS = 200
"""Pairs that are read."""
_MAPS = 3
"""Pairs whose attention is kept."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """Texts that some layers read, and the state of their units after each character."""

    title: str
    texts: tuple[str, ...]
    units: dict[str, Floats]
    """(C, H) by layer and part of the state: h, or tanh(c), both in (-1, 1). C is the length of all texts together."""


@dataclass(frozen=True, slots=True)
class Attention:
    """What each subword of a target attended to when it was predicted."""

    source: tuple[str, ...]
    """S subwords, ending with <END>."""
    target: tuple[str, ...]
    """T subwords, ending with <END>."""
    weights: tuple[tuple[float, ...], ...]
    """(T, S); each row sums to 1."""


def character_ends(ids: Sequence[int], decode: Callable[[Sequence[int]], str], text: str) -> list[int]:
    """Return for each of `ids` how many characters of `text` are read after it.

    A byte that does not yet complete a character adds none.
    """
    if len(ids) == len(text):
        return list(range(1, len(text) + 1))
    ends, end = [], 0
    for count in range(1, len(ids) + 1):
        said = decode(ids[:count])
        end = len(said) if text.startswith(said) else end
        ends.append(end)
    return ends


def by_character(states: Floats, part: str, first: int, ends: Sequence[int]) -> Floats:
    """(T, H) -> (C, H): the units of one `part` of the state after each character of a text.

    Each character gets the state after the symbol that it belongs to. The first symbol of the text was read in step
    `first`. `ends` is from `character_ends`. c becomes tanh(c).
    """
    counts = [end - before for before, end in zip([0, *ends], ends, strict=False)]
    steps = np.repeat(np.arange(first, first + len(ends)), np.array(counts, dtype=np.int64))  # (C,)
    units: Floats = (np.tanh(states) if part == "c" else states)[steps]
    return units


def first_pairs(path: Path, direction: Direction) -> list[tuple[str, str]]:
    """Return the first pairs of a file in any format of a corpus. Raises CorpusError if it has none."""
    found = corpus_pairs(CorpusSpec((path,)), direction)
    pairs = list(islice(((each.source, each.target) for each in found if each.source and each.target), _PAIRS))
    if not pairs:
        raise CorpusError(f"{path}: has no sentence pair; give lines of a source, a tab and a target")
    return pairs


def read_pairs(opened: OpenedTranslator, pairs: Sequence[tuple[str, str]]) -> tuple[list[ReadText], list[Attention]]:
    """Run a translator over `pairs` under teacher forcing.

    Returns what the encoder's units say of the sources and the decoder's of the targets, and the attention of the
    first pairs, none if the model has none.
    """
    sources: list[dict[str, Floats]] = []
    targets: list[dict[str, Floats]] = []
    attention: list[Attention] = []
    for source, target in pairs:
        read, written = opened.source_tokenizer.encode(source), opened.target_tokenizer.encode(target)
        weights: list[torch.Tensor] = []
        inputs = torch.tensor([[*read, END_ID]]), torch.tensor([len(read) + 1]), torch.tensor([[START_ID, *written]])

        def forward(inputs: tuple[torch.Tensor, ...] = inputs, weights: list[torch.Tensor] = weights) -> None:
            found = opened.model.attended_states(*inputs)[1]
            weights += [] if found is None else [found[0]]

        readings = record(opened.model, forward)
        encoder = [each for each in readings if each.name.startswith("encoder")]
        decoder = [each for each in readings if not each.name.startswith("encoder")]
        sources.append(_units(encoder, 0, read, opened.source_tokenizer, source))
        targets.append(_units(decoder, 1, written, opened.target_tokenizer, target))  # step 0 reads <START>
        for each in weights if len(attention) < _MAPS else ():
            pieces = (
                opened.source_tokenizer.pieces([*read, END_ID]),
                opened.target_tokenizer.pieces([*written, END_ID]),
            )
            rows = np.round(each.double().numpy(), 3).tolist()
            attention.append(Attention(tuple(pieces[0]), tuple(pieces[1]), tuple(map(tuple, rows))))
    texts = list(zip(*pairs, strict=True))
    return [
        ReadText("encoder", texts[0], _joined(sources)),
        ReadText("decoder", texts[1], _joined(targets)),
    ], attention


def _units(
    readings: Sequence[Reading], first: int, ids: Sequence[int], tokenizer: SubwordTokenizer, text: str
) -> dict[str, Floats]:
    """Return the units (C, H) of each layer and part for one text."""
    ends = character_ends(ids, tokenizer.decode, text)
    return {
        f"{reading.name} {part}": by_character(states[0].numpy(), part, first, ends)
        for reading in readings
        for part, states in reading.states().items()
    }


def _joined(units: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    return {name: np.concatenate([each[name] for each in units]) for name in units[0]}
