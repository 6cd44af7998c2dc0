"""Keys, quotas and rate limits, asked as the dialects' clients ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import deepl
import httpx
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from libretranslatepy import LibreTranslateAPI
from servers import running_server

from nmt.cli.main import main
from nmt.errors import ConfigError
from service.access.keys import Keys
from service.settings import Settings
from service.state import State

Start = Callable[..., AbstractContextManager[httpx.Client]]
BODY = {"q": "red cat", "source": "en", "target": "xx"}


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    state = State(tmp_path)
    yield Keys(state)
    state.close()


@pytest.fixture
def start(package: Path, tmp_path: Path) -> Start:
    def started(**settings: object) -> AbstractContextManager[httpx.Client]:
        return running_server(Settings(models_dir=package.parent, threads=1, state_dir=tmp_path, **settings))

    return started


def translate(client: httpx.Client, key: str | None = None, **headers: str) -> httpx.Response:
    return client.post("/translate", json={**BODY, "api_key": key}, headers=headers)


def test_required_keys_are_required_and_checked(start: Start, keys: Keys) -> None:
    key = keys.add("shop")
    with start(api_keys="required") as client:
        missing, wrong = translate(client), translate(client, key[:-1] + "?")
        assert (missing.status_code, wrong.status_code) == (400, 403)
        assert "API key" in missing.json()["error"]
        assert wrong.json()["error"].startswith("Invalid API key")
        assert translate(client, key).status_code == 200
        assert translate(client, Authorization=f"Bearer {key}").status_code == 200
        assert client.post(f"/detect?q=cat&api_key={key}").status_code == 200
        assert client.post("/detect?q=cat").status_code == 400
        settings = client.get("/frontend/settings").json()
        assert (settings["apiKeys"], settings["keyRequired"]) == (True, True)
        keys.remove("shop")
        assert translate(client, key).status_code == 403


def test_optional_keys_leave_others_in_but_not_wrong_keys(start: Start, keys: Keys) -> None:
    key = keys.add("shop")
    with start(api_keys="optional") as client:
        assert [translate(client, each).status_code for each in (None, "", key, "wrong")] == [200, 200, 200, 403]


def test_without_keys_any_key_will_do(start: Start) -> None:
    with start() as client:
        assert translate(client, "anything").status_code == 200


@pytest.mark.parametrize("given_key", ["\ud800.x", ".", "a.b.c", "\0", "x" * 10_000])
def test_strange_keys_are_wrong_keys(start: Start, given_key: str) -> None:
    with start(api_keys="required") as client:
        answer = client.post("/translate", content=json.dumps({**BODY, "api_key": given_key}))
        assert answer.status_code == 403


def test_the_clients_send_their_keys(start: Start, keys: Keys) -> None:
    key = keys.add("shop")
    with start(api_keys="required") as client:
        api = LibreTranslateAPI(str(client.base_url), key)
        expected = translate(client, key).json()["translatedText"]
        assert api.translate("red cat", "en", "xx") == expected
        translator = deepl.Translator(key, server_url=str(client.base_url))
        assert translator.translate_text("red cat", source_lang="EN", target_lang="XX").text == expected
        with pytest.raises(deepl.AuthorizationException):
            deepl.Translator("wrong", server_url=str(client.base_url)).get_usage()


def test_a_quota_counts_what_was_translated_and_no_more(start: Start, keys: Keys) -> None:
    key = keys.add("shop", characters_per_month=20)
    with start(api_keys="required") as client:
        assert translate(client, key).status_code == 200
        failed = client.post("/translate", json={**BODY, "target": "zz", "api_key": key})
        assert failed.status_code == 400
        translator = deepl.Translator(key, server_url=str(client.base_url))
        translator.translate_text("red cat", source_lang="EN", target_lang="XX")
        usage = translator.get_usage()
        assert (usage.character.count, usage.character.limit) == (14, 20)
        refused = translate(client, key)
        assert refused.status_code == 403
        assert "this month's limit of 20" in refused.json()["error"]
        with pytest.raises(deepl.QuotaExceededException):
            translator.translate_text("red cat", source_lang="EN", target_lang="XX")
        assert translator.get_usage().character.count == 14


def test_what_was_used_survives_a_restart(start: Start, keys: Keys) -> None:
    key = keys.add("shop", characters_per_month=10)
    for status in (200, 403):
        with start(api_keys="optional") as client:
            assert translate(client, key).status_code == status


def test_requests_a_minute_by_key_or_address(start: Start, keys: Keys) -> None:
    quick, slow = keys.add("quick", requests_per_minute=5), keys.add("slow")
    with start(api_keys="optional", requests_per_minute=2) as client:
        assert [translate(client, slow).status_code for _ in range(3)] == [200, 200, 429]
        assert [translate(client, quick).status_code for _ in range(6)] == [200] * 5 + [429]
        assert [translate(client, each).status_code for each in (None, "wrong", None)] == [200, 403, 429]
        refused = translate(client)
        assert refused.json()["error"].startswith("Slowdown: the limit is 2 requests per minute")
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert client.get("/languages").status_code == 200


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(start: Start) -> None:
    def statuses(client: httpx.Client) -> list[int]:
        addresses = ("192.0.2.1", "192.0.2.2", "192.0.2.1", "6.6.6.6, 192.0.2.2", "2001:db8::1", "2001:db8::ffff:2")
        return [translate(client, **{"X-Forwarded-For": address}).status_code for address in addresses]

    with start(requests_per_minute=1) as client:
        assert statuses(client) == [200, 429, 429, 429, 429, 429]
    with start(requests_per_minute=1, trusted_proxies=["127.0.0.0/8"]) as client:
        assert statuses(client) == [200, 200, 429, 429, 200, 429]


def test_the_file_holds_no_key(keys: Keys, tmp_path: Path) -> None:
    key = keys.add("shop")
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"shop" in stored
    assert key.split(".")[1].encode() not in stored


@pytest.fixture(scope="module")
def one_key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Keys, str]]:
    state = State(tmp_path_factory.mktemp("keys"))
    keys = Keys(state)
    yield keys, keys.add("one")
    state.close()


@given(text=st.text())
def test_only_the_key_itself_is_found(one_key: tuple[Keys, str], text: str) -> None:
    keys, key = one_key
    assert keys.find(text) is None
    assert keys.find(f"{key.split('.')[0]}.{text}") is None
    assert keys.find(key) is not None


def command(*arguments: str, state: Path) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments], env={"NMT_STATE_DIR": str(state)})


def test_the_command_makes_lists_and_removes_keys(tmp_path: Path, keys: Keys) -> None:
    key = command("add", "shop", "--characters", "1000", "--requests", "60", state=tmp_path).output.strip()
    found = keys.find(key)
    assert found is not None
    keys.spend(found.id, 7, found.characters_per_month)
    assert command("list", state=tmp_path).output == "shop: 7 of 1000 characters, 60 requests per minute\n"
    again = command("add", "shop", state=tmp_path)
    assert again.exit_code == 1
    assert "a key named shop already" in again.output
    assert command("remove", "shop", state=tmp_path).exit_code == 0
    assert keys.find(key) is None
    assert "no key named shop" in command("remove", "shop", state=tmp_path).output


def test_names_are_taken_once(keys: Keys) -> None:
    keys.add("shop")
    with pytest.raises(ConfigError, match="shop"):
        keys.add("shop")


def test_what_is_given_back_counts_for_the_month_it_was_taken_in(keys: Keys) -> None:
    month = keys.spend("owner", 10, 100)
    assert month is not None
    keys.give_back("owner", 10, "2020-01")
    assert keys.used("owner") == 10
    keys.give_back("owner", 4, month)
    assert keys.used("owner") == 6


def test_clients_of_ipv4_are_themselves_on_a_socket_for_both(start: Start) -> None:
    with start(requests_per_minute=1, trusted_proxies=["127.0.0.1"]) as client:
        addresses = ("::ffff:192.0.2.1", "::ffff:192.0.2.2", "192.0.2.1")
        assert [translate(client, **{"X-Forwarded-For": each}).status_code for each in addresses] == [200, 200, 429]


def test_with_a_key_goes_what_was_its(keys: Keys, tmp_path: Path) -> None:
    found = keys.find(keys.add("shop"))
    assert found is not None
    keys.spend(found.id, 5, None)
    keys.remove("shop")
    assert keys.used(found.id) == 0
