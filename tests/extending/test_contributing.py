"""The lists in CONTRIBUTING.md lead to a new dialect, file format and corpus reader: each is followed in a copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


class Checkout:
    """A copy of the code that a newcomer changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for room in ("nmt", "service", "tokenizer"):
            shutil.copytree(ROOT / room, path / room, ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> None:
        """Put `new` in the place of `old`, which stands once in the file."""
        text = (self.path / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} no longer has one {old!r}: CONTRIBUTING.md may have to say something else"
        self.write(name, text.replace(old, new))

    def run(self, code: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.path)}
        command = [sys.executable, "-W", "error", "-c", code]
        done = subprocess.run(command, cwd=self.path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_a_file_format(checkout: Checkout) -> None:
    checkout.write(
        "nmt/documents/shout.py",
        """
from nmt.documents.html_fragment import Fragment


class Shout:
    def __init__(self, name: str, content: bytes) -> None:
        self.texts = [Fragment(line) for line in content.decode().removesuffix("!").split("!")]

    def with_texts(self, texts: list[str]) -> bytes:
        return "".join(f"{text}!" for text in texts).encode()
""",
    )
    checkout.change(
        "nmt/documents/opening.py", '    ".odt": read_odt,\n', '    ".odt": read_odt,\n    ".shout": Shout,\n'
    )
    checkout.change(
        "nmt/documents/opening.py",
        "from nmt.documents.srt",
        "from nmt.documents.shout import Shout\nfrom nmt.documents.srt",
    )
    written = checkout.run("""
from nmt.documents.opening import open_document
document = open_document("a.shout", b"red cat!old dog!")
print(document.with_texts([fragment.text for fragment in document.texts]).decode())
""")
    assert written == "red cat!old dog!\n"


def test_a_corpus_reader(checkout: Checkout) -> None:
    checkout.write(
        "nmt/corpus/readers/arrow.py",
        """
from pathlib import Path

from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.lines import read_lines


def read_arrow(path: Path):
    for number, line in enumerate(read_lines(path), start=1):
        yield SentencePair(*line.split(" -> "), Origin(path, number))
""",
    )
    checkout.change("nmt/corpus/corpus_spec.py", '"xliff", "po"]\n', '"xliff", "po", "arrow"]\n')
    checkout.change("nmt/corpus/corpus_spec.py", '    ".po": "po",\n', '    ".po": "po",\n    ".arrow": "arrow",\n')
    checkout.change(
        "nmt/corpus/readers/__init__.py",
        '        case "aligned":\n',
        '        case "arrow":\n'
        "            from nmt.corpus.readers.arrow import read_arrow\n"
        "            return read_arrow(path)\n"
        '        case "aligned":\n',
    )
    checkout.write("pairs.arrow", "red cat -> rote Katze\n")
    read = checkout.run("""
from nmt.corpus import CorpusSpec, Direction, read_pairs
for pair in read_pairs(CorpusSpec.parse("pairs.arrow"), Direction("en", "de")):
    print(pair.source, pair.target, sep="|")
""")
    assert read == "red cat|rote Katze\n"


def test_a_dialect(
    checkout: Checkout,
    package: Path,
    serving: Callable[..., AbstractContextManager[tuple[object, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checkout.write(
        "service/dialects/plain/bodies.py",
        """
from pydantic import BaseModel

from service.translating.request import TranslateRequest


class PlainRequest(BaseModel):
    words: str
    pair: str

    def translate_request(self) -> TranslateRequest:
        source, target = self.pair.split(">")
        return TranslateRequest(q=self.words, source=source, target=target)
""",
    )
    checkout.write(
        "service/dialects/plain/translate.py",
        """
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from service.dependencies import AccessDependency, AnswererDependency
from service.dialects.plain.bodies import PlainRequest
from service.http.inputs import read_request

router = APIRouter()


@router.post("/plain")
async def translate(
    connection: Request, access: AccessDependency, answerer: AnswererDependency
) -> PlainTextResponse:
    asked = (await read_request(connection, PlainRequest)).translate_request()
    caller = access.admit(connection, None)
    (answer,) = await answerer.answer(asked, caller.owner)
    return PlainTextResponse(answer.texts[0])
""",
    )
    checkout.write(
        "service/dialects/plain/__init__.py",
        "from service.dialects.plain import translate\n\nROUTERS = (translate.router,)\n",
    )
    rooms = "service/dialects/__init__.py"
    checkout.change(rooms, "import deepl, libretranslate", "import deepl, libretranslate, plain")
    checkout.change(rooms, "*deepl.ROUTERS)", "*deepl.ROUTERS, *plain.ROUTERS)")
    monkeypatch.chdir(checkout.path)
    with serving(package, state_dir=checkout.path) as (_, address), httpx.Client(base_url=address) as client:
        plain = client.post("/plain", json={"words": "red cat", "pair": "en>xx"})
        usual = client.post("/translate", json={"q": "red cat", "source": "en", "target": "xx"})
        assert (plain.status_code, plain.text) == (200, usual.json()["translatedText"])
