"""The report: sentences sorted and counted, JSON of a fixed shape, HTML that is well-formed, escaped and accessible."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree, html
from rich.console import Console
from selenium import webdriver

from nmt.training.optimization.trainer import Sample
from nmt.training.report import Outcome, Previous, TrainingReport, html_report, sets_to_translate, write_report
from nmt.training.report.comparison import Comparison, compare
from nmt.training.report.history import EvaluationPoint, History, UpdatePoint
from nmt.training.report.report import FinalScore
from nmt.training.report.scoring import TranslatedSet, translate_sets
from nmt.training.report.sentences import AttentionMap, report_sentences

MakeSet = Callable[..., TranslatedSet]
HOSTILE = '<script>alert("1")</script> & \'</td>\x00\x1b[31m\ufdd0\ud800'
SHOWN = '<script>alert("1")</script> & \'</td>\ufffd\ufffd[31m\ufffd\ufffd'

FIELDS = {
    "version", "updates", "seconds", "best_update", "package", "source", "target", "created", "training_pairs",
    "validation_pairs", "parameters", "max_updates", "scores", "history", "sentences", "attention", "comparison",
}  # fmt: skip
SENTENCES = {
    "name", "sentences", "chrf", "probability", "reference_characters", "translation_characters", "length_ratio",
    "not_ended", "best", "worst",
}  # fmt: skip


@pytest.fixture(scope="module")
def report(translated: MakeSet) -> TrainingReport:
    """Of 30 sentences, one of them hostile, with a package before."""
    rows = [(f"source {index}", f"a reference of number {index}", f"a text of number {index}") for index in range(29)]
    now = translated([*rows, (HOSTILE, HOSTILE, HOSTILE)])
    before = translated([*((source, reference, "no") for source, reference, _ in rows), (HOSTILE, HOSTILE, "no")])
    sample = Sample(HOSTILE, HOSTILE, HOSTILE)
    return TrainingReport(
        package="en-xx",
        source="en",
        target="xx",
        created="2026-01-01",
        training_pairs=1000,
        validation_pairs=30,
        parameters=12345,
        max_updates=400,
        scores=(FinalScore("validation", "BLEU", 12.34, 5), FinalScore("validation", "chrF", 45.67, 5)),
        history=History(
            tuple(UpdatePoint(at, 0, 5 - at / 100, 0.5, 0.1, 0.001, 99.0, at / 10) for at in (50, 100, 150)),
            tuple(EvaluationPoint(at, 6 - at / 50, True, at / 10, at / 5, (sample,)) for at in (50, 100, 150)),
        ),
        sentences=report_sentences(now),
        attention=(AttentionMap((HOSTILE, "<END>"), ("x", "<END>"), ((0.75, 0.25), (0.0, 1.0))),),
        comparison=compare(Previous("v", "2025-01-01", (before,)), [now], now),
    )


def test_sentences_are_sorted_by_chrf_and_none_is_both_best_and_worst(translated: MakeSet) -> None:
    found = report_sentences(
        translated([("a", "house", "house"), ("bb", "house", "house"), ("c", "house", "mouse"), ("d", "house", "xyz")])
    )
    assert [each.source for each in found.best] == ["bb", "a"]
    assert [each.source for each in found.worst] == ["d", "c"]
    assert found.best[0].chrf == pytest.approx(100)
    assert found.worst[0].chrf == pytest.approx(0)


def test_histograms_count_every_sentence_once(translated: MakeSet) -> None:
    found = report_sentences(translated([("a", "house", "house"), ("b", "house", "housexx"), ("c", "house", "zzz")]))
    assert found.chrf.counts[0] == 1
    assert found.chrf.counts[-1] == 1
    assert sum(found.chrf.counts) == 3
    assert found.probability.counts[10] == 3  # one half each, in the bin from 0.5 to 0.55
    assert found.reference_characters.edges == found.translation_characters.edges
    assert [found.reference_characters.counts[length] for length in (3, 5, 7)] == [0, 3, 0]
    assert [found.translation_characters.counts[length] for length in (3, 5, 7)] == [1, 1, 1]
    assert found.length_ratio == 1.0
    assert found.not_ended == 0


def test_the_report_for_programs_has_every_figure(report: TrainingReport) -> None:
    plain = json.loads(report.to_json())
    assert set(plain) == FIELDS
    assert (plain["version"], plain["updates"], plain["best_update"], plain["seconds"]) == (1, 150, 150, 15.0)
    assert set(plain["sentences"]) == SENTENCES
    assert len(plain["sentences"]["best"]) == len(plain["sentences"]["worst"]) == 10
    assert plain["sentences"]["best"][0]["source"] == HOSTILE
    assert plain["comparison"]["differing"] == 30
    assert plain["scores"][0] == {"test_set": "validation", "metric": "BLEU", "value": 12.34, "beam_size": 5}


def well_formed(page: str) -> html.HtmlElement:
    page.encode()
    etree.fromstring(re.sub(r"<!DOCTYPE html>|<meta [^>]*>", "", page).encode())
    return html.fromstring(page)


def test_what_stands_in_the_corpus_is_text_on_the_page(report: TrainingReport) -> None:
    page = html_report(report)
    document = well_formed(page)
    assert "<script" not in page
    cells = [cell.text_content() for cell in document.iter("td", "th", "h3")]
    assert cells.count(SHOWN) >= 5
    assert not re.search(r"(src|href)=|url\(|@import", page)


def test_the_page_has_a_chart_of_every_curve_and_histogram_with_words_for_who_cannot_see(
    report: TrainingReport,
) -> None:
    document = well_formed(html_report(report))
    labels = [str(each.get("aria-label")) for each in document.iter("{*}svg", "svg")]
    assert len(labels) == 8
    assert labels[0].endswith("over updates: training from 4.5 to 3.5; validation from 5 to 3")
    headings = [each.text_content() for each in document.iter("h2")]
    assert headings == [
        "Summary", "Final scores", "How training went", "The same sentences while training",
        "Compared with the package before", "Translations of the validation pairs", "Attention", "Best translations",
        "Worst translations",
    ]  # fmt: skip


def test_the_first_sentence_says_whether_it_is_better_than_the_package_before(report: TrainingReport) -> None:
    verdict = well_formed(html_report(report)).xpath("string(//p[@class='verdict'])")
    assert verdict.startswith(
        "en-xx: BLEU 12.3 on validation, chrF 45.7 on validation. Against the package before: BLEU +"
    )
    assert verdict.endswith("on validation (significant).")


def test_scores_of_texts_too_short_for_bleu_are_named_for_what_they_are(report: TrainingReport) -> None:
    history = replace(
        report.history, evaluations=tuple(replace(each, bleu_name="BLEU-eff") for each in report.history.evaluations)
    )
    scores = tuple(replace(each, metric=each.metric.replace("BLEU", "BLEU-eff")) for each in report.scores)
    page = html_report(replace(report, history=history, scores=scores))
    assert "BLEU from" not in page
    assert "BLEU-eff from" in page
    assert "BLEU cannot be measured" in page
    assert "BLEU cannot be measured" not in html_report(report)


@pytest.mark.parametrize(
    ("comparison", "said"),
    [(None, "There was none."), (Comparison("it was of <glass>"), "Not compared: it was of <glass>.")],
)
def test_without_a_package_to_compare_with_the_page_says_so(
    report: TrainingReport, comparison: Comparison | None, said: str
) -> None:
    document = well_formed(html_report(replace(report, comparison=comparison)))
    assert said in [each.text_content() for each in document.iter("p")]
    assert "Against" not in document.xpath("string(//p[@class='verdict'])")


def test_a_training_without_log_or_attention_has_a_page_too(report: TrainingReport) -> None:
    document = well_formed(html_report(replace(report, history=History(), attention=())))
    assert "The log has nothing to show." in [each.text_content() for each in document.iter("p")]
    assert "This model has none." in [each.text_content() for each in document.iter("p")]


def test_validation_pairs_are_looked_at_beside_the_tests() -> None:
    pairs = list(range(2000))
    assert sets_to_translate([], pairs) == [("validation", pairs)]  # type: ignore[arg-type]
    tests = [("a test", [1])]
    assert sets_to_translate(tests, pairs) == [("a test", [1]), ("validation", pairs[:1000])]  # type: ignore[arg-type]


def test_a_report_that_cannot_be_written_is_said_and_no_error(package: Path, tmp_path: Path) -> None:
    nothing: list[tuple[str, list[object]]] = [("validation", [])]
    sets = translate_sets(package, nothing)  # type: ignore[arg-type]
    console = Console(file=io.StringIO(), width=500)
    write_report(Outcome(package, tmp_path, 1, 1, 1, sets, None), tmp_path / "missing", console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert said.startswith("the package is whole, but its training's report could not be written: ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1000, 360])
def test_a_browser_finds_no_accessibility_rule_broken_and_nothing_wider_than_the_window(
    chrome: webdriver.Chrome,
    violations: Callable[[webdriver.Chrome], list[str]],
    report: TrainingReport,
    tmp_path: Path,
    scheme: str,
    width: int,
) -> None:
    page = tmp_path / "report.html"
    page.write_text(html_report(report), encoding="utf-8")
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    chrome.get(page.as_uri())
    assert violations(chrome) == []
    assert chrome.execute_script("return document.documentElement.scrollWidth") <= width
    assert chrome.execute_script("return document.scripts.length") == 0
    assert chrome.execute_script("return performance.getEntriesByType('resource').length") == 0
