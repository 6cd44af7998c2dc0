"""Check that a package is no worse than the served one. Compares scores, loops and time on the same sentences."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from nmt.corpus.test_sets import TestSet
from nmt.runtime import ModelPackage, Translator
from nmt.scores import score, significance
from nmt.text.repetition import without_repetitions

MOST_LOST = 1.0
"""Points of BLEU or chrF that a candidate may lose on a test set. Not 0: a model adapted to new text, and better there
by several points, is mostly slightly worse on other text, and 1,500 pairs make that significant."""
FEWEST_PAIRS = 100
"""Minimum size of a test set. On 100 pairs, scores of equally good packages differ by a few points."""
MORE_LOOPS = 0.002
"""Allowed increase of the share of looping sentences: one in 500."""
SLOWER = 1.2
"""Allowed ratio of the candidate's time per sentence to the current one."""
_LOADS = 3
"""Number of times both packages are loaded before a candidate counts as slower. A translator's thread mostly stays on
the same core while it is loaded. Two loads of one package mostly differ by up to 0.14 on busy cores; 0.43 was observed.
"""
_TIMED = 100
"""Number of sentences whose translation is timed."""
_TURNS = 3
"""Number of timings per sentence. The fastest counts, because other load on the machine only adds time."""
_clock = time.process_time if time.get_clock_info("process_time").resolution < 1e-4 else time.perf_counter
"""Processor time, if its resolution suffices for a sentence (Windows counts in steps of 16 ms)."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """The result of one comparison, in words, and whether the candidate passes."""

    name: str
    now: str
    candidate: str
    allowed: str
    holds: bool
    metric: str = ""
    """The score that is compared; empty for loops and times."""


def compare(now: ModelPackage | None, candidate: ModelPackage, tests: Sequence[TestSet]) -> list[Criterion]:
    """Evaluate the criteria for `candidate` to replace `now`. If `now` is None, only the scores cannot fail.

    Both translate as when served, with their own decoding defaults. Raises PackageError for a package that cannot be
    loaded, and TextTooLong.
    """
    references = [[pair.target for pair in test.pairs] for test in tests]
    before = _translations(now, tests) if now else references
    after = _translations(candidate, tests)
    found: list[Criterion] = []
    for test, old, new, expected in zip(tests, before, after, references, strict=True):
        found += _scores(test.name, old if now else None, new, expected, candidate.manifest.target)
    loops = [sum(map(_loops, texts)) for texts in (before, after)]
    sentences = sum(len(test.pairs) for test in tests)
    found.append(loop_criterion(loops[0], loops[1], sentences, of_references=now is None))
    if now:
        found.append(_time(now, candidate, [pair.source for test in tests for pair in test.pairs]))
    return found


def loop_criterion(now: int, candidate: int, sentences: int, of_references: bool = False) -> Criterion:
    """Check that loops have not increased. `now` may be the loops of the references."""
    most = now + MORE_LOOPS * sentences
    beside = " in the references" if of_references else ""
    return Criterion(
        "sentences that loop",
        f"{now} of {sentences:,}{beside}",
        f"{candidate} of {sentences:,}",
        f"at most {int(most)}",
        candidate <= most,
    )


def time_criterion(now: Sequence[float], candidate: Sequence[float]) -> Criterion:
    """Check that the candidate is not slower, by the median over sentences of the ratio of its time to the current."""
    ratio = statistics.median(new / old for old, new in zip(now, candidate, strict=True))
    return Criterion(
        "time per sentence",
        f"{1000 * statistics.median(now):.1f} ms",
        f"{1000 * statistics.median(candidate):.1f} ms, x {ratio:.2f}",
        f"at most x {SLOWER}",
        ratio <= SLOWER,
    )


def _translations(package: ModelPackage, tests: Sequence[TestSet]) -> list[list[str]]:
    """Return the translations of each test set."""
    with Translator(package, threads=1) as translator:
        return [
            [result.text for result in translator.translate([pair.source for pair in test.pairs])] for test in tests
        ]


def _scores(
    name: str, now: Sequence[str] | None, candidate: Sequence[str], references: Sequence[str], language: str
) -> Iterator[Criterion]:
    new = score(candidate, references, language)
    if now is None:
        for metric, value in ((new.bleu_name, new.bleu), ("chrF", new.chrf)):
            yield Criterion(f"{metric} on {name}", "none", f"{value:.1f}", "any", True, metric)
        return
    old, found = score(now, references, language), significance(now, candidate, references, language)
    for metric, before, after, p in (
        (new.bleu_name, old.bleu, new.bleu, found.bleu),
        ("chrF", old.chrf, new.chrf, found.chrf),
    ):
        change = after - before
        chance = "" if p is None else f", p = {p:.3f}"
        yield Criterion(
            f"{metric} on {name}",
            f"{before:.1f}",
            f"{after:.1f} ({change:+.1f}{chance})",
            f"{MOST_LOST:g} point less",
            change >= -MOST_LOST,
            metric,
        )


def _loops(texts: Sequence[str]) -> int:
    return sum(without_repetitions(text) is not None for text in texts)


def _time(now: ModelPackage, candidate: ModelPackage, texts: Sequence[str]) -> Criterion:
    """Evaluate the time criterion on `texts`. A slower candidate must be slower in every load of both packages."""
    for _ in range(_LOADS):
        with Translator(now, threads=1) as old, Translator(candidate, threads=1) as new:
            criterion = time_criterion(*_seconds(old, new, texts))
        if criterion.holds:
            break
    return criterion


def _seconds(now: Translator, candidate: Translator, texts: Sequence[str]) -> tuple[list[float], list[float]]:
    """Measure the processor seconds per sentence for both packages, alternating between them.

    Wall-clock time is not used: each translator has its own thread, and if one of them shares its core with other work,
    all of its sentences take longer by the clock (1.4 times was observed between two loads of one package). With one
    thread and nothing to wait for, processor and wall-clock time are the same on an idle machine.
    """
    sentences = list(islice(cycle(texts[:: max(1, len(texts) // _TIMED)]), _TIMED))
    seconds: dict[Translator, list[float]] = {now: [], candidate: []}
    for text in sentences:
        times: dict[Translator, list[float]] = {now: [], candidate: []}
        for turn in range(_TURNS):
            for translator in (now, candidate) if turn % 2 else (candidate, now):
                started = _clock()
                translator.translate([text])
                times[translator].append(_clock() - started)
        for translator, taken in times.items():
            seconds[translator].append(min(taken))
    return seconds[now], seconds[candidate]
