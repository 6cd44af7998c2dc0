"""Units of files of other tools, into the memory and out again, with the command as it is typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.cli.main import main
from nmt.corpus import CorpusSpec, Direction
from nmt.memory import Memory
from nmt.memory.exporting import export_units
from nmt.memory.importing import check_files, import_file

PAIR = "en", "de"
OPTIONS = "--source", "en", "--target", "de"
TMX = """<?xml version="1.0"?><tmx version="1.4"><header/><body>
<tu><tuv xml:lang="en-GB"><seg>a red cat</seg></tuv><tuv xml:lang="de"><seg>eine rote Katze</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>an old dog</seg></tuv><tuv xml:lang="fr"><seg>un vieux chien</seg></tuv></tu>
</body></tmx>"""
PO = 'msgid "a red cat"\nmsgstr "eine rote Katze"\n\nmsgid "a tree"\nmsgstr "ein Baum"\n\nmsgid "none"\nmsgstr ""\n'


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NMT_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    Path("a.tmx").write_text(TMX)
    Path("b.po").write_text(PO)
    return tmp_path / "state"


def nmt(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["memory", *arguments])


def test_files_are_imported_once_and_counted(state: Path) -> None:
    first = nmt("import", "a.tmx", "b.po", *OPTIONS)
    assert first.exit_code == 0, first.output
    assert "a.tmx: 1 units added, 0 already there; left out 1: not in both languages" in first.output
    assert "b.po: 1 units added, 1 already there; left out 1: not translated" in first.output
    again = nmt("import", "a.tmx", "b.po", *OPTIONS)
    assert "a.tmx: 0 units added, 1 already there" in again.output
    stats = nmt("stats").output.splitlines()
    assert [line.split(", the newest")[0] for line in stats] == ["en-de: 1 from a.tmx", "en-de: 1 from b.po", "2 units"]
    with Memory(state / "memory.sqlite3") as memory:
        assert [match.percent for match in memory.similar(PAIR, "a red Cat", 1)] == [99]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.tmx", TMX[:-20], "not well-formed XML"),
        (
            "c.tmx",
            '<!DOCTYPE t [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]><tmx><tu>&a;</tu></tmx>',
            "entity reference loop",
        ),
        ("c.tmx", TMX.replace("en", "it").replace("de", "pt"), "give --source and --target as the file has them"),
        ("c.tsv", "one\ttwo\nthree\n", "line 2: expected 2 tab-separated columns"),
        ("c.po", 'msgid "a\n', "no catalogue"),
        ("c.xliff", "", "not well-formed XML"),
    ],
)
def test_if_one_file_cannot_be_read_nothing_is_imported(name: str, content: str, message: str) -> None:
    Path(name).write_text(content)
    done = nmt("import", "a.tmx", name, *OPTIONS)
    assert done.exit_code == 1
    assert message in done.output
    assert nmt("stats").output == "0 units\n"


def test_standard_input_is_refused_with_the_remedy() -> None:
    done = nmt("import", *OPTIONS, "--", "-,format=tsv")
    assert done.exit_code == 1
    assert "put the units into a file" in done.output


def test_an_import_that_was_interrupted_goes_on(state: Path) -> None:
    """Units that were stored, but not yet indexed."""
    nmt("stats")
    with Memory(state / "memory.sqlite3") as memory:
        memory.add(PAIR, [("a red cat", "eine rote Katze")], "a.tmx")
        assert memory.similar(PAIR, "a red Cat", 1) == []
    assert "0 units added, 1 already there" in nmt("import", "a.tmx", *OPTIONS).output
    with Memory(state / "memory.sqlite3") as memory:
        assert [match.target for match in memory.similar(PAIR, "a red Cat", 1)] == ["eine rote Katze"]


def test_an_export_replaces_no_file_unless_told_to_and_leaves_none_in_part() -> None:
    nmt("import", "b.po", *OPTIONS)
    Path("out.tmx").write_text("mine")
    refused = nmt("export", *OPTIONS, "--output", "out.tmx")
    assert (refused.exit_code, Path("out.tmx").read_text()) == (1, "mine")
    assert "--overwrite" in refused.output
    done = nmt("export", *OPTIONS, "--output", "out.tmx", "--overwrite")
    assert done.output == "2 units written to out.tmx\n"
    assert "no units from en to fr" in nmt("export", *OPTIONS[:3], "fr", "--output", "fr.tmx").output
    assert ".tmx or .tsv" in nmt("export", *OPTIONS, "--output", "out.doc").output
    assert sorted(path.name for path in Path().glob("*.*")) == ["a.tmx", "b.po", "out.tmx"]


def test_what_a_format_cannot_hold_is_counted() -> None:
    with Memory(Path("memory.sqlite3")) as memory:
        memory.suggest(PAIR, "bell\x07 and\ttab", "Glocke")
        assert export_units(Path("out.tmx"), PAIR, memory.units(PAIR)) == (1, 1)
        assert export_units(Path("out.tsv"), PAIR, memory.units(PAIR)) == (1, 1)
    assert Path("out.tsv").read_text() == "bell\x07 and tab\tGlocke\n"
    assert ">bell and\ttab<" in Path("out.tmx").read_text()


LINES = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"], exclude_characters="\ufeff"), max_size=30
)


@settings(deadline=None, max_examples=25)
@given(pairs=st.lists(st.tuples(LINES, LINES), max_size=8), ending=st.sampled_from([".tmx", ".tsv"]))
def test_what_is_exported_is_what_was_imported(pairs: list[tuple[str, str]], ending: str) -> None:
    units = [(source.strip(), target.strip()) for source, target in pairs]
    units = list(dict.fromkeys(unit for unit in units if all(unit)))
    with TemporaryDirectory() as directory:
        first, second = Path(directory, f"first{ending}"), Path(directory, f"second{ending}")
        with Memory(Path(directory, "memory.sqlite3")) as memory, Memory(Path(directory, "copy.sqlite3")) as copy:
            memory.add(PAIR, pairs, "here")
            assert [(unit.source, unit.target) for unit in memory.units(PAIR)] == units
            assert export_units(first, PAIR, memory.units(PAIR)) == (len(units), 0)
            if units:
                spec, direction = CorpusSpec.parse(str(first)), Direction(*PAIR)
                assert check_files([spec], direction) == len(units)
                assert import_file(copy, spec, direction).added == len(units)
            assert [(unit.source, unit.target) for unit in copy.units(PAIR)] == units
            export_units(second, PAIR, copy.units(PAIR))
        if ending == ".tsv":
            assert first.read_bytes() == second.read_bytes()


_KILLED = """
import os, sys
from pathlib import Path
from nmt.corpus import CorpusSpec, Direction
from nmt.memory import Memory
from nmt.memory.importing import import_file
with Memory(Path("memory.sqlite3")) as memory:
    import_file(memory, CorpusSpec.parse("many.tsv"), Direction("en", "de"), lambda count: os._exit(9))
"""


def test_a_kill_loses_nothing_and_the_same_command_finishes() -> None:
    Path("many.tsv").write_text("".join(f"the cat number {n} sleeps\tKatze {n}\n" for n in range(20_500)))
    assert subprocess.run([sys.executable, "-c", _KILLED], check=False).returncode == 9
    with Memory(Path("memory.sqlite3")) as memory:
        assert [each.units for each in memory.counts()] == [20_000]
        done = import_file(memory, CorpusSpec.parse("many.tsv"), Direction(*PAIR))
        assert (done.read, done.added) == (20_500, 500)
        assert memory.find(PAIR, "the cat number 20400 sleeps") == "Katze 20400"
        assert memory.similar(PAIR, "The cat number 7 sleeps", 1)[0].percent == 99


def test_a_damaged_memory_is_named(state: Path) -> None:
    nmt("import", "a.tmx", *OPTIONS)
    with (state / "memory.sqlite3").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 20_000)
    done = nmt("stats")
    assert done.exit_code == 1
    assert "memory" in done.output
    assert "malformed" in done.output
