"""Languages and what can be done with them, as version 3 of DeepL's API lists them."""

from __future__ import annotations

import httpx
import pytest

STABLE = {"status": "stable"}


def test_a_language_is_listed_once_and_regions_are_targets(shipped: httpx.Client) -> None:
    listed = {each["lang"]: each for each in shipped.get("/v3/languages?resource=translate_text").json()}
    assert list(listed) == ["de", "en", "en-GB", "en-US", "es", "fr"]
    assert [code for code, each in listed.items() if each["usable_as_source"]] == ["de", "en", "es", "fr"]
    assert [code for code, each in listed.items() if each["usable_as_target"]] == ["de", "en-GB", "en-US", "es", "fr"]
    assert listed["en-US"] == {
        "lang": "en-US",
        "name": "English (American)",
        "usable_as_source": False,
        "usable_as_target": True,
        "status": "stable",
        "features": {"tag_handling": STABLE, "glossary": STABLE},
    }
    assert listed["de"]["features"]["auto_detection"] == STABLE


def test_resources_name_the_features_that_languages_have(shipped: httpx.Client) -> None:
    for resource in shipped.get("/v3/languages/resources").json():
        listed = shipped.get("/v3/languages", params={"resource": resource["name"], "include": "beta"}).json()
        named = {feature["name"] for feature in resource["features"]}
        assert listed
        assert {name for each in listed for name in each["features"]} == named


def test_what_the_server_has_not_has_no_languages(shipped: httpx.Client) -> None:
    assert shipped.get("/v3/languages?resource=voice").json() == []
    assert "resource" in shipped.get("/v3/languages").json()["message"]
    assert "translate_text" in shipped.get("/v3/languages?resource=songs").json()["message"]


def test_only_targets_say_whether_they_have_formality(shipped: httpx.Client) -> None:
    assert shipped.get("/v2/languages?type=source").json()[0] == {"language": "DE", "name": "German"}
    assert shipped.get("/v2/languages?type=target").json()[1] == {
        "language": "EN-US",
        "name": "English (American)",
        "supports_formality": False,
    }


def test_usage_has_the_month_and_the_only_product(shipped: httpx.Client) -> None:
    found = shipped.get("/v2/usage").json()
    assert found["start_time"] < found["end_time"]
    assert found["start_time"].endswith("-01T00:00:00Z")
    (product,) = found["products"]
    assert (product["product_type"], product["character_count"]) == ("translate", found["character_count"])


@pytest.mark.parametrize(
    ("method", "path", "status", "remedy"),
    [
        ("POST", "/v2/write/rephrase", 404, "/v2/translate"),
        ("POST", "/v2/write/correct", 404, "/v2/translate"),
        ("GET", "/v3/style_rules", 404, "glossary"),
        ("PUT", "/v3/style_rules/1/configured_rules", 404, "glossary"),
        ("POST", "/v3/voice/realtime", 404, "/v2/translate"),
        ("GET", "/v1/jobs/voice/translate/1", 404, "/v2/translate"),
        ("POST", "/v1/quality-evaluation", 404, "nmt evaluate"),
        ("GET", "/v2/admin/developer-keys", 403, "nmt keys"),
    ],
)
def test_what_the_server_does_not_do_is_said_in_a_sentence(
    shipped: httpx.Client, method: str, path: str, status: int, remedy: str
) -> None:
    response = shipped.request(method, path)
    assert response.status_code == status
    assert list(response.json()) == ["message"]
    assert response.json()["message"].startswith("this server ")
    assert remedy in response.json()["message"]
