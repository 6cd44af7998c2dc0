"""Speed and memory of the check of a corpus on made-up pairs: words of a made-up language and their translations.

python benchmarks/corpus_check.py 1000000
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator

import click

from nmt.corpus import CleaningRules, SentencePair
from nmt.corpus.check import QUICK, THOROUGH, Part, check_corpus

_WORDS = 20_000
_HELD_OUT = 1000


def made_up(count: int, seed: int) -> Iterator[SentencePair]:
    """`count` pairs of 4 to 16 words, frequent ones oftener, a number in one of ten."""
    letters = random.Random(0)
    words = ["".join(letters.choices("abcdefghiklmnoprstuvw", k=letters.randint(2, 11))) for _ in range(2 * _WORDS)]
    draw = random.Random(seed)
    for _ in range(count):
        chosen = [int(_WORDS ** draw.random()) - 1 for _ in range(draw.randint(4, 16))]
        end = f" {draw.randint(1, 9999)}." if draw.random() < 0.1 else "."
        source, target = (" ".join(words[side + word] for word in chosen) + end for side in (0, _WORDS))
        yield SentencePair(source, target)


@click.command(help=__doc__)
@click.argument("pairs", type=int)
@click.option("--quick", is_flag=True, help="The quick look of `nmt train`, not the whole of `nmt corpus check`.")
def main(pairs: int, quick: bool) -> None:
    """Check the pairs once; print what it took, less what making them up takes."""
    started = time.process_time()
    for _ in made_up(pairs, seed=1):
        pass
    making = time.process_time() - started
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    started = time.process_time()
    parts = [
        Part("train", "train", made_up(pairs, seed=1)),
        Part("valid", "valid", made_up(_HELD_OUT, seed=2)),
        Part("test", "test", made_up(_HELD_OUT, seed=3)),
    ]
    check_corpus(parts, ("xx", "yy"), CleaningRules(), QUICK if quick else THOROUGH)
    seconds = time.process_time() - started - making
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"{pairs:>10,} pairs {'quick' if quick else 'thorough':>9}: {seconds:>6.0f} s of one processor, "
          f"{pairs / seconds:>8,.0f} pairs/s, memory {before:.0f} MB before, {after:.0f} MB at most")  # fmt: skip


if __name__ == "__main__":
    main()
