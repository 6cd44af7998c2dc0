"""A pair is left out for the first thing that is wrong with it, and later filters are not asked about it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from language_model_packages import write_language_model

from nmt.bulk.answering import LineTranslator
from nmt.bulk.back_translation.filters import Candidate, Filters, Likelihood, RoundTrip
from nmt.bulk.formats import Answer
from nmt.language_model import LanguageModel
from nmt.runtime import Translator


@dataclass
class ByLength:
    """Passes sources of at most `most` characters."""

    most: int
    name: str = "length"
    asked: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return f"longer than {self.most}"

    def scores(self, candidates: Sequence[Candidate]) -> list[float]:
        self.asked += [each.source for each in candidates]
        return [float(len(each.source)) for each in candidates]

    def passes(self, score: float) -> bool:
        return score <= self.most


@pytest.fixture(scope="module")
def forward(package: Path) -> Iterator[LineTranslator]:
    with Translator.load(package, threads=1) as translator:
        yield LineTranslator(translator, translator.options(beam_size=1))


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (Candidate("", "rot"), "one side is empty"),
        (Candidate("a red cat and so on", "ja"), "one side more than 4 times as long as the other"),
        (Candidate("x" * 1001, "y" * 1001), "longer than 1000 characters"),
        (Candidate("a red", "eine rote Katze", ("truncated",)), "the source is cut off"),
        (Candidate("a red a red", "eine rote", ("carried", "repetition_stopped")), "the source is cut off"),
        (Candidate("taxi", "taxi"), "both sides are the same"),
        (Candidate("a red cat", "eine rote Katze", ("used_stand_ins",)), None),
    ],
)
def test_what_training_could_not_use_is_left_out(candidate: Candidate, reason: str | None) -> None:
    (judgement,) = Filters().judged([candidate])
    assert judgement.left_out == reason


def test_a_filter_is_asked_about_what_the_others_kept() -> None:
    first, second = ByLength(3), ByLength(2, "again")
    pairs = [Candidate(source, "xyz") for source in ("a", "", "abcd", "abc")]
    judged = Filters((first, second)).judged(pairs)
    assert first.asked == ["a", "abcd", "abc"]
    assert second.asked == ["a", "abc"]
    assert [each.left_out for each in judged] == [None, "one side is empty", "longer than 3", "longer than 2"]
    assert [each.scores for each in judged] == [{"length": 1, "again": 1}, {}, {"length": 4}, {"length": 3, "again": 3}]


def test_a_round_trip_that_comes_back_has_100_and_one_with_nothing_in_common_0(forward: LineTranslator) -> None:
    (answer,) = forward.answers(["red cat and dog"])
    assert isinstance(answer, Answer)
    pairs = [Candidate("red cat and dog", each) for each in (answer.text, "\u4e00\u4e8c\u4e09\u56db\u4e94\u516d")]
    assert RoundTrip(forward, 50).scores(pairs) == [pytest.approx(100), 0]
    judged = Filters((RoundTrip(forward, 50),)).judged(pairs)
    assert [each.left_out for each in judged] == [None, "chrF of the round trip below 50 (--least-chrf)"]


def test_a_source_that_cannot_be_translated_again_does_not_come_back(forward: LineTranslator) -> None:
    assert RoundTrip(forward, 0).scores([Candidate("\ud800", "rot")]) == [0]


def test_perplexity_is_that_of_the_line_over_the_usual_one(tmp_path: Path) -> None:
    write_language_model(tmp_path / "lm")
    model = LanguageModel.load(tmp_path / "lm")
    usual = model.manifest.validation_loss
    sources = ["bad cab", "hhhhh"]
    scores = Likelihood(model, 1).scores([Candidate(source, "x") for source in sources])
    for source, score in zip(sources, scores, strict=True):
        (log_probs,) = model.score([source])
        assert len(log_probs) == len(source) + 1  # and the line break
        assert score == pytest.approx(math.exp(-sum(map(float, log_probs)) / len(log_probs)) / math.exp(usual))
    assert Likelihood(model, max(scores)).passes(max(scores))
    assert not Likelihood(model, min(scores)).passes(max(scores))
