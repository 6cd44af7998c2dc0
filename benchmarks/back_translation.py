"""What the filters of `nmt bulk --back-translate` keep and leave out, on parallel text whose sources are known.

python benchmarks/back_translation.py models/de-en models/en-de test.en.gz test.de.gz --lm english

The reverse package translates the targets back. How good a synthetic source is shows in its chrF against the true one,
which the filters do not see. For each limit: the share of pairs kept, and the mean quality of those kept and left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np

from nmt.bulk.answering import LineTranslator
from nmt.bulk.back_translation.filters import Candidate, Filter, Filters, Likelihood, RoundTrip
from nmt.bulk.formats import Answer
from nmt.corpus.readers.lines import read_lines
from nmt.corpus.readers.one_line import one_line
from nmt.language_model import LanguageModel
from nmt.runtime import Translator
from nmt.scores import SentenceChrf

_LEAST_CHRF = (10, 20, 30, 40, 50, 60, 70)
_MOST_PERPLEXITY = (16, 8, 6, 4, 3, 2, 1.5)

package = click.Path(exists=True, file_okay=False, path_type=Path)
text = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(help=__doc__)
@click.argument("reverse", type=package)
@click.argument("forward", type=package)
@click.argument("sources", type=text)
@click.argument("targets", type=text)
@click.option("--lm", "language_model", type=package, help="Language model of the source language.")
@click.option("--beam-size", default=1, show_default=True)
def main(
    reverse: Path, forward: Path, sources: Path, targets: Path, language_model: Path | None, beam_size: int
) -> None:
    """Print a table a filter, and one of both at their defaults."""
    true, wanted = ([one_line(line) for line in read_lines(path)] for path in (sources, targets))
    with Translator.load(reverse, threads=1) as back, Translator.load(forward, threads=1) as there:
        lines, trip = (LineTranslator(each, each.options(beam_size=beam_size)) for each in (back, there))
        answers = [answer if isinstance(answer, Answer) else Answer("") for answer in lines.answers(wanted)]
        candidates = [
            Candidate(one_line(answer.text), target, answer.marks)
            for answer, target in zip(answers, wanted, strict=True)
        ]
        chrf = SentenceChrf()
        quality = np.array([chrf.of(pair.source, each) for pair, each in zip(candidates, true, strict=True)])
        judged = Filters().judged(candidates)
        print(f"{len(candidates):,} pairs, mean chrF of the sources {quality.mean():.1f}")
        table("rules", [("form", np.array([each.left_out is None for each in judged]))], quality)
        round_trip = RoundTrip(trip, 0)
        told(round_trip, lambda limit: RoundTrip(trip, limit), _LEAST_CHRF, candidates, quality)
        if language_model:
            model = LanguageModel.load(language_model)
            told(Likelihood(model, 1), lambda limit: Likelihood(model, limit), _MOST_PERPLEXITY, candidates, quality)


def told(
    measure: Filter,
    limited: Callable[[float], Filter],
    limits: Sequence[float],
    candidates: Sequence[Candidate],
    quality: np.ndarray,
) -> None:
    """Print what each of `limits` does."""
    scores = measure.scores(candidates)
    print(f"rank correlation of {measure.name} with the quality: {rank_correlation(scores, quality):.2f}")
    kept = [(f"{limit:g}", np.array([limited(limit).passes(score) for score in scores])) for limit in limits]
    table(measure.name, kept, quality)


def table(name: str, kept: Sequence[tuple[str, np.ndarray]], quality: np.ndarray) -> None:
    """Print a line for each set of pairs that are `kept`."""
    print(f"{name:>12} {'kept':>8} {'chrF of kept':>13} {'of left out':>12}")
    for limit, mask in kept:
        left_out = f"{quality[~mask].mean():12.1f}" if not mask.all() else f"{'-':>12}"
        print(f"{limit:>12} {mask.mean():8.1%} {quality[mask].mean():13.1f} {left_out}")


def rank_correlation(one: Sequence[float], other: np.ndarray) -> float:
    """Spearman's."""
    ranks = [np.argsort(np.argsort(values)) for values in (np.asarray(one), other)]
    return float(np.corrcoef(*ranks)[0, 1])


if __name__ == "__main__":
    main()
