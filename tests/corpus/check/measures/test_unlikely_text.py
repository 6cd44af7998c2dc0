"""Which texts are said to be no language, and when nothing is said."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from nmt.corpus import Origin, SentencePair
from nmt.corpus.check import CorpusReport, Finding, Role
from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.measures.unlikely_text import UnlikelyTexts

DRAW = random.Random(3)
NOISE = {
    "base64": base64.b64encode(DRAW.randbytes(45)).decode(),
    "keyboard mashing": "asdfjkl sdlfkj wqeoiru zxcmvn qpwoei lskdjf",
    "table": " ".join(f"{DRAW.uniform(0, 999):.2f}" for _ in range(9)),
    "wrong encoding": "On Monday the baker sells the old bread".encode("cp500").decode("latin-1"),
}


def chunk_of(pairs: Sequence[SentencePair], role: Role = "train") -> Chunk:
    places = [Origin(Path(role), line) for line in range(1, len(pairs) + 1)]
    return Chunk(role, places, [pair.source for pair in pairs], [pair.target for pair in pairs], [None] * len(pairs))


def findings(train: Sequence[SentencePair], test: Sequence[SentencePair] = ()) -> dict[str, Finding]:
    """By kind, those of the test pairs if there are any."""
    sample = chunk_of(train)
    return {each.kind: each for each in UnlikelyTexts(sample).findings(chunk_of(test, "test") if test else sample)}


@pytest.mark.parametrize("noise", list(NOISE))
@pytest.mark.parametrize("side", ["source", "target"])
def test_what_nobody_would_write_is_reported_with_its_line(
    noise: str, side: str, clean_pairs: list[SentencePair]
) -> None:
    pairs = list(clean_pairs)
    pairs[6] = replace(pairs[6], **{side: NOISE[noise]})
    found = findings(pairs)
    finding = found.pop(f"unlikely_{side}")
    assert [example.place for example in finding.examples] == [7]
    assert finding.examples[0].note.endswith(" bits per character")
    assert float(finding.details["limit"]) > float(finding.details["median"])
    assert [other.count for other in found.values()] == [0]


def test_a_copy_of_a_text_does_not_make_it_likely(clean_pairs: list[SentencePair]) -> None:
    pairs = list(clean_pairs)
    for index in (6, 700):
        pairs[index] = replace(pairs[index], source=NOISE["base64"])
    assert findings(pairs)["unlikely_source"].count == 2


def test_held_out_texts_are_judged_by_the_training_texts(clean_pairs: list[SentencePair]) -> None:
    test = [replace(clean_pairs[2000], target=NOISE["keyboard mashing"]), clean_pairs[2001]]
    finding = findings(clean_pairs[:2000], test)["unlikely_target"]
    assert (finding.role, finding.count, finding.of) == ("test", 1, 2)


def test_short_texts_are_not_judged(clean_pairs: list[SentencePair]) -> None:
    pairs = [replace(clean_pairs[0], source="qxzvk jhgfw"), *clean_pairs[1:]]
    assert findings(pairs)["unlikely_source"].count == 0


def test_the_report_has_what_is_found(
    check: Callable[..., CorpusReport], found: Callable[..., Finding], clean_pairs: list[SentencePair]
) -> None:
    pairs = [replace(clean_pairs[0], source=NOISE["base64"]), *clean_pairs[1:1500]]
    assert found(check(pairs), "unlikely_source").count == 1


def test_few_texts_do_not_say_what_is_usual(
    check: Callable[..., CorpusReport], clean_pairs: list[SentencePair]
) -> None:
    report = check(clean_pairs[:900])
    assert not {finding.kind for finding in report.findings} & {"unlikely_source", "unlikely_target"}
    assert "not looked for on the side of the source and the target" in report.notes[0]
