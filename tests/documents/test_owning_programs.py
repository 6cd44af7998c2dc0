"""Translations opened by the programs that own their formats; each test is skipped where its program is absent."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.documents import Document, open_document

Shout = Callable[[Document], bytes]
_SECONDS = 120


def program(name: str, *places: str) -> str:
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *places)))
    if not found:
        pytest.skip(f"needs {name}")
    return found


def run(*command: str | Path) -> str:
    """What a program writes. It must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


ANDROID = """<?xml version="1.0" encoding="utf-8"?>
<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2">
    <string name="plain">the dog\\'s \\"house\\" \\@ home</string>
    <string name="rich">a <b>red</b> &amp; <xliff:g id="n">%1$s</xliff:g> cat</string>
    <string name="named" formatted="false">%d% of\\n%d</string>
    <string-array name="list"><item>one</item><item>two</item></string-array>
    <plurals name="cats"><item quantity="one">%d cat</item><item quantity="other">%d cats</item></plurals>
</resources>
"""


@pytest.mark.parametrize("spoken", ['the \u00e9t\u00e9\'s "{}"', "@{}", "?{}"])
def test_aapt_compiles_strings_of_android(spoken: str, tmp_path: Path) -> None:
    aapt = program("aapt")
    document = open_document("strings.xml", ANDROID.encode(), target="fr")
    values = tmp_path / "res" / "values"
    values.mkdir(parents=True)
    texts = [f"{each.text} l'eau" if each.form == "html" else spoken.format(each.text) for each in document.texts]
    (values / "strings.xml").write_bytes(document.with_texts(texts))
    manifest = tmp_path / "AndroidManifest.xml"
    manifest.write_text('<manifest package="a.b"/>')
    run(aapt, "package", "-f", "-M", manifest, "-S", tmp_path / "res", "-F", tmp_path / "out.apk")
    compiled = run(aapt, "dump", "--values", "resources", tmp_path / "out.apk")
    assert f'"{spoken.format("one")}"' in compiled.replace('\\"', '"')
    assert re.search(r'Key=0x01000009\): \(string\d+\) "%d cats l.eau"', compiled)  # the key of `many`


QT = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>Window</name>
    <message><source>&amp;Open &lt;b&gt;%1&lt;/b&gt;</source><translation type="unfinished"></translation></message>
    <message numerus="yes"><source>%n cat(s)</source>
        <translation type="unfinished"><numerusform></numerusform><numerusform></numerusform></translation></message>
</context>
</TS>
"""


def test_lrelease_compiles_messages_of_qt(shout: Shout, tmp_path: Path) -> None:
    lrelease = program("lrelease", "/usr/lib/qt6/bin", "/usr/lib/qt5/bin")
    (tmp_path / "a.ts").write_bytes(shout(open_document("a.ts", QT.encode(), target="de")))
    said = run(lrelease, tmp_path / "a.ts", "-qm", tmp_path / "a.qm")
    assert "Generated 2 translation(s)" in said
    assert "Dropped" not in said
    compiled = (tmp_path / "a.qm").read_bytes()
    assert "%n CAT(S)".encode("utf-16-be") in compiled


SUBTITLES = {
    "a.srt": "1\n00:00:01,000 --> 00:00:02,500\n<i>a cat</i>\n- and a dog\n\n"
    "2\n00:00:03,000 --> 00:00:04,000\nit runs\n",
    "a.vtt": "WEBVTT\n\n00:01.000 --> 00:02.500 line:90%\n<v Ann>a <i>cat</i></v>\nand a dog\n\n"
    "00:03.000 --> 00:04.000\nit runs\n",
    "a.ass": "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\n"
    "Format: Name, Fontname, Fontsize\nStyle: Default,Arial,20\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}a cat{\\i0}\\Nand a dog\n"
    "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,it runs\n",
}


@pytest.mark.parametrize("name", list(SUBTITLES))
def test_ffmpeg_reads_subtitles(name: str, shout: Shout, tmp_path: Path) -> None:
    ffmpeg = program("ffmpeg")
    (tmp_path / name).write_bytes(shout(open_document(name, SUBTITLES[name].encode())))
    read = run(ffmpeg, "-v", "warning", "-xerror", "-i", tmp_path / name, "-f", "srt", "-")
    assert "00:00:01,000 --> 00:00:02,500" in read
    assert re.search(r"AND\sA\sDOG", read)
    assert re.search(r"00:00:03,000 --> 00:00:04,000\n.*IT RUNS", read)


CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:x:1</dc:identifier>
<dc:title>A book</dc:title><dc:language>en</dc:language><meta property="dcterms:modified">2026-01-01T00:00:00Z</meta>
</metadata><manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/></spine></package>"""
HTML = (
    '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" {}><head><title>a</title></head>'
)
NAVIGATION = HTML.format('xmlns:epub="http://www.idpf.org/2007/ops"') + (
    '<body><nav epub:type="toc"><ol><li><a href="a.xhtml#one">the cat</a></li></ol></nav></body></html>'
)
CHAPTER = HTML.format('lang="en" xml:lang="en"') + (
    '<body><h1 id="one">the cat</h1><p>see <a href="#one">the <b>red</b> cat</a>,<br/>or &lt;<code>x</code>&gt;.</p>'
    "<table><tr><td>one</td><td>two</td></tr></table><ul><li>a<ul><li>b</li></ul></li></ul></body></html>"
)


def test_epubcheck_finds_nothing_wrong_with_a_book(shout: Shout, tmp_path: Path) -> None:
    epubcheck = program("epubcheck")
    command = [program("java"), "-jar", epubcheck] if zipfile.is_zipfile(epubcheck) else [epubcheck]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OPS/book.opf", PACKAGE)
        archive.writestr("OPS/nav.xhtml", NAVIGATION)
        archive.writestr("OPS/a.xhtml", CHAPTER)
    for name, content in (("before", buffer.getvalue()), ("after", shout(open_document("a.epub", buffer.getvalue())))):
        (tmp_path / f"{name}.epub").write_bytes(content)
        assert "0 fatals / 0 errors / 0 warnings" in run(*command, tmp_path / f"{name}.epub")
