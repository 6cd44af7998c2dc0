"""`nmt translate-file` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.runtime import Translator
from nmt.text import translate_texts


def translate_file(package: Path, *arguments: object) -> Result:
    common = ["--models", package.parent, "--source", "en", "--target", "xx", "--threads", 1]
    return CliRunner().invoke(main, ["translate-file", *map(str, [*common, *arguments])])


def test_documents_in_folders_are_translated_and_keep_their_folders(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "a.json").write_text('{"a": "red cat", "b": "<b>old dog</b>"}')
    (folder / "sub" / "b.txt").write_text("red cat\n")
    for other in ("picture.png", "old.xx.txt", ".git/c.txt"):
        (folder / other).write_text("red cat")
    done = translate_file(package, folder, "--output", tmp_path / "out")
    assert (done.exit_code, done.stderr) == (0, "")
    written = [tmp_path / "out" / "a.xx.json", tmp_path / "out" / "sub" / "b.xx.txt"]
    assert done.stdout.split() == [str(path) for path in written]
    assert sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file()) == written
    with Translator.load(package, threads=1) as translator:
        cat, dog = (each.text() for each in translate_texts(translator, ["red cat", "old dog"], translator.options()))
    assert written[1].read_text() == f"{cat}\n"
    assert json.loads(written[0].read_text()) == {"a": cat, "b": f"<b>{dog}</b>"}


def test_a_file_that_fails_is_named_and_the_others_are_translated(package: Path, tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text("no subtitles")
    (tmp_path / "b.txt").write_text("red cat")
    (tmp_path / "c.txt").write_text("red cat")
    (tmp_path / "c.xx.txt").write_text("corrected by hand")
    done = translate_file(package, tmp_path / "a.vtt", tmp_path / "b.txt", tmp_path / "c.txt")
    assert done.exit_code == 1
    assert "a.vtt does not begin with WEBVTT" in done.stderr
    assert "c.xx.txt exists: move it away" in done.stderr
    assert done.stderr.endswith("Error: 2 of 3 files not translated\n")
    assert (tmp_path / "b.xx.txt").exists()
    assert (tmp_path / "c.xx.txt").read_text() == "corrected by hand"


def test_the_language_is_detected_among_those_that_are_served(package: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("red cat")
    arguments = ["translate-file", str(tmp_path / "a.txt"), "--models", str(package.parent), "--target", "xx"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    unknown = CliRunner().invoke(main, [*arguments[:-1], "yy"])
    assert "supported pairs: en to xx" in unknown.stderr


def test_a_folder_without_documents_is_an_error(package: Path, tmp_path: Path) -> None:
    done = translate_file(package, tmp_path)
    assert done.exit_code == 1
    assert "no document in" in done.stderr


def test_a_page_declares_its_language_and_attributes_are_translated_on_request(package: Path, tmp_path: Path) -> None:
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta name="description" content="red cat"></head><body></body></html>'
    )
    (tmp_path / "a.html").write_text(page)
    assert translate_file(package, tmp_path / "a.html").exit_code == 0
    assert (tmp_path / "a.xx.html").read_text() == page.replace('lang="en"', 'lang="xx"')
    assert (
        translate_file(package, tmp_path / "a.html", "--output", tmp_path / "b", "--translate-attributes").exit_code
        == 0
    )
    with Translator.load(package, threads=1) as translator:
        cat = translate_texts(translator, ["red cat"], translator.options())[0].text()
    assert f'content="{cat}"' in (tmp_path / "b" / "a.xx.html").read_text()
