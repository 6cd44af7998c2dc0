"""Every figure that the dashboard draws is one that the service has."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from servers import running_server

from service.settings import Settings

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/service.json").read_text(encoding="utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
OF_PROMETHEUS = {"up": {"job", "instance"}}
_METRIC = re.compile(r"\b(up|(?:nmt|process)_\w+)\b(?:\{([^}]*)\})?")


@pytest.fixture(scope="module")
def labels(package: Path) -> dict[str, set[str]]:
    """Of each figure of a service that has answered a request, the labels."""
    with running_server(Settings(models_dir=package.parent, threads=1)) as client:
        client.post("/translate", json={"q": "red cat", "source": "en", "target": "xx"}).raise_for_status()
        families = [*text_string_to_metric_families(client.get("/metrics").text)]
    return {sample.name: {*sample.labels, "job", "instance"} for family in families for sample in family.samples}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_its_figures_and_labels_are_the_services(expression: str, labels: dict[str, set[str]]) -> None:
    known = labels | OF_PROMETHEUS
    used = _METRIC.findall(expression)
    assert used
    for metric, matchers in used:
        assert metric in known
        assert {*re.findall(r"(\w+)[=!]", matchers)} <= known[metric]
    grouped = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(", ")}
    assert grouped <= set().union(*(known[metric] for metric, _ in used))


def test_every_figure_of_the_service_is_drawn(labels: dict[str, set[str]]) -> None:
    drawn = " ".join(EXPRESSIONS)
    ours = {name for name in labels if name.startswith("nmt_") and not name.endswith(("_created", "_sum", "_count"))}
    assert {name for name in ours if name not in drawn} == set()
