"""Documents, handed over, followed and fetched as DeepL's client does it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import deepl
import httpx
import pytest
from servers import SHIPPED, running_server

from service.settings import Settings

SUBTITLES = "1\n00:00:01,000 --> 00:00:02,500\nThe red cat runs.\n\n2\n00:00:03,000 --> 00:00:04,000\nIt sleeps.\n"
LONG = "The red cat sleeps and the small dog runs.\n\n" * 300


@pytest.fixture
def client(package: Path, tmp_path: Path) -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=package.parent, threads=2, state_dir=tmp_path)) as connected:
        yield connected


def test_deepl_s_client_hands_over_follows_and_fetches(client: httpx.Client) -> None:
    translator = deepl.Translator("any", server_url=str(client.base_url))
    glossary = translator.create_glossary("pets", "EN", "XX", {"cat": "Katze"})
    before = translator.get_usage().character.count
    handle = translator.translate_document_upload(
        SUBTITLES, filename="film.srt", source_lang="EN", target_lang="XX", glossary=glossary
    )
    while not (status := translator.translate_document_get_status(handle)).done:
        assert status.ok
    assert status.billed_characters == len("The red cat runs.It sleeps.")
    assert translator.get_usage().character.count - before == status.billed_characters
    result = io.BytesIO()
    translator.translate_document_download(handle, result)
    assert b"Katze" in result.getvalue()
    with pytest.raises(deepl.DeepLException, match="no such document with that key"):
        translator.translate_document_get_status(deepl.DocumentHandle(handle.document_id, "wrong"))


def test_deepl_s_client_is_told_that_a_document_is_not_done(client: httpx.Client) -> None:
    translator = deepl.Translator("any", server_url=str(client.base_url))
    handle = translator.translate_document_upload(LONG, filename="a.txt", source_lang="EN", target_lang="XX")
    key = {"document_key": handle.document_key}
    assert client.post(f"/v2/document/{handle.document_id}/result", json=key).status_code == 503


@pytest.mark.parametrize("source", ["DE", None])
def test_a_document_in_the_target_language_already_is_an_error(tmp_path: Path, source: str | None) -> None:
    with running_server(Settings(models_dir=SHIPPED, threads=1, state_dir=tmp_path)) as client:
        translator = deepl.Translator("any", server_url=str(client.base_url))
        with pytest.raises(deepl.DocumentTranslationException, match="Source and target language are equal") as caught:
            translator.translate_document(
                "Wo ist der Bahnhof?", io.BytesIO(), filename="a.txt", source_lang=source, target_lang="DE"
            )
        assert re.search("ID: [0-9A-F]{32}, key: [0-9A-F]{64}", str(caught.value))
        assert translator.get_usage().character.count == 0
