"""The report itself: for any text, as JSON of a fixed shape, as HTML that is well-formed and escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from rich.console import Console

from nmt.corpus import SentencePair
from nmt.corpus.check import CorpusReport, TrainingTime, html_report
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.output.console import print_report
from nmt.corpus.check.output.wording import duration, percent, training_time

Check = Callable[..., CorpusReport]

any_text = st.text(st.characters(codec="utf-8", exclude_categories=()), max_size=40)
any_pairs = st.lists(st.builds(SentencePair, any_text, any_text), max_size=8)

FIELDS = {
    "version": int, "source": str, "target": str, "thorough": bool, "files": list, "summaries": dict,
    "findings": list, "notes": list, "training_time": dict,
    "domains": dict,
}  # fmt: skip
FINDING = {"kind", "role", "severity", "count", "of", "share", "examples", "action", "details"}
EXAMPLE = {"file", "place", "source", "target", "note"}
FILE = {"role", "file", "pairs", "kept", "left_out", "domain"}
SUMMARY = {"pairs", "kept", "left_out", "medians", "histograms"}
HISTOGRAMS = {"source_characters", "source_words", "target_characters", "target_words", "ratio"}


@given(train=any_pairs, valid=any_pairs, test=any_pairs)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_reports_of_the_same_shape(
    train: list[SentencePair], valid: list[SentencePair], test: list[SentencePair], check: Check
) -> None:
    report = check(train, valid, test)
    plain = json.loads(report.to_json())
    assert {name: type(value) for name, value in plain.items()} == FIELDS
    assert plain["version"] == 1
    for file in plain["files"]:
        assert set(file) == FILE
        assert sum(file["left_out"].values()) == file["pairs"] - file["kept"]
    for finding in plain["findings"]:
        assert set(finding) == FINDING
        assert 0 <= finding["count"] <= max(finding["of"], 1)
        assert len(finding["examples"]) <= 3
        assert all(set(example) == EXAMPLE for example in finding["examples"])
        assert (finding["severity"] == "ok") == (finding["count"] == 0)
    for summary in plain["summaries"].values():
        assert set(summary) == SUMMARY
        assert set(summary["histograms"]) == HISTOGRAMS
        assert sum(summary["left_out"].values()) == summary["pairs"] - summary["kept"]
    well_formed(html_report(report))
    print_report(report, Console(file=None, quiet=True))


def well_formed(page: str) -> html.HtmlElement:
    """The page, parsed; every element that must be closed is, and no character stands that HTML forbids."""
    page.encode()
    closed = re.sub(r"<!DOCTYPE html>|<meta [^>]*>", "", page)
    etree.fromstring(closed.encode())  # raises on a tag that is left open or a bare < or &
    return html.fromstring(page)


NASTY = SentencePair('<script>alert("1")</script> & <b>bold', "</td></table>'\" &amp; \x00\x1b[31m\ufdd0")


def test_what_stands_in_the_corpus_is_text_on_the_page(check: Check) -> None:
    page = html_report(check([NASTY, SentencePair("house", "Haus")], test=[NASTY]))
    document = well_formed(page)
    assert "<script" not in page
    assert '<script>alert("1")</script> & <b>bold' in [cell.text for cell in document.iter("td")]
    assert not re.search(r"(src|href)=|url\(|@import", page)


def test_the_page_says_what_it_means_what_is_done_and_what_to_do(check: Check, clean_pairs: list[SentencePair]) -> None:
    document = well_formed(html_report(check([*clean_pairs[:100], clean_pairs[0]])))
    article = next(each for each in document.iter("article") if "Repeated pairs" in each.text_content())
    assert [term.text for term in article.iter("dt")] == ["What it means", "What is done", "What you can do"]
    assert "left out" in article.text_content()
    assert "train, line 101" in article.text_content()
    assert len(list(document.iter("{*}svg"))) == 3


def test_a_terminal_is_given_no_commands(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    print_report(check([NASTY]), Console(width=200, force_terminal=False))
    assert "\x1b" not in capsys.readouterr().out


def test_the_same_corpus_gives_the_same_report(check: Check, clean_pairs: list[SentencePair]) -> None:
    assert check(clean_pairs[:500]).to_json() == check(clean_pairs[:500]).to_json()


def test_every_kind_has_words_without_markup() -> None:
    for kind in KINDS.values():
        assert kind.title
        assert kind.meaning.endswith((".", "”."))
        assert kind.advice.endswith(".")


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 seconds"), (300, "5.0 minutes"), (9000, "2.5 hours"), (400000, "4.6 days")]
)
def test_durations_have_the_unit_that_fits(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("share", "words"), [(0.0, "0.00 %"), (1e-6, "less than 0.01 %"), (0.005, "0.50 %")])
def test_a_share_is_never_shown_as_nothing(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_prediction_that_was_not_made_says_why() -> None:
    assert training_time(TrainingTime(skipped="no reason")) == "Not predicted: no reason."
