"""What training says of the corpus that it has read: every pair is kept, held out or left out, and counted as such."""

from __future__ import annotations

from pathlib import Path

from numbered_pairs import CONFIG, sources, write

from nmt.corpus import CorpusSpec
from nmt.training.data.prepare import prepare


def test_what_holding_out_leaves_out_is_said_and_the_counts_add_up(tmp_path: Path, spec: CorpusSpec) -> None:
    rows = "".join(f"some other number {number}\tdie Zahl {number} ist hier\n" for number in range(200))
    twins = tmp_path / "twins.tsv"  # each has the target of a pair of the first source
    twins.write_text(rows)
    corpus = prepare(CONFIG, sources(spec, CorpusSpec((twins,))), tmp_path / "run")
    assert corpus.report() == [
        "400 pairs read, 400 kept",
        "held out 10 for validation",
        f"left out {400 - 10 - len(corpus.train)}: source or target is that of a pair held out",
    ]
    assert len(corpus.train) < 390
    again = prepare(CONFIG, sources(spec, CorpusSpec((twins,))), tmp_path / "run")
    assert again.report() == corpus.report()


def test_validation_pairs_that_were_given_are_counted(tmp_path: Path, spec: CorpusSpec) -> None:
    given = write(tmp_path / "v.tsv", 900, 12)
    assert prepare(CONFIG, sources(spec, valid=(given,)), tmp_path / "run").report() == [
        "200 pairs read, 200 kept", "12 validation pairs"
    ]  # fmt: skip


def test_units_that_are_not_finished_are_counted_as_read(tmp_path: Path, spec: CorpusSpec) -> None:
    catalogue = tmp_path / "de.po"
    catalogue.write_text('msgid "one"\nmsgstr "eins"\n\n#, fuzzy\nmsgid "two"\nmsgstr "drei"\n')
    corpus = prepare(CONFIG, sources(spec, CorpusSpec((catalogue,))), tmp_path / "run")
    assert corpus.report()[:2] == [
        "202 pairs read, 201 kept", f"left out 1: marked as not finished (first: {catalogue} line 4)"
    ]  # fmt: skip
    assert [count.read for count in corpus.stored.counts] == [200, 2]
