"""Every setting of the service can be set where Compose reads it, and has the same default there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
FILES = ("docker-compose.yml", "docker-compose.override.yml", "docker-compose.proxy.yml", "docker-compose.cluster.yml")
COMPOSE = {name: (ROOT / name).read_text(encoding="utf-8") for name in FILES}
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE["docker-compose.yml"])["services"]
SERVICE = SERVICES["serve"]
MACHINES: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE["docker-compose.cluster.yml"])["services"]
ADDRESSES_AND_VOLUMES = {"NMT_HOST", "NMT_PORT", "NMT_MODELS_DIR", "NMT_STATE_DIR"}
"""Of these the container has its own; Compose says what they are on the machine."""


def test_the_example_has_every_setting_and_no_other() -> None:
    settings = {f"NMT_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in EXAMPLE if name.startswith("NMT_")} == settings


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if field.default not in (None, ())]
)
def test_the_example_shows_the_defaults(name: str) -> None:
    shown = Settings(**{name: EXAMPLE[f"NMT_{name.upper()}"]})
    assert getattr(shown, name) == Settings.model_fields[name].default


def test_compose_passes_every_setting_on() -> None:
    assert {*SERVICE["environment"]} | ADDRESSES_AND_VOLUMES == {name for name in EXAMPLE if name.startswith("NMT_")}


def test_whatever_compose_takes_from_the_environment_is_in_the_example_with_its_default() -> None:
    taken = {pair for text in COMPOSE.values() for pair in re.findall(r"\$\{(\w+):-([^}]*)\}", text)}
    assert taken == {(name, EXAMPLE[name]) for name, _ in taken}
    passed = {name for name in EXAMPLE if name.startswith("NMT_")}
    assert {name for name, _ in taken} | passed == {*EXAMPLE}


def test_stopping_waits_for_the_longest_request() -> None:
    seconds = int(EXAMPLE["STOP_GRACE_PERIOD"].removesuffix("s"))
    assert seconds >= Settings.model_fields["timeout_seconds"].default + 5


@pytest.mark.parametrize("name", [*SERVICES, *MACHINES])
def test_every_container_is_confined_and_limited(name: str) -> None:
    service = (SERVICES | MACHINES)[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "mem_limit", "tmpfs"} <= service.keys()


def test_training_has_no_network() -> None:
    assert SERVICES["train"]["network_mode"] == "none"


def test_the_machines_of_a_cluster_are_alike_and_only_the_head_sees_texts() -> None:
    head, worker = MACHINES["head"], MACHINES["worker"]
    for key in ("image", "build", "environment", "networks"):
        assert head[key] == worker[key]
    assert "--num-cpus=0" in head["command"]
    assert {volume.split(":")[-1] for volume in head["volumes"]} >= {"ro", "/translated"}
    assert "volumes" not in worker
    assert not {"ports", "network_mode"} & (head.keys() | worker.keys())
