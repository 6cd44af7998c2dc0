"""Requests as clients of OpenNMT-py's server send them."""

from __future__ import annotations

import httpx
import pytest


def test_texts_are_translated_by_the_models_that_they_name(shipped: httpx.Client) -> None:
    models = shipped.get("/translator/models").json()
    numbers = {(model["source"], model["target"]): model["model_id"] for model in models}
    body = [
        {"src": "Good morning!", "id": numbers["en", "de"]},
        {"src": "Guten Morgen!", "id": "de-en"},
        {"src": "Hello!", "id": str(numbers["en", "de"])},
    ]
    answer = shipped.post("/translator/translate", json=body).json()
    assert [[each["tgt"] for each in best] for best in answer] == [["Guten Morgen!", "Good morning!", "Hallo!"]]
    assert [each["src"] for each in answer[0]] == [each["src"] for each in body]
    assert all(each["pred_score"] < 0.0 and each["n_best"] == 1 for each in answer[0])


@pytest.mark.parametrize(
    ("body", "message"),
    [([], "the list is empty"), ([{"src": "x", "id": 7}], "there is no model 7"), ([{"id": 100}], "src"), ({}, "list")],
)
def test_what_cannot_be_translated_is_refused(shipped: httpx.Client, body: object, message: str) -> None:
    response = shipped.post("/translator/translate", json=body)
    assert response.status_code == 400
    assert message in response.json()["error"]
