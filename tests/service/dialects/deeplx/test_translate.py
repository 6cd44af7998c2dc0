"""Requests as clients of DeepLX send them: PDF translators, plugins of reference managers, translators of comics."""

from __future__ import annotations

import httpx
import pytest


@pytest.mark.parametrize("path", ["/translate", "/deeplx/translate", "//translate"])
def test_the_field_text_makes_a_request_one_of_deeplx(shipped: httpx.Client, path: str) -> None:
    body = {"source_lang": "EN", "target_lang": "DE", "text": "Good morning!"}
    address = f"{str(shipped.base_url).rstrip('/')}{path}"
    answer = shipped.post(address, json=body).json()
    assert (answer["code"], answer["data"]) == (200, "Guten Morgen!")
    assert (answer["source_lang"], answer["target_lang"], answer["method"]) == ("EN", "DE", "Free")
    assert 1 <= len(answer["alternatives"]) <= 3
    assert isinstance(answer["id"], int)


def test_the_language_is_detected_where_it_is_auto_or_left_out(shipped: httpx.Client) -> None:
    for source in ({"source_lang": "auto"}, {"source_lang": ""}, {}):
        answer = shipped.post("/translate", json={**source, "target_lang": "EN", "text": "Guten Morgen!"}).json()
        assert (answer["data"], answer["source_lang"]) == ("Good morning!", "DE")


def test_its_errors_have_a_message(shipped: httpx.Client) -> None:
    for body in ({"text": "x", "target_lang": "zz"}, {"text": "x"}, {"text": "", "target_lang": "DE"}):
        response = shipped.post("/translate", json=body)
        assert (response.status_code, list(response.json())) == (400, ["message"])


def test_libretranslate_s_requests_stay_its_own(shipped: httpx.Client) -> None:
    for body in (
        {"q": "Good morning!", "source": "en", "target": "de"},
        {"source": "en"},
        [1],
        {"q": "x", "format": "text"},
    ):
        assert "message" not in shipped.post("/translate", json=body).json()
    broken = shipped.post("/translate", content=b'{"text": ', headers={"Content-Type": "application/json"})
    assert "Invalid JSON format" in broken.json()["error"]
