"""Who may import whom, read from the import statements; and serving needs no torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from nmt.runtime.native.library import installed_library

ROOT = Path(__file__).parents[1]

ALLOWED: dict[str, set[str]] = {
    "tokenizer": set(),
    "nmt.errors": set(),
    "nmt.database": {"nmt.errors"},
    "nmt.decoding": set(),
    "nmt.catalogue": set(),
    "nmt.documents": {"nmt.catalogue", "nmt.errors", "nmt.inline_codes", "nmt.plural_categories"},
    "nmt.reports": set(),
    "nmt.languages": set(),
    "nmt.plural_categories": {"nmt.languages"},
    "nmt.characters": set(),
    "nmt.inline_codes": set(),
    "nmt.scores": {"nmt.languages"},
    "nmt.corpus": {
        "tokenizer",
        "nmt.catalogue",
        "nmt.characters",
        "nmt.errors",
        "nmt.inline_codes",
        "nmt.language_model",
        "nmt.languages",
        "nmt.reports",
    },
    "nmt.memory": {"nmt.characters", "nmt.corpus", "nmt.database", "nmt.errors"},
    "nmt.model": {"nmt.errors"},
    "nmt.runtime": {"nmt.decoding", "nmt.errors", "tokenizer"},
    "nmt.language_model": {"nmt.errors", "nmt.languages", "nmt.runtime", "tokenizer"},
    "nmt.caption": {
        "nmt.corpus",
        "nmt.decoding",
        "nmt.errors",
        "nmt.model",
        "nmt.reports",
        "nmt.runtime",
        "nmt.scores",
        "nmt.training",
        "tokenizer",
    },
    "nmt.text": {
        "nmt.characters",
        "nmt.decoding",
        "nmt.errors",
        "nmt.languages",
        "nmt.plural_categories",
        "nmt.runtime",
    },
    "nmt.training": {
        "nmt.corpus",
        "nmt.language_model",
        "nmt.model",
        "nmt.decoding",
        "nmt.reports",
        "nmt.runtime",
        "nmt.scores",
        "nmt.errors",
        "tokenizer",
    },
    "nmt.bulk": {
        "nmt.corpus",
        "nmt.decoding",
        "nmt.documents",
        "nmt.errors",
        "nmt.language_model",
        "nmt.languages",
        "nmt.runtime",
        "nmt.scores",
        "nmt.text",
        "nmt.training",
    },
    "nmt.promotion": {"nmt.corpus", "nmt.errors", "nmt.runtime", "nmt.scores", "nmt.text"},
    "nmt.inspect": {
        "nmt.corpus",
        "nmt.errors",
        "nmt.language_model",
        "nmt.model",
        "nmt.reports",
        "nmt.runtime",
        "nmt.training",
        "tokenizer",
    },
    "nmt.cli": {
        "nmt.bulk",
        "nmt.caption",
        "nmt.corpus",
        "nmt.documents",
        "nmt.errors",
        "nmt.inspect",
        "nmt.language_model",
        "nmt.memory",
        "nmt.promotion",
        "nmt.runtime",
        "nmt.scores",
        "nmt.text",
        "nmt.training",
        "service",
    },
    "nmt.__main__": {"nmt.cli"},
    "service": {
        "nmt.caption",
        "nmt.database",
        "nmt.documents",
        "nmt.language_model",
        "nmt.languages",
        "nmt.memory",
        "nmt.runtime",
        "nmt.text",
        "nmt.decoding",
        "nmt.errors",
    },
}
"""For each room, the rooms that it may import beside itself. CONTRIBUTING.md draws it."""

INNER: dict[str, set[str]] = {
    "nmt.bulk.back_translation": {"answering", "formats", "pair_counts", "translating"},
    "nmt.bulk.formats": set(),
    "nmt.cli.bulk": {"options"},
    "nmt.caption.training": {"captioner", "manifest", "pictures"},
    "nmt.training.run": set(),
    "nmt.training.settings": {"run"},
    "nmt.training.data": {"run", "settings"},
    "nmt.training.optimization": {"run", "settings", "data"},
    "nmt.training.export": {"run", "settings", "data"},
    "nmt.training.fine_tuning": {"run", "settings", "data", "export"},
    "nmt.training.distillation": {"run", "settings", "data", "fine_tuning"},
    "nmt.training.report": {"optimization"},
    "nmt.training.language_model": {"run", "settings", "data", "optimization", "export", "report"},
    "nmt.runtime.native": {"alignment", "manifest", "package", "quantization", "running_batch", "words"},
    "nmt.runtime.onnx": {"alignment", "arrays", "manifest", "package", "running_batch", "short_lists", "words"},
    "nmt.runtime.words": set(),
    "nmt.text.protected": set(),
    "nmt.text.sentences": {"protected"},
    "nmt.text.markup": {"protected", "sentence_translator", "sentences", "steps", "translated_text", "translation"},
    "nmt.documents.book": {"document", "inline_tags", "office"},
    "nmt.documents.office": {"document", "inline_tags", "tab_columns"},
    "nmt.documents.localization": {"document", "encoding", "inline_marks", "patches"},
    "nmt.documents.xml_messages": {
        "document",
        "encoding",
        "inline_marks",
        "inline_tags",
        "localization",
        "office",
        "patches",
    },
    "nmt.documents.subtitles": {"document", "encoding", "inline_marks", "inline_tags", "line_breaks", "patches"},
    "service.http": {"settings", "captioning", "documents", "translating"},
    "service.access": {"http", "settings", "state"},
    "service.translating": {"http", "packages", "settings", "state"},
    "service.captioning": {"access", "dependencies", "http", "packages", "settings", "translating"},
    "service.documents": {"access", "http", "state", "translating"},
    "service.monitoring": {"captioning", "dependencies", "http", "packages", "translating"},
    "service.dialects": {"access", "dependencies", "documents", "http", "settings", "translating"},
    "service.dialects.deepl": set(),
    "service.dialects.libretranslate": set(),
    "service.dialects.deeplx": set(),
    "service.dialects.apertium": set(),
    "service.dialects.opennmt": set(),
    "service.dialects.plain": set(),
}
"""For each room inside a room, the neighbours there that it may import. Files of the outer room may import all."""

MOST_FILES = 15
"""In one room, beside its `__init__.py`."""

TORCH_ALLOWED = (
    "nmt/caption/training/",
    "nmt/inspect/",
    "nmt/model/",
    "nmt/training/",
    "nmt/corpus/batching.py",
    "nmt/cli/caption.py",
    "nmt/cli/train.py",
    "nmt/cli/lm.py",
)

SOURCES = sorted(path for room in ("tokenizer", "nmt", "service") for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide which room is meant"
            names.add(node.module or "")
    return names


def room_of(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] == "nmt" and len(parts) > 1:
        return ".".join(parts[:2])
    return parts[0] if parts[0] in {"tokenizer", "service"} else None


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_the_rooms_it_may(path: Path) -> None:
    room = room_of(module_of(path))
    if room is None:
        assert not {name for name in imports(path) if room_of(name)}, "nmt/__init__.py imports nothing"
        return
    used = {other for name in imports(path) if (other := room_of(name)) is not None}
    assert used <= ALLOWED[room] | {room}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_torch_stays_where_models_are_trained(path: Path) -> None:
    uses_torch = any(name.split(".")[0] == "torch" for name in imports(path))
    assert not uses_torch or str(path.relative_to(ROOT)).startswith(TORCH_ALLOWED)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_ray_stays_where_folders_are_translated(path: Path) -> None:
    uses_ray = any(name.split(".")[0] == "ray" for name in imports(path))
    assert not uses_ray or str(path.relative_to(ROOT)).startswith("nmt/bulk/")


@pytest.mark.parametrize("room", INNER)
def test_an_inner_room_imports_only_the_neighbours_it_may(room: str) -> None:
    outer = room.rpartition(".")[0]
    used = {
        name.removeprefix(f"{outer}.").split(".")[0]
        for path in (ROOT / room.replace(".", "/")).rglob("*.py")
        for name in imports(path)
        if name.startswith(f"{outer}.") and not name.startswith(f"{room}.") and name != room
    }
    assert used <= INNER[room]


def test_the_table_of_inner_rooms_is_whole() -> None:
    outer = (
        "nmt/bulk",
        "nmt/cli",
        "nmt/caption",
        "nmt/runtime",
        "nmt/training",
        "nmt/text",
        "service",
        "service/dialects",
    )
    rooms = {module_of(path) for room in outer for path in (ROOT / room).glob("*/__init__.py")}
    assert rooms <= INNER.keys()


def test_no_room_is_overcrowded_and_each_says_what_it_is_for() -> None:
    rooms = {path.parent for path in SOURCES}
    crowded = {str(room): len(files) for room in rooms if len(files := [*room.glob("*.py")]) > MOST_FILES + 1}
    assert crowded == {}
    assert [str(room) for room in rooms if not ast.get_docstring(ast.parse((room / "__init__.py").read_text()))] == []


def test_no_file_outgrows_its_subject() -> None:
    assert {str(path): lines for path in SOURCES if (lines := path.read_text().count("\n")) > 300} == {}


_WITHOUT_TRAINING = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "onnx", "onnxruntime", "sacrebleu", "rich", "safetensors", "ftfy", "ray"}:
            raise ModuleNotFoundError(f"{name} is not installed", name=name)
sys.meta_path.insert(0, Absent())
"""


def run_without_training_packages(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _WITHOUT_TRAINING + code], capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_the_service_translates_where_torch_is_not_installed(package: Path) -> None:
    code = f"""
import nmt.cli.main, service.app
from nmt.runtime import Translator
with Translator.load({str(package)!r}) as translator:
    print(len(translator.translate(["red cat"])))
assert "torch" not in sys.modules
"""
    if installed_library() is None:
        pytest.skip("the decoder was not compiled here")
    done = run_without_training_packages(code)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_what_the_compiled_decoder_does_not_run_names_the_extra_that_does(package: Path) -> None:
    done = run_without_training_packages(f"""
import os
os.environ["NMT_INSTRUCTION_SET"] = "none"
from nmt.cli.main import main
main(["translate", "--model", {str(package)!r}])
""")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pip install 'seq2seq-translator[onnx]'" in done.stderr


def test_training_without_its_packages_says_what_to_install() -> None:
    done = run_without_training_packages("""
from nmt.cli.main import main
main(["train", "--train", "README.md", "--source", "a", "--target", "b", "--output", "x"])
""")
    assert done.returncode == 1
    assert "pip install 'seq2seq-translator[train]'" in done.stderr


def test_bulk_without_its_packages_says_what_to_install() -> None:
    done = run_without_training_packages("""
from nmt.cli.main import main
main(["bulk", "--model", "x", "--input", "y", "--output", "z"])
""")
    assert done.returncode == 1
    assert "ray is not installed, but nmt bulk needs it: run pip install 'seq2seq-translator[cluster]'" in done.stderr


def test_the_translation_memory_imports_where_training_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "units.tsv").write_text("red cat\trote Katze\n")
    done = run_without_training_packages(f"""
import os
os.environ["NMT_STATE_DIR"] = {str(tmp_path)!r}
from nmt.cli.main import main
main(["memory", "import", {str(tmp_path / "units.tsv")!r}, "--source", "en", "--target", "de"])
""")
    assert done.returncode == 0, done.stderr
    assert "1 units added" in done.stdout
