"""DeepL's own client for glossaries of several language pairs, and the forms of its sister for Node.js."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import deepl
import httpx
import pytest
from deepl.api_data import MultilingualGlossaryDictionaryEntries as Entries
from servers import SHIPPED, running_server

from service.settings import Settings
from service.state import State
from service.translating.glossary_store import Glossaries


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    state = tmp_path_factory.mktemp("state")
    with running_server(Settings(models_dir=SHIPPED, threads=1, state_dir=state)) as connected:
        yield connected


@pytest.fixture(scope="module")
def client(http: httpx.Client) -> deepl.DeepLClient:
    return deepl.DeepLClient("any", server_url=str(http.base_url), send_platform_info=False)


def test_the_client_creates_uses_changes_and_deletes_one(client: deepl.DeepLClient) -> None:
    made = client.create_multilingual_glossary(
        "animals", [Entries("EN", "DE", {"cat": "Kater"}), Entries("DE", "FR", {"Katze": "matou"})]
    )
    assert [(each.source_lang, each.target_lang, each.entry_count) for each in made.dictionaries] == [
        ("EN", "DE", 1),
        ("DE", "FR", 1),
    ]
    result = client.translate_text("The cat sleeps.", source_lang="EN", target_lang="DE", glossary=made)
    assert "Kater" in result.text
    client.update_multilingual_glossary_dictionary(made, Entries("EN", "DE", {"dog": "R\u00fcde"}))
    (entries,) = client.get_multilingual_glossary_entries(made, "EN", "DE").dictionaries
    assert deepl.convert_tsv_to_dict(entries.entries) == {
        "cat": "Kater",
        "dog": "R\u00fcde",
    }
    replaced = client.replace_multilingual_glossary_dictionary(made, Entries("EN", "DE", {"cat": "Mieze"}))
    assert replaced.entry_count == 1
    assert "Mieze" in client.translate_text("The cat sleeps.", source_lang="EN", target_lang="DE", glossary=made).text
    assert client.update_multilingual_glossary_name(made, "pets").name == "pets"
    client.delete_multilingual_glossary_dictionary(made, source_lang="DE", target_lang="FR")
    assert len(client.get_multilingual_glossary(made.glossary_id).dictionaries) == 1
    assert [each.glossary_id for each in client.list_multilingual_glossaries()] == [made.glossary_id]
    client.delete_multilingual_glossary(made)
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_multilingual_glossary(made.glossary_id)


def test_both_versions_show_the_same_store(client: deepl.DeepLClient) -> None:
    single = client.create_glossary("one", "EN", "DE", {"cat": "Kater"})
    several = client.create_multilingual_glossary(
        "two", [Entries("EN", "DE", {"cat": "Kater"}), Entries("EN", "FR", {"cat": "matou"})]
    )
    assert [each.glossary_id for each in client.list_glossaries()] == [single.glossary_id]
    assert {each.glossary_id for each in client.list_multilingual_glossaries()} == {
        single.glossary_id,
        several.glossary_id,
    }
    assert client.get_multilingual_glossary(single.glossary_id).dictionaries[0].entry_count == 1
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_glossary_entries(several.glossary_id)
    for each in (single, several):
        client.delete_multilingual_glossary(each.glossary_id)


def test_a_glossary_may_begin_without_dictionaries(client: deepl.DeepLClient) -> None:
    made = client.create_multilingual_glossary("later", [])
    assert made.dictionaries == []
    client.replace_multilingual_glossary_dictionary(made, Entries("EN", "DE", {"cat": "Kater"}))
    assert len(client.get_multilingual_glossary(made.glossary_id).dictionaries) == 1
    client.delete_multilingual_glossary(made)


def test_deepl_node_sends_dictionaries_as_fields_of_a_form(http: httpx.Client) -> None:
    form = {
        "name": "animals",
        "dictionaries[0].source_lang": "en",
        "dictionaries[0].target_lang": "de",
        "dictionaries[0].entries": "cat\tKater",
        "dictionaries[0].entries_format": "tsv",
        "dictionaries[1].source_lang": "en",
        "dictionaries[1].target_lang": "fr",
        "dictionaries[1].entries": "cat,matou",
        "dictionaries[1].entries_format": "csv",
    }
    made = http.post("/v3/glossaries", data=form)
    assert made.status_code == 201
    assert [each["target_lang"] for each in made.json()["dictionaries"]] == ["de", "fr"]
    assert http.delete(f"/v3/glossaries/{made.json()['glossary_id']}").status_code == 204


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"dictionaries": []}, "missing name"),
        ({"name": "x", "dictionaries": [{"source_lang": "en", "target_lang": "de"}]}, "missing dictionaries"),
        ({"name": "x", "dictionaries": [{"source_lang": "en", "target_lang": "zz", "entries": "a\tb"}]}, "en to zz"),
        ({"name": "x", "dictionaries": [{"source_lang": "en", "target_lang": "de", "entries": "a\tb"}] * 2}, "twice"),
    ],
)
def test_what_is_no_glossary_is_refused(http: httpx.Client, body: dict[str, object], message: str) -> None:
    response = http.post("/v3/glossaries", json=body)
    assert response.status_code == 400
    assert message in response.json()["message"]
    assert http.get("/v3/glossaries").json() == {"glossaries": []}


def test_what_is_not_there_is_404(http: httpx.Client) -> None:
    made = http.post(
        "/v3/glossaries",
        json={"name": "x", "dictionaries": [{"source_lang": "en", "target_lang": "de", "entries": "a\tb"}]},
    ).json()
    address = f"/v3/glossaries/{made['glossary_id']}"
    pair = {"source_lang": "en", "target_lang": "fr"}
    for response in (
        http.get(f"{address}/entries", params=pair),
        http.request("DELETE", f"{address}/dictionaries", params=pair),
        http.patch("/v3/glossaries/gone", json={"name": "y"}),
        http.put("/v3/glossaries/gone/dictionaries", json={**pair, "entries": "a\tb"}),
    ):
        assert response.status_code == 404
        assert list(response.json()) == ["message"]
    assert http.delete(address).status_code == 204


def test_glossaries_of_earlier_versions_are_read(tmp_path: Path) -> None:
    State(tmp_path).close()
    with sqlite3.connect(tmp_path / "service.sqlite3") as database:
        database.execute(
            "insert into glossary (id, owner, name, source_language, target_language, entries, entry_count, created) "
            "values ('old', '', 'animals', 'en', 'de', '{\"cat\": \"Kater\"}', 1, '2026-01-01')"
        )
    database.close()
    for _ in range(2):  # what was moved once is not moved again
        state = State(tmp_path)
        glossaries = Glossaries(state)
        assert glossaries.entries("", "old", ("en", "de")) == {"cat": "Kater"}
        state.close()
    state = State(tmp_path)
    Glossaries(state).remove("", "old")
    assert state.run("select count(*) from glossary_dictionary") == [(0,)]
    state.close()
