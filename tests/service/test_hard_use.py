"""Whatever a client sends, the answer is a declared one: no 5xx, and what may not change is still there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers import running_server

from nmt.text.protected.spans import protected_spans
from service.settings import Settings

AWKWARD = st.sampled_from(
    [
        "\0",
        "\u202e",
        "\u200b",
        "\u2066",
        "\ufeff",
        "\u2028",
        "\x85",
        "e\u0301",
        "\U0001f468\u200d\U0001f469",
        "%s",
        "{{",
        "}}",
        "<b",
        "</",
        "&#0;",
    ]
)
TEXTS = st.text(max_size=200) | st.lists(AWKWARD | st.text(max_size=8), max_size=30).map("".join)


@pytest.fixture(scope="module")
def client(package: Path) -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=package.parent, threads=1, max_request_characters=100_000)) as connected:
        yield connected


def translate(client: httpx.Client, **body: object) -> httpx.Response:
    return client.post("/translate", json={"source": "en", "target": "xx", "beam_size": 1, **body})


@given(text=TEXTS, form=st.sampled_from(["text", "html"]), source=st.sampled_from(["en", "auto"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered(client: httpx.Client, text: str, form: str, source: str) -> None:
    response = translate(client, q=text, format=form, source=source, details=True)
    if not text or (source == "auto" and response.status_code == 400):
        assert response.status_code == 400
        assert not text or "the text was detected as" in response.json()["error"]
        return
    assert response.status_code == 200
    if form == "text":
        translated = response.json()["translatedText"]
        assert all(text[span.start : span.end] in translated for span in protected_spans(text))


@given(
    fields=st.dictionaries(
        st.sampled_from(["q", "source", "target", "format", "alternatives", "beam_size", "max_length", "details"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=20)
        | st.lists(st.text(max_size=5), max_size=3),
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_object_is_answered_or_refused_with_a_sentence(client: httpx.Client, fields: dict[str, object]) -> None:
    response = client.post("/translate", json=fields)
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert response.json()["error"]


@pytest.mark.parametrize("letter", ["a", "\u732b", "%", "{", "<", "(", ".", "1", "\u0301"])
def test_very_much_of_one_letter_is_answered(client: httpx.Client, letter: str) -> None:
    assert translate(client, q=letter * 5_000, max_length=4).status_code == 200
