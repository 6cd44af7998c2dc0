"""Glossaries, kept and used as DeepL's client does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import deepl
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import running_server

from nmt.errors import RequestError
from service.access.keys import Keys
from service.settings import Settings
from service.state import State
from service.translating.glossary_store import read_entries, written_entries

ENTRIES = {"cat": "Katze", "old tree": "Altbaum"}


@pytest.fixture
def settings(package: Path, tmp_path: Path) -> Settings:
    return Settings(models_dir=package.parent, threads=1, state_dir=tmp_path)


@pytest.fixture
def http(settings: Settings) -> Iterator[httpx.Client]:
    with running_server(settings) as connected:
        yield connected


@pytest.fixture
def client(http: httpx.Client) -> deepl.Translator:
    return deepl.Translator("any", server_url=str(http.base_url))


def create(client: deepl.Translator, name: str = "pets") -> deepl.GlossaryInfo:
    return client.create_glossary(name, "EN", "XX", ENTRIES)


def test_a_glossary_is_made_listed_read_and_deleted(client: deepl.Translator) -> None:
    made = create(client)
    assert (made.name, made.entry_count, made.ready) == ("pets", 2, True)
    assert [each.glossary_id for each in client.list_glossaries()] == [made.glossary_id]
    assert client.get_glossary(made.glossary_id).creation_time == made.creation_time
    assert client.get_glossary_entries(made) == ENTRIES
    client.delete_glossary(made)
    assert client.list_glossaries() == []
    with pytest.raises(deepl.GlossaryNotFoundException):
        client.get_glossary(made.glossary_id)
    pairs = client.get_glossary_languages()
    assert [(pair.source_lang, pair.target_lang) for pair in pairs] == [("en", "xx")]


def test_its_terms_are_in_the_translation_in_both_dialects(client: deepl.Translator, http: httpx.Client) -> None:
    made = create(client)
    text = "The red cat runs. The old tree sleeps, and the small cat and the blue cat."
    translated = client.translate_text(text, source_lang="EN", target_lang="XX", glossary=made).text
    assert translated.count("Katze") == 3
    assert translated.count("Altbaum") == 1
    body = {"q": ["CAT", f"<p>{text}</p>"], "source": "en", "target": "xx", "format": "html"}
    answer = http.post("/translate", json={**body, "glossary": made.glossary_id}).json()["translatedText"]
    assert answer[0] == "KATZE"
    assert answer[1].count("Katze") == 3


def test_it_is_for_its_languages_only_and_for_named_ones(client: deepl.Translator, http: httpx.Client) -> None:
    made = create(client)
    for body, status, message in (
        ({"source_lang": None, "target_lang": "XX", "glossary_id": made.glossary_id}, 400, "requires the source"),
        ({"source_lang": "XX", "target_lang": "EN", "glossary_id": made.glossary_id}, 400, "xx to en is not supported"),
        ({"source_lang": "EN", "target_lang": "XX", "glossary_id": "gone"}, 404, "no glossary gone"),
    ):
        answer = http.post("/v2/translate", json={"text": ["red cat"], **body})
        assert answer.status_code == status
        assert message in answer.json()["message"]


def test_each_key_has_its_own(settings: Settings) -> None:
    state = State(settings.state_dir)
    keys = [Keys(state).add(name) for name in ("one", "other")]
    state.close()
    with running_server(settings.model_copy(update={"api_keys": "required"})) as http:
        one, other = (deepl.Translator(key, server_url=str(http.base_url)) for key in keys)
        made = create(one)
        assert other.list_glossaries() == []
        for refused in (other.get_glossary, other.get_glossary_entries, other.delete_glossary):
            with pytest.raises(deepl.GlossaryNotFoundException):
                refused(made.glossary_id)
        assert len(one.list_glossaries()) == 1


def test_they_survive_a_restart(settings: Settings) -> None:
    with running_server(settings) as http:
        made = create(deepl.Translator("any", server_url=str(http.base_url)))
    with running_server(settings) as http:
        assert deepl.Translator("any", server_url=str(http.base_url)).get_glossary_entries(made) == ENTRIES


@pytest.mark.parametrize(
    ("entries", "form", "message"),
    [
        ("", "tsv", "no entry"),
        ("cat Katze", "tsv", "line 1: expected a source term and a target term"),
        ("cat\tKatze\n\ndog\t", "tsv", "line 3"),
        ('"a\tb",c', "csv", "control character"),
        ("cat\t" + "x" * 500_000, "tsv", "at most 500000"),
        ("cat\tKatze\ncat\tKater", "tsv", "'cat' occurs twice"),
        ("a,b,c,d,e", "csv", "line 1"),
        ("\n".join(f"a{number}\tb" for number in range(10_001)), "tsv", "at most 10000"),
    ],
)
def test_entries_that_cannot_be_are_refused_by_line(http: httpx.Client, entries: str, form: str, message: str) -> None:
    body = {"name": "x", "source_lang": "EN", "target_lang": "XX", "entries": entries, "entries_format": form}
    answer = http.post("/v2/glossaries", json=body)
    assert answer.status_code == 400
    assert message in answer.json()["message"]
    assert http.get("/v2/glossaries").json() == {"glossaries": []}


def test_a_pair_that_is_not_served_has_no_glossary(http: httpx.Client) -> None:
    body = {"name": "x", "source_lang": "EN", "target_lang": "ZZ", "entries": "a\tb"}
    assert http.post("/v2/glossaries", json=body).status_code == 400


TERM = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z", "Zl", "Zp"]), min_size=1, max_size=5)


@given(st.dictionaries(TERM, TERM, min_size=1))
def test_entries_come_back_as_they_were_written(entries: dict[str, str]) -> None:
    assert read_entries(written_entries(entries), "tsv") == entries


def test_csv_has_quotes_and_may_name_languages() -> None:
    assert read_entries('"a, b","c ""d""",en,de\nx,y\n', "csv") == {"a, b": 'c "d"', "x": "y"}


def test_broken_csv_is_a_request_error() -> None:
    with pytest.raises(RequestError):
        read_entries("a,\0\nb", "csv")
