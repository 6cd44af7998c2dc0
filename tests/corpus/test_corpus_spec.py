"""How a source is said on a command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from nmt.corpus import Columns, CorpusSpec
from nmt.errors import ConfigError


def test_everything_that_can_be_said_of_a_source() -> None:
    spec = CorpusSpec.parse("some, file.csv.gz,source=English text,target=deutsch,weight=2.5,domain=ui,format=csv")
    columns = Columns("English text", "deutsch")
    assert spec == CorpusSpec((Path("some, file.csv.gz"),), "csv", columns, weight=2.5, domain="ui")


def test_what_follows_the_second_of_two_aligned_files_is_said_of_both() -> None:
    spec = CorpusSpec.parse("a.en", "a.de,weight=0.5")
    assert (spec.kind, spec.paths, spec.weight) == ("aligned", (Path("a.en"), Path("a.de")), 0.5)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pairs", "tsv"),
        ("pairs.txt", "tsv"),
        ("corpus.TMX.gz", "tmx"),
        ("corpus.xlf.zst", "xliff"),
        ("de.po", "po"),
        ("v1.2.jsonl.xz", "jsonl"),
        ("a.csv.backup", "tsv"),
        ("memory.xml,format=tmx", "tmx"),
    ],
)
def test_the_format_is_told_by_the_ending_under_that_of_the_compression(name: str, kind: str) -> None:
    assert CorpusSpec.parse(name).kind == kind


def test_an_ending_does_not_matter_where_the_format_is_said() -> None:
    assert CorpusSpec.parse("pairs.json,format=tsv").kind == "tsv"
    assert CorpusSpec.parse("a.xml", "b.xml").kind == "aligned"


def test_a_spec_is_plain_values_that_a_settings_file_can_hold() -> None:
    values = {"paths": ["ui.csv"], "columns": {"source": "en", "target": "de"}, "weight": 2, "domain": "ui"}
    spec = TypeAdapter(CorpusSpec).validate_python(values)
    assert spec == CorpusSpec.parse("ui.csv,source=en,target=de,weight=2,domain=ui")
    assert TypeAdapter(CorpusSpec).validate_json(TypeAdapter(CorpusSpec).dump_json(spec)) == spec


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a.tsv,wieght=2"], "option 'wieght=2' is unknown; options are format, source, target, weight, domain"),
        (["a.tsv,weight=2,weight=3"], "option 'weight=3' is given twice"),
        (["a.tsv,weight=much"], "weight is 'much', expected a number"),
        (["a.tsv,weight=0"], "weight is 0, allowed: more than 0"),
        (["a.tsv,weight=inf"], "weight is inf"),
        (["a.tsv,format=word"], "format is 'word', allowed: tsv, aligned"),
        (["a.tmx,source=a,target=b"], "format tmx has no columns"),
        (["a.csv,source=a"], "give both or neither"),
        (["a.xml.gz"], "the ending .xml does not tell the format: say it, as in a.xml.gz,format=tmx or a.xml.gz,form"),
        (["a.json,weight=2"], "the ending .json does not tell the format: say it, as in a.json,format=jsonl"),
        (["-"], "standard input has no name to tell its format by"),
        (["a.en,format=aligned"], "format aligned: expected 2 files, found a.en"),
        (["a.en", "a.de,format=csv"], "format csv: expected 1 file, found a.en, a.de"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(texts: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace(".", r"\.")):
        CorpusSpec.parse(*texts)
