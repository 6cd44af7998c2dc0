"""Requests as Weblate's and MediaWiki's clients of Apertium-APY send them."""

from __future__ import annotations

import httpx
import pytest


def test_pairs_have_codes_of_three_letters(shipped: httpx.Client) -> None:
    answer = shipped.get("/listPairs").json()
    assert answer["responseStatus"] == 200
    assert {"sourceLanguage": "eng", "targetLanguage": "deu"} in answer["responseData"]
    assert len(answer["responseData"]) == 12  # six packages, and six pairs through English


def test_a_langpair_makes_a_request_one_of_apertium(shipped: httpx.Client) -> None:
    asked = {"langpair": "eng|deu", "q": "Good morning!", "markUnknown": "no"}
    expected = {"responseData": {"translatedText": "Guten Morgen!"}, "responseDetails": None, "responseStatus": 200}
    for response in (
        shipped.get("/translate", params=asked),
        shipped.post("/translate", data=asked),
        shipped.get("/apertium/translate", params=asked),
    ):
        assert response.json() == expected


def test_html_keeps_its_tags(shipped: httpx.Client) -> None:
    asked = {"langpair": "en|de", "q": "<p>Good morning!</p>", "format": "html"}
    assert shipped.get("/translate", params=asked).json()["responseData"]["translatedText"] == "<p>Guten Morgen!</p>"


@pytest.mark.parametrize(
    ("langpair", "message"),
    [("eng", "with a bar between"), ("eng|", "with a bar"), ("eng|nld", "en to nl is not supported")],
)
def test_a_pair_that_is_none_is_explained(shipped: httpx.Client, langpair: str, message: str) -> None:
    response = shipped.get("/translate", params={"langpair": langpair, "q": "x"})
    assert response.status_code == 400
    assert message in response.json()["explanation"]
