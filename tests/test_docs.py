"""What the documents say is so: the README's code runs, its scores are the packages', every setting is listed."""

from __future__ import annotations

import ast
import csv
import importlib
import json
import operator
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import httpx
import pytest
from servers import SHIPPED, running_server

from nmt.corpus import CleaningRules, CorpusSpec
from nmt.corpus.check.kinds import KINDS
from nmt.model import DropoutConfig, ModelConfig
from nmt.runtime import Manifest, ModelPackage, packages_in
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.manifest import ARRAYS
from nmt.training.settings.config import DataConfig, TrainingConfig
from nmt.training.settings.presets import PRESETS
from nmt.training.settings.settings import Settings as TrainingSettings
from service.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CORPORA = (ROOT / "docs" / "corpora.md").read_text(encoding="utf-8")
TRAINING = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
MARKDOWN = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
PACKAGES = list(packages_in(SHIPPED))


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED)) as connected:
        yield connected


def test_the_request_on_the_first_screen_gets_the_answer_beside_it(client: httpx.Client) -> None:
    request = re.search(r"curl -d '(.*?)'", README)
    answer = re.search(r'^{"translatedText":.*}$', README, re.MULTILINE)
    assert request is not None
    assert answer is not None
    assert client.post("/translate", json=json.loads(request[1])).json() == json.loads(answer[0])


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    monkeypatch.chdir(ROOT)
    exec(code[1], {})
    assert "Hallo" in capsys.readouterr().out


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_the_readme_has_the_scores_of_every_package_that_ships(path: Path) -> None:
    manifest = ModelPackage.open(path).manifest
    bleu, chrf = (score_of(manifest, metric) for metric in ("BLEU", "chrF"))
    assert re.search(rf"`models/{path.name}`.*\| {bleu:.1f} \| {chrf:.1f} \|", README)


def score_of(manifest: Manifest, metric: str) -> float:
    return next(score.value for score in manifest.scores if score.metric == metric)


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_a_package_that_ships_is_small_and_names_its_licences(path: Path) -> None:
    manifest = ModelPackage.open(path).manifest
    assert sum(file.stat().st_size for file in path.iterdir()) <= 16_000_000
    assert all(corpus.licence and corpus.attribution for corpus in manifest.corpora)


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.name)
def test_a_package_that_ships_has_short_lists(path: Path) -> None:
    with ModelPackage.open(path).open_file(ARRAYS) as file:
        arrays = ModelArrays.read(file)
    assert arrays.short_lists is not None
    is_long = arrays.short_lists.padding > 2000  # else a list may hold all words, and none are left
    assert arrays.output.has_closed or not is_long
    assert len(arrays.short_lists.always) < 1000


def test_every_way_to_name_a_corpus_in_the_documents_can_be_said() -> None:
    table = re.findall(r"^\|.*?`.*?--train(?:-aligned)? (\S+(?: corpus\.de)?).*?`", TRAINING, re.MULTILINE)
    kinds = [CorpusSpec.parse(*each.split()).kind for each in table]
    assert kinds == ["tsv", "tsv", "aligned", "tmx", "xliff", "po", "ts", "csv", "jsonl", "tsv"]


@pytest.mark.parametrize(
    "name",
    [
        *(f"data.{field.name}" for field in fields(DataConfig) if field.name != "cleaning"),
        *(
            f"model.{field.name}"
            for field in fields(ModelConfig)
            if field.name not in {"dropout", "source_vocabulary", "target_vocabulary"}
        ),
        *(f"training.{field.name}" for field in fields(TrainingConfig)),
        *(field.name for kind in (CleaningRules, DropoutConfig) for field in fields(kind)),
    ],
)
def test_every_training_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in TRAINING or f".{name}`" in TRAINING


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:,}"


def preset_table() -> list[str]:
    """The presets as docs/training.md has them."""
    limits = [f"{preset.up_to:,}" if preset.up_to else "any number" for preset in PRESETS]
    rows = [["preset", *(f"`{preset.name}`" for preset in PRESETS)], ["pairs, up to", *limits]]
    rows += [[f"`{name}`", *(_written(preset.values[name]) for preset in PRESETS)] for name in PRESETS[0].values]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def test_the_presets_in_the_documents_are_those_that_train() -> None:
    assert "\n".join(preset_table()) in TRAINING, "docs/training.md needs this table:\n" + "\n".join(preset_table())
    for preset in PRESETS:
        assert f"- `{preset.name}`: {preset.why}.\n" in TRAINING


def test_the_settings_in_the_documents_can_be_set(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", TRAINING, re.DOTALL)
    assert block is not None
    (tmp_path / "mine.yaml").write_text(block[1])
    assert TrainingSettings.parse([], tmp_path / "mine.yaml").training.learning_rate == 0.001


def test_what_the_recipes_name_is_there() -> None:
    texts = [path.read_text() for path in (ROOT / "docs").rglob("*.md")] + [(ROOT / "README.md").read_text()]
    texts.append((ROOT / "docs" / "recipes" / "train.sh").read_text())
    named = {name for text in texts for name in re.findall(r"recipes/[\w.-]+\w", text)}
    assert "recipes/shipped.yaml" in named
    assert [name for name in sorted(named) if not (ROOT / "docs" / name).exists()] == []


def test_each_phrase_is_there_in_all_languages_and_once() -> None:
    with (ROOT / "docs" / "recipes" / "phrases.csv").open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    assert header == ["en", "de", "fr", "es"]
    assert all(len(row) == len(header) and all(map(str.strip, row)) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)


def test_no_preset_changes_how_the_packages_that_ship_were_made() -> None:
    settings = TrainingSettings.parse([], ROOT / "docs" / "recipes" / "shipped.yaml")
    assert all(settings.with_preset(preset).values() == settings.values() for preset in PRESETS)
    for path in PACKAGES:
        manifest = ModelPackage.open(path).manifest
        sizes = manifest.vocabulary.source.size, manifest.vocabulary.target.size
        config = settings.model_config(*sizes)
        known = config.to_dict().keys() & manifest.model.keys()  # the others are newer than the package
        if manifest.fine_tuned_from:  # dropout has ended, and the encoder may have been deepened
            known -= {"dropout", "encoder_layers"}
            config = replace(config, dropout=DropoutConfig(), encoder_layers=manifest.model["encoder_layers"])
        own = {name: manifest.model[name] for name in known} | {"encoder_layers": config.encoder_layers}
        assert ModelConfig.from_dict(own) == config


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_finding_is_documented(kind: str) -> None:
    assert f"`{kind}`" in CORPORA
    assert f"| {KINDS[kind].title} |" in CORPORA


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "rooms.py"], capture_output=True, text=True, check=True)
    assert (ROOT / "docs" / "rooms.svg").read_text(encoding="utf-8") == done.stdout, "say: make diagrams"


def test_the_picture_of_a_sentence_names_functions_that_are_in_the_code() -> None:
    drawn = (ROOT / "docs" / "sentence.svg").read_text(encoding="utf-8")
    named = re.findall(r"([\w/]+\.py)::([\w.]+)", drawn)
    assert len(named) == 10
    for path, name in named:
        module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
        assert callable(operator.attrgetter(name)(module)), f"{path} has no {name}: say make diagrams"


def _defined_in(path: Path) -> Iterator[str]:
    """The functions and classes of a file, and `Class.method`."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef))


def test_the_lecture_names_functions_and_tests_that_are_there() -> None:
    lecture = (ROOT / "docs" / "lecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)::([\w.]+)`", lecture)
    assert len(named) == lecture.count("::") > 80
    assert [f"{path}::{name}" for path, name in named if name not in _defined_in(ROOT / path)] == []


def test_the_index_names_every_document() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"({path.name})" not in index] == ["README.md"]


@pytest.mark.parametrize("path", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
