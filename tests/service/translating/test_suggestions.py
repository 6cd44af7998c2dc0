"""Suggestions are answered, marked, and survive the death of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from servers import running_server, server_process

from nmt.cli.main import main
from nmt.corpus import CorpusSpec, Direction, read_pairs
from nmt.errors import ConfigError
from service.settings import Settings
from service.state import State
from service.translating.memory import open_memory

PAIR = {"source": "en", "target": "xx"}


@pytest.fixture
def client(package: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    settings = Settings(models_dir=package.parent, threads=1, suggestions=True, state_dir=tmp_path / "state")
    with running_server(settings) as connected:
        yield connected


def translated(client: httpx.Client, q: str | list[str], **more: object) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/translate", json={"q": q, **PAIR, **more}).json()
    return answer


def test_an_exact_repeat_is_answered_with_the_last_suggestion_and_marked(client: httpx.Client) -> None:
    before = translated(client, "red cat")["translatedText"]
    for suggestion in ("eins", "rote Katze"):
        answer = client.post("/suggest", json={"q": "red cat", "s": suggestion, **PAIR})
        assert answer.json() == {"success": True}
    found = translated(client, ["  red cat\n", "red cats", "red cat"], details=True)
    assert found["translatedText"][0] == "  rote Katze\n"
    assert found["translatedText"][1] != "rote Katze"
    marks = [details["from_memory"] for details in found["details"]]
    assert marks == [True, False, True]
    assert before != "rote Katze"


def test_a_detected_language_has_its_suggestions_too(client: httpx.Client) -> None:
    client.post("/suggest", json={"q": "The red cat sleeps.", "s": "Die rote Katze schläft.", **PAIR})
    found = translated(client, "The red cat sleeps.", source="auto", details=True)
    assert found["translatedText"] == "Die rote Katze schläft."
    assert found["details"]["from_memory"] is True


def test_suggestions_for_lines_of_a_document_are_used(client: httpx.Client) -> None:
    client.post("/suggest", json={"q": "old dog", "s": "alter Hund", **PAIR})
    text = "small tree\n  old dog\r\nblue cat\n\nsmall tree\n"
    tree, cat = (translated(client, line)["translatedText"] for line in ("small tree", "blue cat"))
    made = client.post("/translate_file", files={"file": ("a.txt", text.encode())}, data=PAIR).json()
    expected = f"{tree}\n  alter Hund\r\n{cat}\n\n{tree}\n"
    assert client.get(made["translatedFileUrl"]).content.decode() == expected


def test_a_suggestion_is_text_and_never_markup(client: httpx.Client) -> None:
    client.post("/suggest", json={"q": "red cat", "s": "<script>alert(1)</script>", **PAIR})
    assert translated(client, "red cat")["translatedText"] == "<script>alert(1)</script>"
    assert "<script>" not in translated(client, "red cat", format="html")["translatedText"]


def test_suggestions_are_of_one_pair_and_checked(client: httpx.Client) -> None:
    for body, message in (
        ({"q": "cat", "s": "x", "source": "en", "target": "zz"}, "en to zz is not supported"),
        ({"q": "cat", **PAIR}, "missing s parameter"),
        ({"q": "cat", "s": "x" * 200_001, **PAIR}, "exceeds text limit"),
        ({"q": "cat", "s": "\ud800", **PAIR}, "unicode string"),
    ):
        answer = client.post("/suggest", content=json.dumps(body))
        assert answer.status_code == 400
        assert message in answer.json()["error"]


def test_without_leave_nothing_is_kept(package: Path) -> None:
    with running_server(Settings(models_dir=package.parent, threads=1)) as client:
        answer = client.post("/suggest", json={"q": "red cat", "s": "x", **PAIR})
        assert answer.status_code == 403
        assert "NMT_SUGGESTIONS" in answer.json()["error"]
        assert client.get("/frontend/settings").json()["suggestions"] is False


def test_a_directory_that_cannot_be_used_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="NMT_STATE_DIR"):
        State(tmp_path / "file")


def test_what_was_accepted_survives_a_kill(package: Path, tmp_path: Path) -> None:
    settings = Settings(models_dir=package.parent, suggestions=True, state_dir=tmp_path)
    with server_process(settings) as server:
        for number in range(20):
            body = {"q": f"red cat {number}", "s": f"Katze {number}", **PAIR}
            assert server.client.post("/suggest", json=body).status_code == 200
    with server_process(settings) as server:
        texts = [f"red cat {number}" for number in range(20)]
        answer = server.client.post("/translate", json={"q": texts, **PAIR}).json()
        assert answer["translatedText"] == [f"Katze {number}" for number in range(20)]


def test_suggestions_become_pairs_to_train_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path)
    with open_memory(tmp_path, state) as memory:
        memory.suggest(("en", "xx"), "red\tcat\nruns", "rote Katze\n„läuft“")
        memory.suggest(("en", "yy"), "red cat", "another language")
        memory.add(("en", "xx"), [("old dog", "alter Hund")], "other.tmx")
    state.close()
    monkeypatch.setenv("NMT_STATE_DIR", str(tmp_path))
    exported = CliRunner().invoke(main, ["suggestions", "export", "--source", "en", "--target", "xx"])
    (tmp_path / "pairs.jsonl").write_bytes(exported.stdout_bytes)
    pairs = list(read_pairs(CorpusSpec.parse(str(tmp_path / "pairs.jsonl")), Direction("en", "xx")))
    assert [(pair.source, pair.target) for pair in pairs] == [("red cat runs", "rote Katze „läuft“")]
    none = CliRunner().invoke(main, ["suggestions", "export", "--source", "xx", "--target", "en"])
    assert none.exit_code == 1
    assert "no suggestions from xx to en" in none.output
