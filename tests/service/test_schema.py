"""Requests made from the OpenAPI document, valid and not: every answer is one that the document declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from servers import running_server

from service.settings import Settings

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_LANGUAGES = {"source": "en", "target": "xx", "source_lang": "EN", "target_lang": "XX"}


@pytest.fixture(scope="module")
def api(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    state = tmp_path_factory.mktemp("state")
    service = Settings(models_dir=package.parent, threads=1, suggestions=True, state_dir=state)
    with running_server(service) as client:
        yield schemathesis.openapi.from_url(f"{client.base_url}/openapi.json".replace("//openapi", "/openapi"))


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_every_answer_is_a_declared_one(api: Any, mode: GenerationMode) -> None:
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) > 20
    if mode is GenerationMode.NEGATIVE:  # nothing is wrong with the path of a GET
        operations = [operation for operation in operations if operation.body]
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def asked(case: Case) -> None:
            if isinstance(case.body, dict) and len(str(case.body)) % 2:  # or hardly one would name languages served
                case.body = {name: _LANGUAGES.get(name, value) for name, value in case.body.items()}
            case.call_and_validate(checks=_CHECKS)

        asked()


def test_every_endpoint_is_documented(api: Any) -> None:
    documented = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
    paths = {path.partition("/{")[0] for path in api.raw_schema["paths"]}
    assert len(paths) > 20
    assert {path for path in paths if path not in documented} == set()
