"""The Kubernetes manifest fits the schemas of old and new versions, and what the service needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.settings import Settings

OBJECTS: dict[str, dict[str, Any]] = {
    each["kind"]: each
    for each in yaml.safe_load_all((Path(__file__).parents[2] / "deploy/kubernetes.yaml").read_text(encoding="utf-8"))
}
POD = OBJECTS["Deployment"]["spec"]["template"]
CONTAINER = POD["spec"]["containers"][0]


def test_all_that_a_deployment_needs_is_there() -> None:
    assert {*OBJECTS} == {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"}


@pytest.mark.parametrize("version", ["1.27", kubernetes_validate.latest_version()])
@pytest.mark.parametrize("kind", list(OBJECTS))
def test_it_fits_the_schemas(kind: str, version: str) -> None:
    kubernetes_validate.validate(OBJECTS[kind], version, strict=True)


def test_the_selectors_find_the_pods() -> None:
    labels = POD["metadata"]["labels"]
    assert OBJECTS["Service"]["spec"]["selector"].items() <= labels.items()
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert OBJECTS[kind]["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_stopping_waits_for_the_longest_request() -> None:
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][-1])
    longest = Settings.model_fields["timeout_seconds"].default + 5
    assert POD["spec"]["terminationGracePeriodSeconds"] >= pause + longest
