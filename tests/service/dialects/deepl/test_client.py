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


XML = "<doc><title>Good morning!</title><par>The <b>house</b> is old.<x/></par></doc>"


def test_xml_is_read_by_its_structure(client: deepl.DeepLClient) -> None:
    options = {"source_lang": "EN", "target_lang": "DE", "tag_handling": "xml"}
    assert translate(client, XML, **options).text == (
        "<doc><title>Guten Morgen!</title><par>Das <b>Haus</b> ist alt.<x/></par></doc>"
    )
    ignored = client.translate_text(XML, **options, ignore_tags=["title", "b"])
    assert "<title>Good morning!</title>" in ignored.text
    assert "<b>house</b>" in ignored.text
    split = client.translate_text(XML, **options, outline_detection=False, splitting_tags=["title", "par"])
    assert split.text.startswith("<doc><title>Guten Morgen!</title>")
    joined = client.translate_text("<i>Good</i> <i>morning!</i>", **options, non_splitting_tags=["i"])
    assert "Guten" in joined.text
    with pytest.raises(deepl.DeepLException, match="Tag handling parsing failed"):
        translate(client, "<p>Good morning!</b>", **options)


def test_lists_of_tags_may_be_one_text_with_commas(http: httpx.Client) -> None:
    body = {"text": XML, "source_lang": "EN", "target_lang": "DE", "tag_handling": "xml", "ignore_tags": "title, b"}
    for way in ("data", "json"):
        text = http.post("/v2/translate", **{way: body}).json()["translations"][0]["text"]
        assert "<title>Good morning!</title>" in text
        assert "<b>house</b>" in text


def test_sentences_are_split_as_asked(client: deepl.DeepLClient) -> None:
    text = "The old\nhouse is red. The dog sleeps."
    options = {"source_lang": "EN", "target_lang": "DE"}
    assert "\n" in translate(client, text, **options, split_sentences="1").text
    joined = translate(client, text, **options, split_sentences="nonewlines").text
    assert joined.startswith("Das alte Haus ist rot. Der Hund")
    assert "\n" not in translate(client, text, **options, split_sentences="0").text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("style_id", "x", "style_id is not supported"),
        ("translation_memory_id", "x", "translation_memory_id is not supported"),
        ("custom_instructions", ["be brief"], "custom_instructions is not supported"),
        ("model_type", "best", "model_type: Input should be"),
        ("split_sentences", "2", "split_sentences: Input should be"),
        ("tag_handling", "md", "tag_handling: Input should be"),
        ("tag_handling_version", "v9", "tag_handling_version"),
        ("formality", "less", "'formality' is not supported for given 'target_lang'"),
        ("glossary_ids", ["a", "b"], "glossary_ids"),
        ("target_lang", "ZZ", "Value for 'target_lang' not supported"),
        ("source_lang", "ZZ", "Value for 'source_lang' not supported"),
    ],
)
def test_what_would_change_the_result_is_refused_by_name(
    http: httpx.Client, field: str, value: object, message: str
) -> None:
    body = {"text": ["Good morning!"], "source_lang": "EN", "target_lang": "DE", field: value}
    response = http.post("/v2/translate", json=body)
    assert response.status_code == 400
    assert message in response.json()["message"]


def test_empty_and_default_values_are_none(http: httpx.Client) -> None:
    names = ("tag_handling", "style_id", "custom_instructions", "glossary_id", "glossary_ids", "model_type", "context")
    for empty in ("", None):
        body = {"text": "Good morning!", "source_lang": "EN", "target_lang": "DE", "formality": "DEFAULT"}
        answer = http.post("/v2/translate", json={**body, **dict.fromkeys(names, empty)}).json()
        assert answer["translations"][0]["text"] == "Guten Morgen!"
        assert "model_type_used" not in answer["translations"][0]


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("quality_optimized", "quality_optimized"),
        ("prefer_quality_optimized", "quality_optimized"),
        ("latency_optimized", "latency_optimized"),
    ],
)
def test_the_type_of_model_is_echoed(client: deepl.DeepLClient, asked: str, used: str) -> None:
    result = translate(client, "Good morning!", source_lang="EN", target_lang="DE", model_type=asked)
    assert (result.text, result.model_type_used) == ("Guten Morgen!", used)


def test_the_context_helps_to_detect_the_language(client: deepl.DeepLClient) -> None:
    context = "Elle a toujours de la chance et nous voulons partir avec elle."
    assert translate(client, "Chance", target_lang="EN-US", context=context).detected_source_lang == "FR"


def test_blank_texts_come_back(http: httpx.Client) -> None:
    answer = http.post("/v2/translate", json={"text": [" ", "Good morning!"], "source_lang": "EN", "target_lang": "DE"})
    assert [each["text"] for each in answer.json()["translations"]] == [" ", "Guten Morgen!"]


def test_a_file_of_another_kind_is_invalid_in_the_words_that_clients_look_for(client: deepl.DeepLClient) -> None:
    with pytest.raises(deepl.DeepLException, match="Invalid file"):
        client.translate_document_upload(b"x", filename="a.xyz", source_lang="EN", target_lang="DE")
