"""Faults that were planted are found: how many, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nmt.corpus import Cleaner, CleaningRules, SentencePair
from nmt.corpus.check import CorpusReport, Finding
from nmt.corpus.check.measures.pairwise import lost_numbers

Check = Callable[..., CorpusReport]
Found = Callable[..., Finding]

CORPUS_OF = 3000
PLANTED = {
    "repeated_pair": lambda pair: SentencePair("Here it is.", "Hier ist es."),  # twice of three times
    "empty_side": lambda pair: replace(pair, target=" \t"),
    "identical_sides": lambda pair: replace(pair, target=pair.source),
    "too_long": lambda pair: SentencePair(pair.source * 30, pair.target * 30),
    "length_ratio": lambda pair: replace(pair, source=pair.source[:9]),
    "unusual_ratio": lambda pair: replace(pair, target=f"{pair.target} {pair.target} {pair.target}"),
    "wrong_language_source": lambda pair: replace(
        pair, source="Le fermier vend la vieille maison et achète un bateau bleu pour ses enfants."
    ),
    "wrong_language_target": lambda pair: replace(
        pair, target="Rolnik sprzedaje stary dom i kupuje niebieską łódź dla swoich dzieci."
    ),
    "swapped_languages": lambda pair: SentencePair(pair.target, pair.source),
    "wrong_script_source": lambda pair: replace(pair, source="Фермер продаёт старый дом и покупает синюю лодку."),
    "wrong_script_target": lambda pair: replace(pair, target="農夫は古い家を売って青い船を子供たちのために買います。"),
    "mojibake": lambda pair: replace(pair, target="Der Bäcker verkauft süßes Brot.".encode().decode("latin-1")),
    "replacement_characters": lambda pair: replace(pair, target=pair.target.replace("das", "d\ufffds")),
    "invisible_characters": lambda pair: replace(pair, source=pair.source.replace("the", "t\u00adhe")),
    "control_characters": lambda pair: replace(pair, source=pair.source.replace("the", "t\x08he")),
    "entities": lambda pair: replace(pair, source=pair.source.replace(" and ", " &amp; ")),
    "tags": lambda pair: replace(pair, source=f"<b>{pair.source}</b>", target=f"<b>{pair.target}</b>"),
    "different_numbers": lambda pair: SentencePair(f"{pair.source} 1234", f"{pair.target} 1243"),
}
LINES = (100, 1500, 2999)


@pytest.mark.parametrize("kind", list(PLANTED))
def test_what_is_planted_is_counted_and_shown_with_its_line(
    kind: str, check: Check, found: Found, clean_pairs: list[SentencePair]
) -> None:
    pairs = list(clean_pairs)
    for line in LINES:
        pairs[line - 1] = PLANTED[kind](pairs[line - 1])
    finding = found(check(pairs), kind)
    lines = LINES[1:] if kind == "repeated_pair" else LINES
    assert finding.count == len(lines)
    assert finding.of == CORPUS_OF
    assert sorted(example.place for example in finding.examples) == list(lines)
    assert finding.examples[0].file == "train"


def test_a_corpus_without_faults_has_no_findings(check: Check, clean_pairs: list[SentencePair]) -> None:
    report = check(clean_pairs[:2000], clean_pairs[2000:2500], clean_pairs[2500:])
    expected = {"several_targets", "several_sources", "leaked_near", "rare_characters", "unknown_characters"}
    assert {finding.kind for finding in report.found()} <= expected


def test_what_is_left_out_is_what_cleaning_leaves_out(check: Check, clean_pairs: list[SentencePair]) -> None:
    pairs = [*clean_pairs, *clean_pairs[:50]]
    for place, kind in enumerate(PLANTED):
        pairs[place * 7] = PLANTED[kind](pairs[place * 7])
        pairs[place * 7 + 1] = PLANTED[kind](pairs[place * 7 + 1])
    cleaner = Cleaner(CleaningRules())
    list(cleaner.clean(pairs))
    cleaning = cleaner.report
    summary = check(pairs).summaries["train"]
    assert (summary.pairs, summary.kept) == (cleaning.read, cleaning.kept)
    assert summary.left_out == cleaning.dropped


def test_a_finding_says_what_is_done_about_it(check: Check, found: Found) -> None:
    long = "never " * 300
    pairs = [SentencePair(long, long), SentencePair("same words", "same words"), SentencePair("one", "eins")]
    report = check(pairs, valid=[SentencePair("two", "")], test=[SentencePair("three", "")])
    assert found(report, "identical_sides").action == "1 left out, 1 kept and trained on"
    assert found(report, "too_long").action == "left out"
    assert found(report, "empty_side", "valid").action == "left out"
    assert found(report, "empty_side", "test").action == "kept: test pairs are used as they are"
    assert found(report, "mojibake").action == "nothing to do"


def test_sources_with_several_targets_are_counted_once_each_time_more(check: Check, found: Found) -> None:
    texts = [("Hi", "Hallo"), ("Hi", "Tag"), ("Hi", "Tag"), ("Hi", "Servus"), ("Hello", "Hallo"), ("Bye", "Tschüs")]
    report = check([SentencePair(*pair) for pair in texts])
    targets, sources = found(report, "several_targets"), found(report, "several_sources")
    assert [example.place for example in targets.examples] == [2, 4]
    assert targets.details == {"distinct": 3, "with_several": 1}
    assert [example.place for example in sources.examples] == [5]
    assert sources.details == {"distinct": 4, "with_several": 1}


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        ("1,000 cars", "1.000 Autos", []),
        ("12 500 cars", "12500 Autos", []),
        ("1.5 miles", "1,5 Meilen", []),
        ("12/31/1999", "31.12.1999", []),
        ("٣ cats", "3 Katzen", []),
        ("two cats", "2 Katzen", []),
        ("3 cats", "drei Katzen", []),
        ("page 3", "Seite 4", ["3", "4"]),
        ("in 1984", "damals", ["1984"]),
        ("40 winks", "ein Nickerchen", ["40"]),
        ("9" * 5000, "8", ["8", "9" * 5000]),
    ],
)
def test_numbers_are_lost_when_no_way_of_writing_explains_it(source: str, target: str, lost: list[str]) -> None:
    assert lost_numbers(source, target) == lost


def test_a_side_in_another_script_than_its_language_is_found_even_when_all_of_it_is(check: Check, found: Found) -> None:
    finding = found(
        check([SentencePair("Это дом", "Das ist ein Haus")] * 3 + [SentencePair("tea", "Tee")]), "wrong_script_source"
    )
    assert (finding.count, finding.severity, finding.details["expected"]) == (3, "serious", "latin")


def test_nothing_left_is_fatal(check: Check) -> None:
    report = check([SentencePair("", "leer")])
    assert [finding.kind for finding in report.impossible] == ["nothing_left"]
