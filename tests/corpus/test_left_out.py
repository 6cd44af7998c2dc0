"""What files mark as nothing to learn from is counted, with the reason, on the way to training and in the check."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from nmt.corpus import Cleaner, CleaningRules, CorpusSpec, Direction, SentencePair, read_pairs
from nmt.corpus.check import CorpusReport, check_corpus, html_report
from nmt.corpus.check.output.console import print_report
from nmt.corpus.check.sources import parts_of, split_of, split_parts
from nmt.corpus.test_sets import read_test_set
from nmt.errors import CorpusError

EN_DE = Direction("en", "de")

PO = (
    'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n'
    + "".join(f'msgid "word {n}"\nmsgstr "Wort {n}"\n\n' for n in range(50))
    + "".join(f'#, fuzzy\nmsgid "old word {n}"\nmsgstr "altes Wort {n}"\n\n' for n in range(25))
    + "".join(f'msgid "new word {n}"\nmsgstr ""\n\n' for n in range(25))
)
OBSOLETE = '#~ msgid "gone"\n#~ msgstr "fort"\n'


def unit(source: str, target: str, attributes: str = "") -> str:
    return f'<trans-unit id="{source}" {attributes}><source>{source}</source>{target}</trans-unit>'


XLIFF = (
    '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">'
    '<file source-language="en" target-language="de"><body>'
    + unit("one", "<target>eins</target>")
    + unit("two", '<target state="needs-translation">two</target>') * 20
    + unit("three", "") * 3
    + unit("four", '<target state="new"/>')
    + unit("Five", "<target>Five</target>", 'translate="no"')
    + '</body></file><file source-language="en" target-language="fr"><body>'
    + unit("six", "<target>six</target>")
    + "</body></file></xliff>"
)


def tuv(language: str, text: str) -> str:
    return f'<tuv xml:lang="{language}"><seg>{text}</seg></tuv>'


TMX = (
    '<tmx version="1.4"><header srclang="en"/><body>'
    + "".join(f'<tu tuid="u{n}">{tuv("en", f"word {n}")}{tuv("de", f"Wort {n}")}</tu>' for n in range(90))
    + "".join(f'<tu tuid="u{n}">{tuv("en", f"word {n}")}{tuv("fr", f"mot {n}")}</tu>' for n in range(90, 100))
    + "</body></tmx>"
)

FILES = [
    ("de.po", PO, 50, {"marked as not finished": 25, "not translated": 25}),
    ("old.po", PO + OBSOLETE, 50, {"marked as not finished": 25, "not translated": 25, "marked as obsolete": 1}),
    (
        "a.xlf",
        XLIFF,
        1,
        {
            "marked as not finished": 20,
            "not translated": 4,
            "marked as not to be translated": 1,
            "not in both languages": 1,
        },
    ),
    ("a.tmx", TMX, 90, {"not in both languages": 10}),
]


def written(folder: Path, name: str, content: str) -> CorpusSpec:
    path = folder / name
    path.write_text(content)
    return CorpusSpec((path,))


@pytest.mark.parametrize(("name", "content", "pairs", "left_out"), FILES)
def test_units_that_are_no_finished_pair_are_told_with_their_reason(
    tmp_path: Path, name: str, content: str, pairs: int, left_out: dict[str, int]
) -> None:
    told: Counter[str] = Counter()
    spec = written(tmp_path, name, content)
    assert len(list(read_pairs(spec, EN_DE, lambda _, reason: told.update([reason])))) == pairs
    assert told == left_out


def test_training_says_how_many_and_where_the_first_one_stands(tmp_path: Path) -> None:
    spec = written(tmp_path, "de.po", PO)
    cleaner = Cleaner(CleaningRules())
    assert len(list(cleaner.clean(read_pairs(spec, EN_DE, cleaner.report.pass_over)))) == 50
    assert cleaner.report.lines() == [
        "100 pairs read, 50 kept",
        f"left out 25: marked as not finished (first: {spec} line 155)",
        f"left out 25: not translated (first: {spec} line 255)",
    ]


def test_a_test_set_says_what_it_lacks(tmp_path: Path) -> None:
    spec = written(tmp_path, "de.po", PO)
    assert str(read_test_set(spec, EN_DE)) == (
        f"50 test pairs in {spec}; left out 25: marked as not finished; left out 25: not translated"
    )
    none = written(tmp_path, "none.po", 'msgid "new"\nmsgstr ""\n')
    with pytest.raises(CorpusError, match=r"none\.po: no test pairs; left out 1: not translated; name a file"):
        read_test_set(none, EN_DE)


def test_what_is_told_has_the_texts_that_there_are(tmp_path: Path) -> None:
    told: list[SentencePair] = []
    spec = written(tmp_path, "a.tmx", TMX)
    list(read_pairs(spec, Direction("de", "en"), lambda pair, _: told.append(pair)))
    assert (told[0], str(told[0].origin)) == (SentencePair("", "word 90"), f"{spec} unit u90")


def check(specs: list[CorpusSpec]) -> CorpusReport:
    return check_corpus(parts_of("train", specs, EN_DE, iter), ("en", "de"), CleaningRules())


def test_the_check_counts_them_by_file_in_all_its_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specs = [written(tmp_path, name, content) for name, content, _, _ in FILES if name in ("de.po", "a.tmx")]
    report = check(specs)
    files = json.loads(report.to_json())["files"]
    assert [(file["pairs"], file["kept"]) for file in files] == [(100, 50), (100, 40)]  # 50 are in both files
    assert files[0]["left_out"] == {"marked as not finished": 25, "not translated": 25}
    assert files[1]["left_out"] == {"not in both languages": 10, "repeats an earlier pair": 50}
    assert (report.summaries["train"].pairs, report.summaries["train"].kept) == (200, 90)
    print_report(report, Console(width=300))
    assert "train: 200 pairs read, 90 kept; left out 25: marked as not finished; left" in capsys.readouterr().out
    page = html_report(report)
    assert "<td>25: marked as not finished; 25: not translated</td>" in page
    assert "<td>10: not in both languages; 50: repeats an earlier pair</td>" in page


def test_of_a_split_they_are_counted_once_beside_the_training_pairs(tmp_path: Path) -> None:
    specs = [written(tmp_path, "de.po", PO)]
    held_out = split_of(specs, EN_DE, CleaningRules(), 5, 1, iter)
    parts, _ = split_parts(specs, (), EN_DE, held_out, iter)
    summaries = check_corpus(parts, ("en", "de"), CleaningRules()).summaries
    assert (summaries["valid"].pairs, summaries["valid"].left_out) == (5, {})
    assert (summaries["train"].pairs, summaries["train"].kept) == (95, 45)


def test_the_check_counts_training_pairs_by_domain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"word {n}\tWort {n}\n" for n in range(9)]
    names = [written(tmp_path, f"{n}.tsv", "".join(lines[3 * n : 3 * n + 3]) + "\tleer\n") for n in range(3)]
    labelled = [CorpusSpec(names[0].paths), *(CorpusSpec(spec.paths, domain="ui") for spec in names[1:])]
    report = check(labelled)
    assert json.loads(report.to_json())["domains"] == {"no domain": 3, "ui": 6}
    print_report(report, Console(width=300))
    assert "no domain: 3 training pairs\nui: 6 training pairs\n" in capsys.readouterr().out
    assert "<td>ui</td><td>6</td>" in html_report(report).replace('<td class="number">', "<td>")
    unlabelled = check([CorpusSpec(spec.paths) for spec in names])
    assert unlabelled.domains == {}
    assert "domain" not in html_report(unlabelled)
