"""Lossless conversion between text and subword ids."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import sentencepiece

from tokenizer.errors import TokenizerError
from tokenizer.specials import END, END_ID, PAD, PAD_ID, SPECIAL_IDS, START, START_ID, UNK, UNK_ID

_SPACE_SYMBOL = "\u2581"
"""SentencePiece's symbol for a space. If it occurs in the text itself, SentencePiece would decode it as a space."""


class SubwordTokenizer:
    """A SentencePiece model (Kudo 2018) with our special ids and byte fallback.

    `decode(encode(text)) == text` holds for every text. Characters outside the vocabulary are encoded as their UTF-8
    bytes.
    """

    def __init__(self, model: bytes) -> None:
        """Read a serialised SentencePiece model. Raises TokenizerError if it is invalid or was not made by us."""
        self._model = model
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.load_from_serialized_proto(model)
        except RuntimeError as error:
            raise TokenizerError(f"not a SentencePiece model ({len(model)} bytes): {error}") from error
        for number, piece in ((PAD_ID, PAD), (UNK_ID, UNK), (START_ID, START), (END_ID, END)):
            if self._processor.id_to_piece(number) != piece:
                found = self._processor.id_to_piece(number)
                raise TokenizerError(f"id {number} is {found!r}, expected {piece!r}: learn it with learn_tokenizer")
        byte_ids = [self._processor.piece_to_id(f"<0x{byte:02X}>") for byte in range(256)]
        if not all(self._processor.is_byte(number) for number in byte_ids):
            raise TokenizerError("the model has no byte fallback: learn it with learn_tokenizer")
        self._byte_ids = byte_ids  # by byte value
        self._is_byte = frozenset(byte_ids).__contains__

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> SubwordTokenizer:
        """Read the model file at `path`."""
        return cls(Path(path).read_bytes())

    def to_bytes(self) -> bytes:
        """Return the serialised model, identical to the bytes it was created from."""
        return self._model

    @property
    def vocabulary_size(self) -> int:
        """V: number of ids, including special ids and bytes."""
        return int(self._processor.get_piece_size())

    def encode(self, text: str) -> list[int]:
        """Return the subword ids of `text`, without special ids. Raises TokenizerError on a lone surrogate."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise TokenizerError(
                f"character {error.start} is the lone surrogate U+{ord(text[error.start]):04X}: "
                f"decode the text as UTF-8 before it comes here"
            ) from error
        if _SPACE_SYMBOL not in text:
            return self._encode(text)
        stand_in = self._stand_in(text)
        ids = self._encode(text.replace(_SPACE_SYMBOL, stand_in))
        return _replace_run(ids, self._bytes_of(stand_in), self._bytes_of(_SPACE_SYMBOL))

    def encode_all(self, texts: Sequence[str]) -> list[list[int]]:
        """Encode all `texts`, in about two thirds of the time of separate `encode` calls."""
        together = "".join(texts)
        if _SPACE_SYMBOL in together or not _is_encodable(together):
            return [self.encode(text) for text in texts]
        ids: list[list[int]] = self._processor.encode(texts, num_threads=1)
        return ids

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self._processor.encode(text)
        return ids

    def _bytes_of(self, character: str) -> list[int]:
        return [self._byte_ids[byte] for byte in character.encode()]

    def _stand_in(self, text: str) -> str:
        """Return a character that is in neither `text` nor the vocabulary, and is therefore encoded as bytes."""
        for code in range(0xE000, 0xF8FF):  # the private use area, 3 bytes each like the space symbol
            character = chr(code)
            if character not in text and self._encode(f"a{character}")[-3:] == self._bytes_of(character):
                return character
        raise TokenizerError("the text holds every private use character: split it before it comes here")

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of `ids`. Special ids are left out; broken byte sequences become U+FFFD."""
        text: str = self._processor.decode([number for number in ids if number not in SPECIAL_IDS])
        return text

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """Return the subwords in the model's notation: U+2581 for a space, `<0x0A>` for a byte."""
        return [self._processor.id_to_piece(number) for number in ids]

    def is_piece(self, number: int) -> bool:
        """Return whether an id stands for characters rather than a special symbol or a byte."""
        return number not in SPECIAL_IDS and not self._is_byte(number)

    def byte_fallbacks(self, ids: Iterable[int]) -> int:
        """Return how many of `ids` are single bytes of characters outside the vocabulary."""
        return sum(map(self._is_byte, ids))


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _replace_run(ids: list[int], run: list[int], by: list[int]) -> list[int]:
    replaced: list[int] = []
    position = 0
    while position < len(ids):
        found = ids[position : position + len(run)] == run
        replaced += by if found else [ids[position]]
        position += len(run) if found else 1
    return replaced
