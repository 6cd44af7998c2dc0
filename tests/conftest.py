"""What several rooms' tests share: an untrained model's package, a browser, and the modules in `support`."""

from __future__ import annotations

import copy
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
from selenium import webdriver

from nmt.caption.training.config import CaptionConfig
from nmt.caption.training.export import TrainedCaptioner, export_captioner
from nmt.caption.training.model import CaptionModel
from nmt.decoding import LengthModel
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime.short_lists import ShortLists
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from tokenizer import END_ID, PAD_ID, SubwordTokenizer, learn_tokenizer

sys.path.insert(0, str(Path(__file__).parent / "support"))

torch.set_num_threads(1)

WORDS = ("red", "blue", "small", "old", "house", "cat", "dog", "tree", "runs", "sleeps", "and", "not")


@pytest.fixture(scope="session", autouse=True)
def _state_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What services keep is not for the directory that the tests run in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NMT_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def tokenizer() -> SubwordTokenizer:
    return learn_tokenizer([f"{one} {two}" for one in WORDS for two in WORDS], 320)


MakePackage = Callable[..., Path]


@pytest.fixture(scope="session")
def trained(tokenizer: SubwordTokenizer) -> Trained:
    """Random weights, large enough that different inputs give different outputs."""
    torch.manual_seed(3)
    size = tokenizer.vocabulary_size
    model = Seq2Seq(
        ModelConfig(size, size, embedding_size=32, encoder_hidden=24, decoder_hidden=48, tie="output"), PAD_ID
    ).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3.0)
        model.output.bias[3] += 2.0  # <END>, so that some translations end
    return Trained(model, tokenizer, tokenizer, LengthModel(1.0, 0.2, minimum=6), short_lists(size))


def short_lists(size: int) -> ShortLists:
    """A third of the words open to all, some more for each source word."""
    generator = np.random.default_rng(5)
    always = np.union1d(generator.choice(size, size // 3, replace=False), [END_ID])
    return ShortLists(always, generator.integers(4, size, (size, 6)), size)


@pytest.fixture(scope="session")
def package(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package directory `en-xx` in a directory of its own; tests must not change it."""
    directory = tmp_path_factory.mktemp("models") / "en-xx"
    export_package(directory, model_files(trained), Provenance("en-xx", "en", "xx", "2026-01-01", "nmt train", ""))
    return directory


@pytest.fixture
def make_package(trained: Trained) -> MakePackage:
    """Writes a package; its version follows from the day, and its translations from `scale` of the last weights."""

    def make(directory: Path, day: int = 1, target: str = "xx", scale: float = 1.0, source: str = "en") -> Path:
        model: Seq2Seq = copy.deepcopy(trained.model)
        with torch.no_grad():
            model.decoder.combine.weight.mul_(scale)
        command = f"nmt train --day {day}"  # on the card, and so in the version
        provenance = Provenance(directory.name, source, target, f"2026-01-{day:02d}", command, "")
        export_package(directory, model_files(replace(trained, model=model)), provenance)
        return directory

    return make


@pytest.fixture(scope="session")
def trained_captioner(tokenizer: SubwordTokenizer) -> TrainedCaptioner:
    """Random weights, large enough that different pictures give different captions."""
    torch.manual_seed(4)
    sizes = ModelConfig(
        1, tokenizer.vocabulary_size, attention="none", embedding_size=24, decoder_hidden=32, decoder_layers=2
    )
    model = CaptionModel(CaptionConfig(sizes, image_size=16, channels=4, vector_size=12), PAD_ID).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2.0)
        model.output.bias[END_ID] += 2.0
    return TrainedCaptioner(model, tokenizer, 8, "int8", "en", "2026-01-01", "nmt caption train", "", 10)


@pytest.fixture(scope="session")
def make_captioner(trained_captioner: TrainedCaptioner) -> MakePackage:
    """Writes the package of an untrained captioner of 16 x 16 pixels; its version follows from the day."""

    def make(directory: Path, language: str = "en", day: int = 1) -> Path:
        command = f"nmt caption train --day {day}"  # on the card, and so in the version
        export_captioner(directory, replace(trained_captioner, language=language, command=command))
        return directory

    return make


@pytest.fixture(scope="module")
def chrome() -> Iterator[webdriver.Chrome]:
    """A browser without a window; the test is skipped where there is no Chromium."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (binary and driver):
        pytest.skip("needs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1200,900"):
        options.add_argument(argument)
    options.binary_location = binary
    browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
    browser.set_script_timeout(120)  # seconds; axe looks at every element, and the machine may be busy
    yield browser
    browser.quit()


def _violations(page: webdriver.Chrome) -> list[str]:
    page.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.execute_async_script("axe.run().then(arguments[arguments.length - 1])")["violations"]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html']}" for each in found]


@pytest.fixture(scope="session")
def violations() -> Callable[[webdriver.Chrome], list[str]]:
    """What axe-core finds wrong with the page that a browser shows."""
    return _violations
