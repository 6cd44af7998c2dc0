"""What the typography of translations does to their BLEU and chrF.

    python benchmarks/typography.py models/en-fr --beam-size 1 --test-aligned test.en.gz test.fr.gz

The service sets quotation marks, apostrophes, dashes and spaces as the target language has them. The table has the
scores of translations so set, and of the same ones as a typewriter writes them, against the references as they are and
against the same references as a typewriter writes them.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from nmt.corpus import Direction
from nmt.corpus.corpus_spec import CorpusSpec
from nmt.corpus.test_sets import read_test_set
from nmt.runtime import Translator
from nmt.scores import score
from nmt.text import translate_texts

_PLAIN = {
    '"': re.compile("\u00ab[ \u00a0\u202f]?|[ \u00a0\u202f]?\u00bb|[\u201c-\u201f]"),
    "'": re.compile("[\u2018-\u201b]"),
    " ": re.compile("[\u00a0\u202f]"),
    "-": re.compile("[\u2013\u2014]"),
    "...": re.compile("\u2026"),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--test-aligned", type=Path, nargs=2, required=True)
    parser.add_argument("--beam-size", type=int)
    options = parser.parse_args()
    with Translator.load(options.package, threads=1) as translator:
        direction = Direction(translator.manifest.source, translator.manifest.target)
        pairs = read_test_set(CorpusSpec(tuple(options.test_aligned)), direction).pairs
        settings = translator.options(beam_size=options.beam_size)
        answers = [each.text() for each in translate_texts(translator, [pair.source for pair in pairs], settings)]
    references = [pair.target for pair in pairs]
    print(f"{'translations':<14}{'references':<14}{'BLEU':>7}{'chrF':>7}")
    for name, translations in (("as served", answers), ("typewriter", list(map(plain, answers)))):
        for wanted_name, wanted in (("as they are", references), ("typewriter", list(map(plain, references)))):
            scores = score(translations, wanted, direction.target)
            print(f"{name:<14}{wanted_name:<14}{scores.bleu:>7.2f}{scores.chrf:>7.2f}")


def plain(text: str) -> str:
    """`text` as a typewriter writes it."""
    for form, pattern in _PLAIN.items():
        text = pattern.sub(form, text)
    return text


if __name__ == "__main__":
    main()
