"""DeepL's own tests of its clients against this service.

The packages of PyPI and npm leave them out, so they run where DEEPL_PYTHON_SOURCE and DEEPL_NODE_SOURCE name checkouts
of the clients' repositories. The suites' own example is taught to the server as suggestions, for it is a wording.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from servers import SHIPPED, running_server

from service.access.keys import Keys
from service.settings import Settings
from service.state import State

pytestmark = pytest.mark.clients

SERVED = ("en", "de", "fr", "es")
LANGUAGE, FORMALITY, WORDING, FEATURE = (
    "a language that is not served",
    "formality",
    "the exact words of DeepL's models",
    "a paid feature",
)
OF_PYTHON = {
    r"test_example_translation\[(?!EN|DE|FR|ES).*": LANGUAGE,
    "test_mixed_direction_text": LANGUAGE,
    "test_text": FORMALITY,
    "test_language": FORMALITY,
    "test_translate_document_formality": FORMALITY,
    "test_formality": FORMALITY,
    "test_tag_handling_(xml|html)": WORDING,
    "test_(single_text|business_style)": FEATURE,
    "test_style_rule_.*": FEATURE,
    "test_custom_instructions": FEATURE,
}
"""The tests that fail, as patterns of their names, and what they need. `single_text` is of rephrasing."""
OF_NODE = {
    "general gives correct example translations across all languages": LANGUAGE,
    "general handles mixed text-direction tests": LANGUAGE,
    "general lists source and target languages": FORMALITY,
    "translate (text|document) should translate (using|with) formality": FORMALITY,
    "translate text should translate using specified (XML|HTML) tags": WORDING,
    "translate text should translate with custom instructions": FEATURE,
    ".*[Rr]ephrase text.*": FEATURE,
    ".*[Ss]tyle [Rr]ule.*": FEATURE,
    "DocumentMinifier .* file operation error": "a user without the rights of root",
}
_SECONDS = 900


@pytest.fixture(scope="module")
def deepl_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which the suites find a server that requires a key and knows their example."""
    directory = tmp_path_factory.mktemp("state")
    state = State(directory)
    key = Keys(state).add("suite")
    state.close()
    settings = Settings(models_dir=SHIPPED, threads=1, state_dir=directory, api_keys="required", suggestions=True)
    with running_server(settings) as client:
        yield {
            **os.environ,
            "DEEPL_AUTH_KEY": key,
            "DEEPL_SERVER_URL": f"http://localhost:{client.base_url.port}",  # as tests that send nothing expect it
        }


def source_of(variable: str) -> Path:
    if variable not in os.environ:
        pytest.skip(f"needs {variable}, a checkout of the client's repository: its package has no tests")
    return Path(os.environ[variable])


def run(command: Sequence[str | Path], directory: Path, environment: dict[str, str]) -> None:
    """Run a suite, whose own status says only that some test failed."""
    subprocess.run(command, cwd=directory, env=environment, capture_output=True, timeout=_SECONDS, check=False)


def teach(environment: dict[str, str], example: dict[str, str]) -> None:
    for source, target in permutations(SERVED, 2):
        fields = {"q": example[source], "s": example[target], "source": source, "target": target}
        body = {**fields, "api_key": environment["DEEPL_AUTH_KEY"]}
        httpx.post(f"{environment['DEEPL_SERVER_URL']}/suggest", json=body).raise_for_status()


def unexpected(failed: set[str], expected: dict[str, str]) -> tuple[set[str], set[str]]:
    """The tests that failed and should not, and the patterns of those that should have failed and did not."""
    known = {pattern: {name for name in failed if re.fullmatch(pattern, name)} for pattern in expected}
    return failed - set().union(*known.values()), {pattern for pattern, names in known.items() if not names}


def test_the_suite_of_deepl_python(deepl_server: dict[str, str], tmp_path: Path) -> None:
    source = source_of("DEEPL_PYTHON_SOURCE")
    version = re.search(r'^version = "(.+?)"', (source / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    shutil.copytree(source / "tests", tmp_path / "tests")
    python = tmp_path / "venv" / "bin" / "python"
    needed = [f"deepl=={version[1]}", "pydantic<2", "pytest<9", "click"]
    for command in (
        [sys.executable, "-m", "uv", "venv", "--quiet", tmp_path / "venv", "--python", sys.executable],
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, *needed],
    ):
        subprocess.run(command, check=True, timeout=_SECONDS)
    shown = "import json; from tests.conftest import example_text; print(json.dumps(example_text))"
    example = subprocess.run([python, "-c", shown], cwd=tmp_path, capture_output=True, check=True, env=deepl_server)
    teach(deepl_server, {code.lower(): text for code, text in json.loads(example.stdout).items()})
    run([python, "-m", "pytest", "-q", "tests", f"--junit-xml={tmp_path / 'found.xml'}"], tmp_path, deepl_server)
    cases = list(ElementTree.parse(tmp_path / "found.xml").iter("testcase"))
    assert len(cases) > 100
    failed = {case.get("name", "") for case in cases if case.find("failure") is not None}
    assert unexpected(failed, OF_PYTHON) == (set(), set())


def test_the_suite_of_deepl_node(deepl_server: dict[str, str], tmp_path: Path) -> None:
    source = source_of("DEEPL_NODE_SOURCE")
    npm, npx = shutil.which("npm"), shutil.which("npx")
    if not (npm and npx):
        pytest.skip("needs Node.js and npm")
    copy = tmp_path / "suite"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("node_modules", ".git"))
    subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund"], cwd=copy, check=True, timeout=_SECONDS)
    example = re.findall(r"^ {4}(\w\w): '(.+)',$", (copy / "tests" / "core.ts").read_text(), re.MULTILINE)
    teach(deepl_server, dict(example))
    jest = [npx, "jest", "--testTimeout=60000", "--json", "--outputFile=found.json"]
    results = []
    for file in sorted((copy / "tests").rglob("*.test.ts")):  # apart, as some files leave HTTP replaced behind them
        run([*jest, file.relative_to(copy)], copy, deepl_server)
        found = json.loads((copy / "found.json").read_text())
        results += [test for each in found["testResults"] for test in each["assertionResults"]]
    assert len(results) > 100
    failed = {test["fullName"] for test in results if test["status"] == "failed"}
    assert unexpected(failed, OF_NODE) == (set(), set())
