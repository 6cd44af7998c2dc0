"""CSV and JSONL with named columns."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError

Read = Callable[..., list[tuple[str, str]]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_of_any_usual_delimiter_has_its_columns_by_name(read: Read, delimiter: str) -> None:
    rows = [["id", "Deutsch", "Englisch"], ["1", "ja, gut", "yes, good"], ["2", 'er sagt "ja"', "a;b|c"]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    found = read("a.csv", text.getvalue(), ",source=Englisch,target=Deutsch")
    assert found == [("yes, good", "ja, gut"), ("a;b|c", 'er sagt "ja"')]


def test_columns_called_like_the_languages_or_source_and_target_need_no_naming(read: Read) -> None:
    assert read("a.csv", "de,en\neins,one\n") == [("one", "eins")]
    assert read("b.csv", "\ufeffsource,target\none,eins\n\n") == [("one", "eins")]


def test_cells_may_run_over_lines_and_become_one_line(read: Read) -> None:
    assert read("a.csv", 'en,de\r\n"one\r\n  two ","eins\tzwei"\r\n') == [("one two", "eins zwei")]


def test_excel_may_say_its_delimiter_first(read: Read) -> None:
    assert read("a.csv", "sep=;\r\nen;de\r\na,b,c;x\r\n") == [("a,b,c", "x")]


def test_a_csv_without_a_header_has_its_columns_by_number(read: Read) -> None:
    assert read("a.csv", "1,one,eins\n2,two,zwei\n", ",source=2,target=3") == [("one", "eins"), ("two", "zwei")]


def test_a_csv_that_has_no_header_after_all_is_told_to_count_its_columns(read: Read) -> None:
    text = "Hello,Hallo\nBye,Tschau\n"
    with pytest.raises(CorpusError, match=r"has no header, count its columns from 1: \S*a\.csv,source=1,target=2"):
        read("a.csv", text)
    assert read("a.csv", text, ",source=1,target=2") == [("Hello", "Hallo"), ("Bye", "Tschau")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,text\n1,a\n", "line 1: no column 'source'; its columns are 'id', 'text'"),
        ("en,de,en\na,b,c\n", "line 1: more than one column 'en'"),
        ("en,de\na,b\nc\n", "line 3: found 1 cells, expected 2 with the delimiter ','"),
        ('en,de\n"a\nb",c\nd,e,f\n', "line 4: found 3 cells, expected 2"),
        ('en,de\na,"b\n', "line 2: not CSV (unexpected end of data)"),
        ("en,de\na,b\rc,d\n", "line 2: not CSV (new-line character seen in unquoted field"),
    ],
)
def test_a_table_that_is_not_as_it_should_be_is_named_by_line(read: Read, text: str, message: str) -> None:
    with pytest.raises(CorpusError, match=rf"a\.csv {re.escape(message)}"):
        read("a.csv", text)


def test_a_json_object_a_line(read: Read) -> None:
    text = '{"en": "one", "de": "eins"}\r\n\n{"de": "z\\u00fc", "id": 4, "en": "to\\ngo"}\n{"en": null, "de": "x"}'
    assert read("a.jsonl", text) == [("one", "eins"), ("to go", "zü"), ("", "x")]


def test_a_column_may_lead_through_objects(read: Read) -> None:
    text = '{"id": "7", "translation": {"en": "one", "de": "eins"}}'
    assert read("a.jsonl", text, ",source=translation.en,target=translation.de") == [("one", "eins")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"en": "a", "de"', "line 2: not JSON"),
        ("[" * 100_000, "line 2: not JSON"),
        ('["a", "b"]', "line 2: expected a JSON object, found list"),
        ('{"en": "a"}', "line 2: no 'source'; the object has 'en'"),
        ('{"en": "a", "de": 3}', "line 2: 'de' is 3, expected a text"),
        ('{"en": "a\\ud800", "de": "b"}', "line 2: 'en' has half of a surrogate pair, U+D800"),
    ],
)
def test_a_line_that_is_no_pair_is_named(read: Read, line: str, message: str) -> None:
    with pytest.raises(CorpusError, match=rf"a\.jsonl {re.escape(message)}"):
        read("a.jsonl", f'{{"en": "one", "de": "eins"}}\n{line}\n')


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(pairs=st.lists(st.tuples(texts, texts)))
def test_what_python_writes_is_read(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]) -> None:
    directory = tmp_path_factory.mktemp("tables")
    table, records = directory / "a.csv", directory / "a.jsonl"
    with table.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("en", "de"), *pairs])
    records.write_text("".join(json.dumps({"en": en, "de": de}) + "\n" for en, de in pairs), encoding="utf-8")
    expected = [(one_line(source), one_line(target)) for source, target in pairs]
    for path in (table, records):
        found = read_pairs(CorpusSpec((Path(path),)), Direction("en", "de"))
        assert [(pair.source, pair.target) for pair in found] == expected


def test_a_csv_whose_lines_end_in_carriage_returns_alone_is_read(read: Read) -> None:
    assert read("a.csv", 'en,de\rone,eins\r"two\r\rlines","zwei"\r') == [("one", "eins"), ("two lines", "zwei")]
    assert read("a.csv", "sep=;\ren;de\rone;eins") == [("one", "eins")]
    assert read("a.csv", 'en,de\n"one\rline",eins\n') == [("one line", "eins")]
