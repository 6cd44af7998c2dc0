"""The Kubernetes manifest fits the schemas of old and new versions, and what the service needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from service.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"


def objects_of(name: str) -> dict[str, dict[str, Any]]:
    objects = yaml.safe_load_all((DEPLOY / name).read_text(encoding="utf-8"))
    return {each["kind"]: each for each in objects}


OBJECTS = objects_of("kubernetes.yaml")
BULK = objects_of("bulk.yaml")
POD = OBJECTS["Deployment"]["spec"]["template"]
CONTAINER = POD["spec"]["containers"][0]


def test_all_that_a_deployment_needs_is_there() -> None:
    assert {*OBJECTS} == {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"}


@pytest.mark.parametrize("version", ["1.27", kubernetes_validate.latest_version()])
@pytest.mark.parametrize("objects", [OBJECTS, BULK], ids=["service", "bulk"])
def test_it_fits_the_schemas(objects: dict[str, dict[str, Any]], version: str) -> None:
    for each in objects.values():
        kubernetes_validate.validate(each, version, strict=True)


def test_the_selectors_find_the_pods() -> None:
    labels = POD["metadata"]["labels"]
    assert OBJECTS["Service"]["spec"]["selector"].items() <= labels.items()
    for kind in ("Deployment", "PodDisruptionBudget"):
        assert OBJECTS[kind]["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_stopping_waits_for_the_longest_request() -> None:
    pause = int(CONTAINER["lifecycle"]["preStop"]["exec"]["command"][-1])
    longest = Settings.model_fields["timeout_seconds"].default + 5
    assert POD["spec"]["terminationGracePeriodSeconds"] >= pause + longest


def test_the_workers_of_a_cluster_find_its_head() -> None:
    head, workers = BULK["Job"]["spec"]["template"], BULK["Deployment"]["spec"]["template"]
    service = BULK["Service"]
    assert service["spec"]["selector"].items() <= head["metadata"]["labels"].items()
    assert not service["spec"]["selector"].items() <= workers["metadata"]["labels"].items()
    assert BULK["Deployment"]["spec"]["selector"]["matchLabels"].items() <= workers["metadata"]["labels"].items()
    (driver,), (worker,) = head["spec"]["containers"], workers["spec"]["containers"]
    assert f"--address={service['metadata']['name']}:{service['spec']['ports'][0]['port']}" in worker["args"][0]
    assert driver["image"] == worker["image"]
    assert driver["env"] == worker["env"]


def test_a_machine_of_a_cluster_has_the_processors_that_it_tells_ray() -> None:
    (worker,) = BULK["Deployment"]["spec"]["template"]["spec"]["containers"]
    told = re.search(r"--num-cpus=(\d+)", worker["args"][0])
    assert told is not None
    assert told[1] == worker["resources"]["requests"]["cpu"] == worker["resources"]["limits"]["cpu"]
