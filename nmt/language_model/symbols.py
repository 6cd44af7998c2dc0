"""Text as the symbols that a language model predicts: characters or subwords, with one symbol for a line break."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt
from tokenizer import END_ID, SPECIAL_IDS, SubwordTokenizer, TokenizerError

SymbolKind = Literal["characters", "subwords"]
Ids = NDArray[np.int64]

LINE_BREAK = "\n"
UNKNOWN = "\ufffd"
"""How a character outside the vocabulary is written."""
_CODE_POINTS = 0x110000


class Symbols(Protocol):
    """A vocabulary of V symbols."""

    kind: SymbolKind
    line_break: int
    """The id of a line break, which also stands before the first symbol of a text."""

    unwritten: tuple[int, ...]
    """The ids that stand for no text, which are never sampled."""

    @property
    def size(self) -> int:
        """V."""

    def encode(self, text: str) -> Ids:
        """Return the ids (N,) of `text`, which may have line breaks."""

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of `ids`."""

    def unknown(self, ids: Ids) -> int:
        """Return how many of `ids` stand for a character outside the vocabulary."""

    def to_bytes(self) -> bytes:
        """Return the vocabulary as the content of a file."""


class Characters:
    """Single characters (Unicode code points), ordered by code point after the unknown character, which has id 0."""

    kind: SymbolKind = "characters"
    unwritten: tuple[int, ...] = (0,)

    def __init__(self, characters: str) -> None:
        """`characters` are those of the vocabulary; a line break is added."""
        self._characters = [UNKNOWN, *sorted({*characters, LINE_BREAK} - {UNKNOWN})]
        self.line_break = self._characters.index(LINE_BREAK)
        self._id_of = np.zeros(_CODE_POINTS, dtype=np.min_scalar_type(self.size - 1))
        for number, character in enumerate(self._characters):
            self._id_of[ord(character)] = number

    @property
    def size(self) -> int:
        """V, with the unknown character."""
        return len(self._characters)

    def encode(self, text: str) -> Ids:
        """Return the ids (N,) of the N characters of `text`."""
        return self.compact(text).astype(np.int64)

    def compact(self, text: str) -> NDArray[np.unsignedinteger]:
        """Return the ids (N,) of `text` in the smallest type that holds V."""
        ids: NDArray[np.unsignedinteger] = self._id_of[code_points(text)]
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of `ids`."""
        return "".join(self._characters[number] for number in ids)

    def unknown(self, ids: Ids) -> int:
        """Return how many of `ids` stand for a character outside the vocabulary."""
        return int(np.count_nonzero(ids == 0))

    def to_bytes(self) -> bytes:
        """Return the vocabulary as JSON."""
        return json.dumps(self._characters[1:]).encode()


class Subwords:
    """SentencePiece subwords of single lines, with `<END>` as the line break."""

    kind: SymbolKind = "subwords"
    line_break = END_ID
    unwritten: tuple[int, ...] = tuple(sorted(SPECIAL_IDS - {END_ID}))

    def __init__(self, tokenizer: SubwordTokenizer) -> None:
        self._tokenizer = tokenizer

    @property
    def size(self) -> int:
        """V."""
        return self._tokenizer.vocabulary_size

    def encode(self, text: str) -> Ids:
        """Return the ids (N,) of `text`."""
        first, *rest = self._tokenizer.encode_all(text.split(LINE_BREAK))
        for line in rest:
            first += [END_ID, *line]
        return np.array(first, dtype=np.int64)

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of `ids`."""
        lines: list[list[int]] = [[]]
        for number in ids:
            if number == END_ID:
                lines.append([])
            else:
                lines[-1].append(number)
        return LINE_BREAK.join(map(self._tokenizer.decode, lines))

    def unknown(self, ids: Ids) -> int:
        """Return 0: every character is encoded, if need be as bytes."""
        return 0

    def to_bytes(self) -> bytes:
        """Return the SentencePiece model."""
        return self._tokenizer.to_bytes()


def symbols_from_bytes(kind: SymbolKind, content: bytes, place: str) -> Symbols:
    """Return the vocabulary whose `to_bytes` is `content`; `place` names it. Raises PackageCorrupt."""
    try:
        if kind == "subwords":
            return Subwords(SubwordTokenizer(content))
        return Characters("".join(json.loads(content)))
    except (TokenizerError, ValueError, TypeError) as error:
        raise PackageCorrupt(f"{place}: not a vocabulary of {kind} ({error}); copy the package again") from error


def code_points(text: str) -> NDArray[np.uint32]:
    """Return the code points (N,) of `text`, also of lone surrogates."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
