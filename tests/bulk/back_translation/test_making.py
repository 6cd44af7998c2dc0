"""A piece of text becomes lines of pairs that training reads, whatever the format of the text."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest

from nmt.bulk.answering import KILLS, LineTranslator
from nmt.bulk.back_translation.filters import Candidate, Filters, RoundTrip
from nmt.bulk.back_translation.making import BackTranslator
from nmt.bulk.formats import Answer, FormatOptions, stored_format
from nmt.bulk.pair_counts import PairCounts
from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.runtime import Translator

WORDS = ("red", "blue", "small", "old", "house", "cat", "dog", "tree", "runs", "sleeps", "and", "not")


@pytest.fixture(scope="module")
def lines(package: Path) -> Iterator[LineTranslator]:
    with Translator.load(package, threads=1) as translator:
        yield LineTranslator(translator, translator.options(beam_size=1))


@pytest.fixture(scope="module")
def pairs(lines: LineTranslator) -> list[Candidate]:
    """Three pairs that training could use: a model with random weights writes few such sources."""
    texts = [" ".join(words) for words in product(WORDS, repeat=3)][:300]
    answers = zip(texts, lines.answers(texts), strict=True)
    written = [Candidate(one_line(each.text), text, each.marks) for text, each in answers if isinstance(each, Answer)]
    found = [pair for pair, judged in zip(written, Filters().judged(written), strict=True) if not judged.left_out]
    return found[:3]


def tsv(*pairs: Candidate) -> str:
    return "".join(f"{pair.source}\t{pair.target}\n" for pair in pairs)


def made(maker: BackTranslator, name: str, content: bytes, *columns: str, skipped: frozenset[int] = frozenset()):
    stored = stored_format(name, FormatOptions(columns=columns, pairs=True))
    (piece,) = stored.pieces(BytesIO(content), 100)
    return stored, maker.translate(piece, stored, skipped)


def test_pairs_have_a_text_as_target_and_training_reads_them(
    lines: LineTranslator, pairs: list[Candidate], tmp_path: Path
) -> None:
    first, second, third = (pair.target for pair in pairs)
    content = f"{first}\n\n{second}\n {third}\t"
    stored, piece = made(BackTranslator(lines, Filters()), "a.txt", content.encode())
    path = tmp_path / stored.named("a.txt")
    assert path.name == "a.txt.tsv"
    path.write_bytes(piece.content)
    read = read_pairs(CorpusSpec.parse(f"{path},domain=back"), Direction("xx", "en"))
    assert tsv(*(Candidate(pair.source, pair.target) for pair in read)) == piece.content.decode() == tsv(*pairs)
    assert piece.pairs == PairCounts(kept=3, left_out={"one side is empty": 1})
    assert piece.words == 9


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", '{{"t": "{}"}}\n{{"t": null}}\n{{"t": "{}"}}\n'), ("a.tsv", "t\tn\n{}\t1\n{}\t2\n")],
)
def test_texts_of_a_table_become_lines_of_pairs(
    lines: LineTranslator, pairs: list[Candidate], name: str, content: str
) -> None:
    filled = content.format(pairs[0].target, pairs[1].target).encode()
    stored, piece = made(BackTranslator(lines, Filters()), name, filled, "t")
    assert stored.named(name) == f"{name}.tsv"
    assert piece.content.decode() == tsv(*pairs[:2])


def test_a_packed_text_becomes_packed_pairs(lines: LineTranslator, pairs: list[Candidate]) -> None:
    content = gzip.compress(pairs[0].target.encode())
    stored, piece = made(BackTranslator(lines, Filters()), "a.txt.gz", content)
    assert stored.named("a.txt.gz") == "a.txt.tsv.gz"
    assert gzip.decompress(piece.content).decode() == tsv(pairs[0])


def test_scores_stand_behind_the_texts_and_one_that_is_not_measured_is_empty(
    lines: LineTranslator, pairs: list[Candidate]
) -> None:
    maker = BackTranslator(lines, Filters((RoundTrip(lines, 0),)), scores=True)
    _, piece = made(maker, "a", pairs[0].target.encode())
    texts, chrf, perplexity = piece.content.decode().removesuffix("\n").rsplit("\t", 2)
    assert (f"{texts}\n", perplexity) == (tsv(pairs[0]), "")
    assert 0 <= float(chrf) < 100


def test_texts_that_kill_workers_and_bytes_that_are_no_text_are_listed_and_not_counted_as_pairs(
    lines: LineTranslator, pairs: list[Candidate]
) -> None:
    content = pairs[0].target.encode() + b"\nold caf\xe9\nblue house\n"
    _, piece = made(BackTranslator(lines, Filters()), "a", content, skipped=frozenset({2}))
    assert piece.content.decode() == tsv(pairs[0])
    assert [(fault.line, fault.reason) for fault in piece.faults] == [
        (1, "not UTF-8; convert the file, for example with iconv"),
        (2, KILLS),
    ]
    assert piece.pairs == PairCounts(kept=1)


def test_how_lines_are_cut_into_pieces_does_not_change_the_pairs(lines: LineTranslator) -> None:
    maker = BackTranslator(lines, Filters((RoundTrip(lines, 10),)))
    stored = stored_format("a", FormatOptions(pairs=True))
    content = "\n".join([*map(" ".join, product(WORDS[:2], repeat=3)), "&File", "", "small tree", "&Find"]).encode()
    whole, *others = (
        [maker.translate(piece, stored) for piece in stored.pieces(BytesIO(content), most)] for most in (12, 1, 5)
    )
    for parts in others:
        assert b"".join(part.content for part in parts) == whole[0].content
        assert sum((part.pairs for part in parts), PairCounts()) == whole[0].pairs
