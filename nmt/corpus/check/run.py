"""Run the corpus check: pass every pair through all measures once, held-out pairs first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nmt.corpus.check.chunks import Chunk, Part, Sample, chunks
from nmt.corpus.check.finding import Finding, Role
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.measures.alignment import Alignment
from nmt.corpus.check.measures.alphabet import Alphabet
from nmt.corpus.check.measures.inconsistent_translations import InconsistentTranslations
from nmt.corpus.check.measures.language import Languages
from nmt.corpus.check.measures.leakage import Leakage
from nmt.corpus.check.measures.lengths import Lengths
from nmt.corpus.check.measures.pairwise import FINDERS
from nmt.corpus.check.measures.script import Scripts
from nmt.corpus.check.measures.tally import Tally
from nmt.corpus.check.measures.unlikely_text import UnlikelyTexts
from nmt.corpus.check.report import CorpusReport, FileCount, RoleSummary, TrainingTime
from nmt.corpus.cleaning import CleaningRules
from nmt.corpus.hash_set import SeenHashes
from nmt.corpus.pairs import SentencePair

_HELD_OUT: tuple[Role, ...] = ("valid", "test")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much of the corpus is checked."""

    language_pairs: int
    """Sample size per use for language detection, and to tell texts that are no language."""
    one_in: int
    """Beyond the first `always` training pairs, one in this many chunks or pairs goes through the costly checks."""
    always: int = 20_000
    """Number of training pairs at the beginning that go through all checks."""


THOROUGH = Effort(language_pairs=20_000, one_in=1)
QUICK = Effort(language_pairs=500, one_in=8)
"""Used at the start of a training run."""

Predict = Callable[[Sequence[SentencePair], int], TrainingTime]
"""Predicts the training time from a sample of the pairs that training keeps and their number."""


def check_corpus(
    parts: Sequence[Part],
    languages: tuple[str, str],
    rules: CleaningRules,
    effort: Effort = THOROUGH,
    predict: Predict | None = None,
    notes: Sequence[Callable[[], str]] = (),
) -> CorpusReport:
    """Check all pairs of `parts` once. Return their contents and faults, and how training by `rules` handles them.

    `notes` is called after all pairs have been read. Memory use is 24 bytes per distinct training pair, the held-out
    pairs, and a bounded remainder. Raises what reading raises.
    """
    roles: list[Role] = [role for role in ("train", *_HELD_OUT) if any(part.role == role for part in parts)]
    looks = {role: _Look(role, languages, rules, effort) for role in roles}
    held_out = {role: Leakage(role) for role in _HELD_OUT if role in looks}
    files: list[FileCount] = []
    for part in sorted(parts, key=lambda part: part.role == "train"):
        for chunk, everything in looks[part.role].feed(part):
            if part.role == "train":
                for leakage in held_out.values():
                    leakage.feed(chunk, near=everything)
            else:
                held_out[part.role].hold(chunk)
        files.append(looks[part.role].files[-1])
    detector = Languages(*languages)
    unlikely = UnlikelyTexts(next(iter(looks.values())).sample())  # of the training pairs, if there are any
    findings = [finding for look in looks.values() for finding in look.findings(detector, unlikely)]
    if "train" in looks:
        findings += [finding for leakage in held_out.values() for finding in leakage.findings()]
        findings += [
            looks[role].alphabet.unknown_to(looks["train"].alphabet, role) for role in _HELD_OUT if role in looks
        ]
    if len(held_out) == len(_HELD_OUT):
        findings.append(held_out["test"].sources_shared_with(held_out["valid"]))
    time = TrainingTime(skipped="not asked for")
    if predict is not None and "train" in looks:
        time = predict(looks["train"].kept_sample(), looks["train"].kept)
    return CorpusReport(
        *languages,
        thorough=effort.one_in == 1,
        files=tuple(files),
        summaries={role: look.summary() for role, look in looks.items()},
        findings=tuple(findings),
        notes=(*(note() for note in notes), *_unsaid(detector, unlikely, looks, effort)),
        training_time=time,
    )


class _Look:
    """All measures that need only the pairs of one use."""

    def __init__(self, role: Role, languages: tuple[str, str], rules: CleaningRules, effort: Effort) -> None:
        self._role = role
        self._rules = rules
        self._effort = effort
        self._seen = SeenHashes()
        self._tallies = [Tally(finder.kind) for finder in FINDERS]
        self._several = [InconsistentTranslations("several_targets"), InconsistentTranslations("several_sources")]
        self._scripts = [Scripts("source", languages[0]), Scripts("target", languages[1])]
        self._alignment = Alignment(role, effort.one_in if role == "train" else 1)
        self._lengths = Lengths()
        self._sample = Sample(role, effort.language_pairs)
        self.alphabet = Alphabet()
        self.files: list[FileCount] = []
        """Counts of the finished parts."""
        self.pairs = 0
        """Number of pairs checked, without the units that reading leaves out."""
        self.kept = 0

    def feed(self, part: Part) -> Iterator[tuple[Chunk, bool]]:
        """Check the pairs of `part`. Yield them, and whether they went through all checks."""
        pairs, kept = self.pairs, self.kept
        reasons: Counter[str] = Counter()
        for number, chunk in enumerate(chunks(part, self._rules, self._seen)):
            everything = self.pairs < self._effort.always or number % self._effort.one_in == 0
            self.pairs += len(chunk)
            self.kept += len(chunk) - int(chunk.left_out.sum())
            for index in np.flatnonzero(chunk.left_out).tolist():
                if fault := chunk.faults[index]:
                    reasons[self._rules.reason(fault)] += 1
            for finder, tally in zip(FINDERS, self._tallies, strict=True):
                if everything or finder.cheap:
                    tally.add(chunk, finder.find(chunk), finder.note)
            for several in self._several:
                several.feed(chunk)
            self._sample.feed(chunk)
            self._alignment.feed(chunk)
            if everything:
                for scripts in self._scripts:
                    scripts.feed(chunk)
                self._lengths.feed(chunk)
                if self._role == "train":
                    self.alphabet.feed(chunk)
                else:
                    self.alphabet.hold(chunk)
            yield chunk, everything
        read = self.pairs - pairs + part.passed_over.total()
        left_out = dict(part.passed_over + reasons)
        self.files.append(FileCount(part.role, part.file, read, self.kept - kept, left_out, part.domain))

    def findings(self, detector: Languages, unlikely: UnlikelyTexts) -> list[Finding]:
        """Return the findings. Call it after all parts are finished."""
        found = [tally.finding(self._role) for tally in self._tallies]
        found += [several.finding(self._role) for several in self._several]
        found.append(self._lengths.finding(self._role))
        sample = self.sample()
        found += detector.findings(sample)
        found += unlikely.findings(sample)
        found += [scripts.finding(self._role) for scripts in self._scripts]
        found.append(self._alignment.finding())
        if self._role == "train":
            found.append(self.alphabet.rare(self._role))
        if not self.kept:
            fatal = KINDS["nothing_left"].severity(1, 1)
            found.append(Finding("nothing_left", self._role, fatal, 1, 1, (), "training stops here"))
        return found

    def sample(self) -> Chunk:
        """Return a uniform sample of the pairs."""
        return self._sample.chunk()

    def kept_sample(self) -> list[SentencePair]:
        """Return a uniform sample of the pairs that training uses."""
        chunk = self.sample()
        kept = np.flatnonzero(~chunk.left_out).tolist()
        return [SentencePair(chunk.sources[at], chunk.targets[at]) for at in kept]

    def summary(self) -> RoleSummary:
        """Return the counts and lengths."""
        reasons = sum((Counter(file.left_out) for file in self.files), Counter[str]())
        pairs = sum(file.pairs for file in self.files)
        return RoleSummary(pairs, self.kept, dict(reasons), self._lengths.medians(), self._lengths.histograms())


def _unsaid(detector: Languages, unlikely: UnlikelyTexts, looks: dict[Role, _Look], effort: Effort) -> Iterator[str]:
    if detector.unknown:
        yield f"the language detector does not know {', '.join(detector.unknown)}: texts of that side were not judged"
    if unlikely.unknown:
        yield (
            f"texts that are no language were not looked for on the side of the {' and the '.join(unlikely.unknown)}: "
            f"the sample is too small to learn what is usual"
        )
    if any(look.pairs > effort.language_pairs for look in looks.values()):
        also = "" if unlikely.unknown else ", and texts that are no language looked for,"
        yield f"languages were detected{also} in a fair sample of {effort.language_pairs:,} pairs of each use"
    if effort.one_in > 1 and "train" in looks and looks["train"].pairs > effort.always:
        yield (
            f"beyond the first {effort.always:,} training pairs, one in {effort.one_in} went through the costlier "
            f"checks; `nmt corpus check` looks at all"
        )
