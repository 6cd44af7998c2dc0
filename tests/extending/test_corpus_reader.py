"""The list in CONTRIBUTING.md leads to a new corpus reader: its pairs are read."""

from __future__ import annotations

from checkout import Checkout


def test_pairs_of_a_new_corpus_format_are_read(checkout: Checkout) -> None:
    checkout.write(
        "nmt/corpus/readers/arrow.py",
        """
from pathlib import Path

from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.lines import read_lines


def read_arrow(path: Path):
    for number, line in enumerate(read_lines(path), start=1):
        yield SentencePair(*line.split(" -> "), Origin(path, number))
""",
    )
    checkout.change("nmt/corpus/corpus_spec.py", '"xliff", "po"]\n', '"xliff", "po", "arrow"]\n')
    checkout.change("nmt/corpus/corpus_spec.py", '    ".po": "po",\n', '    ".po": "po",\n    ".arrow": "arrow",\n')
    checkout.change(
        "nmt/corpus/readers/__init__.py",
        '        case "aligned":\n',
        '        case "arrow":\n'
        "            from nmt.corpus.readers.arrow import read_arrow\n"
        "            return read_arrow(path)\n"
        '        case "aligned":\n',
    )
    checkout.write("pairs.arrow", "red cat -> rote Katze\n")
    read = checkout.run("""
from nmt.corpus import CorpusSpec, Direction, read_pairs
for pair in read_pairs(CorpusSpec.parse("pairs.arrow"), Direction("en", "de")):
    print(pair.source, pair.target, sep="|")
""")
    assert read == "red cat|rote Katze\n"
