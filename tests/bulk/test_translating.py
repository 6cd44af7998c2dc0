"""A piece is translated line by line, and one line does not harm another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from nmt.bulk.answering import KILLS, LineTranslator
from nmt.bulk.formats import Compression, Fault, Piece, StoredFormat
from nmt.bulk.formats.jsonl import JsonlFormat
from nmt.bulk.formats.text import TextFormat
from nmt.bulk.translating import PieceTranslator
from nmt.runtime import Translator

TEXT = StoredFormat(TextFormat(), Compression.NONE)
LINES = ["red cat", "&File", "", "&Find", "old dog runs", "&Fix", "blue house"]


@pytest.fixture(scope="module")
def translator(package: Path) -> Iterator[PieceTranslator]:
    with Translator.load(package, threads=1) as loaded:
        yield PieceTranslator(LineTranslator(loaded, loaded.options(beam_size=1)))


def pieces(lines: list[str], most_lines: int) -> list[Piece]:
    return list(TEXT.pieces(BytesIO("\n".join(lines).encode()), most_lines))


def test_how_lines_are_cut_into_pieces_does_not_change_them(translator: PieceTranslator) -> None:
    whole, *others = (
        b"".join(translator.translate(piece, TEXT).content for piece in pieces(LINES, most)) for most in (7, 1, 2, 3)
    )
    assert others == [whole] * 3
    assert whole.count(b"\n") == len(LINES) - 1


def test_a_text_that_cannot_be_translated_is_set_aside_and_the_others_are_not(translator: PieceTranslator) -> None:
    stored = StoredFormat(JsonlFormat(("text",)), Compression.NONE)
    good, bad = b'{"text": "red cat"}\n', b'{"text": "\\ud800"}\n'
    (alone,) = stored.pieces(BytesIO(good), 9)
    (together,) = stored.pieces(BytesIO(good + bad + good), 9)
    answer = translator.translate(alone, stored).content
    done = translator.translate(together, stored)
    assert done.content == answer + b'{"text": ""}\n' + answer
    (fault,) = done.faults
    assert (fault.line, fault.text) == (1, "\\ud800")
    assert fault.reason.startswith("UnicodeEncodeError: ")


def test_lines_that_killed_workers_are_left_out_and_listed(translator: PieceTranslator) -> None:
    (piece,) = pieces(["red cat", "blue dog", "red cat"], 9)
    first, second, third = translator.translate(piece, TEXT, {1}).content.split(b"\n")
    assert (first, second) == (third, b"")
    assert translator.translate(piece, TEXT, {1}).faults == (Fault(1, KILLS, "blue dog"),)


def test_words_and_scores_are_counted(translator: PieceTranslator) -> None:
    (piece,) = pieces(LINES, 9)
    assert translator.translate(piece, TEXT).words == 10
    scored = replace(TEXT, format=TextFormat(scores=True))
    fields = [line.split(b"\t") for line in translator.translate(piece, scored).content.split(b"\n")]
    assert all(len(each) == 3 for each in fields)
    assert float(fields[0][0]) < 0
    assert fields[2] == [b"", b"", b""]
