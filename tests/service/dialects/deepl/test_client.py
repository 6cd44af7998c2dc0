"""DeepL's own client against a real server with the shipped translators."""

from __future__ import annotations

from collections.abc import Iterator

import deepl
import httpx
import pytest
from servers import SHIPPED, running_server

from service.settings import Settings


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1, max_request_characters=100)) as connected:
        yield connected


@pytest.fixture(scope="module")
def client(http: httpx.Client) -> Iterator[deepl.DeepLClient]:
    connected = deepl.DeepLClient("any key", server_url=str(http.base_url), send_platform_info=False)
    yield connected
    connected.close()


def translate(client: deepl.DeepLClient, text: str, **arguments: str) -> deepl.TextResult:
    result = client.translate_text(text, **arguments)
    assert isinstance(result, deepl.TextResult)
    return result


def test_a_form_may_have_several_texts(http: httpx.Client) -> None:
    form = {"text": ["Good morning!", "Hello!"], "source_lang": "EN", "target_lang": "DE"}
    answer = http.post("/v2/translate", data=form).json()
    assert [each["text"] for each in answer["translations"]] == ["Guten Morgen!", "Hallo!"]


def test_texts_are_translated_and_counted(client: deepl.DeepLClient) -> None:
    before = client.get_usage().character.count
    first, second = client.translate_text(["Good morning!", "Hello!"], source_lang="EN", target_lang="DE")
    assert (first.text, second.text) == ("Guten Morgen!", "Hallo!")
    assert (first.detected_source_lang, first.billed_characters) == ("EN", 13)
    assert client.get_usage().character.count == before + 19


def test_the_source_is_detected_when_it_is_left_out(client: deepl.DeepLClient) -> None:
    result = translate(client, "Wo ist der Bahnhof?", target_lang="EN-GB")
    assert result.detected_source_lang == "DE"
    assert "station" in result.text


def test_tags_are_kept(client: deepl.DeepLClient) -> None:
    for handling in ("html", "xml"):
        result = translate(
            client,
            "<p>Good morning!</p>",
            source_lang="EN",
            target_lang="DE",
            tag_handling=handling,
            formality="prefer_more",
        )
        assert result.text == "<p>Guten Morgen!</p>"


def test_languages_are_listed_as_the_client_wants_them(client: deepl.DeepLClient) -> None:
    assert [(language.code, language.name) for language in client.get_source_languages()] == [
        ("DE", "German"),
        ("EN", "English"),
        ("ES", "Spanish"),
        ("FR", "French"),
    ]
    assert [language.code for language in client.get_target_languages()] == ["DE", "EN-US", "EN-GB", "ES", "FR"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target_lang": "IT"}, "en to it is not supported; supported pairs: de to en, en to de, "),
        ({"target_lang": "DE", "formality": "more"}, "formality is more, allowed"),
        ({"target_lang": "DE", "glossary": "11111111-2222"}, "there is no glossary 11111111-2222"),
    ],
)
def test_what_cannot_be_done_is_said(client: deepl.DeepLClient, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(deepl.DeepLException, match=message):
        translate(client, "Good morning!", source_lang="EN", **arguments)


def test_errors_have_a_message(http: httpx.Client) -> None:
    for body in (
        {"target_lang": "DE"},
        {"text": ["x" * 101], "target_lang": "DE"},
        {"text": [], "target_lang": "DE"},
        {"text": "", "target_lang": "DE"},
    ):
        response = http.post("/v2/translate", json=body)
        assert response.status_code == 400
        assert list(response.json()) == ["message"]
    assert list(http.get("/v2/nowhere").json()) == ["message"]
