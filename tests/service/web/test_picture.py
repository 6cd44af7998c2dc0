"""The tab for pictures in a real browser, headless; skipped where there is no Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from servers import running_server

from service.settings import Settings

Browser = webdriver.Chrome


@pytest.fixture(scope="module")
def client(
    package: Path, make_captioner: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    models = tmp_path_factory.mktemp("models")
    shutil.copytree(package, models / package.name)
    make_captioner(models / "captions", "en")
    with running_server(Settings(models_dir=models, threads=1)) as connected:
        yield connected


@pytest.fixture
def page(chrome: Browser, client: httpx.Client) -> Browser:
    chrome.get(str(client.base_url))
    until(chrome, lambda: element(chrome, "tabs").is_displayed())
    return chrome


def element(page: Browser, name: str) -> WebElement:
    return page.find_element(By.ID, name)


def until(page: Browser, condition: Callable[[], bool]) -> None:
    WebDriverWait(page, 20).until(lambda _: condition())


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "gray.png"
    Image.new("L", (40, 20), 90).save(path)
    return path


def test_a_chosen_picture_is_shown_with_its_caption(
    page: Browser, client: httpx.Client, picture: Path, violations: Callable[[Browser], list[str]]
) -> None:
    expected = client.post("/caption", files={"picture": picture.read_bytes()}).json()["caption"]
    element(page, "picture-tab").click()
    element(page, "picture").send_keys(str(picture))
    until(page, lambda: element(page, "caption").text == " ".join(expected.split()))
    until(page, lambda: element(page, "preview").is_displayed())
    assert element(page, "preview").size == {"width": 40, "height": 20}
    assert violations(page) == []


def test_a_dropped_picture_is_captioned_in_the_language_chosen(page: Browser) -> None:
    element(page, "picture-tab").click()
    languages = Select(element(page, "caption-language"))
    assert [option.get_attribute("value") for option in languages.options] == ["en", "xx"]
    languages.select_by_value("xx")
    page.execute_script("""
        const canvas = document.createElement("canvas");
        canvas.toBlob((blob) => {
          const dropped = new DataTransfer();
          dropped.items.add(new File([blob], "drawn.png", { type: "image/png" }));
          document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: dropped }));
        });
    """)
    until(page, lambda: element(page, "caption-note").text.startswith("Translated from \u201c"))


def test_what_is_no_picture_is_told(page: Browser, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("hello")
    element(page, "picture-tab").click()
    element(page, "picture").send_keys(str(tmp_path / "notes.png"))
    until(page, lambda: "notes.png: not a picture of a known format" in element(page, "picture-problem").text)
    assert not element(page, "preview").is_displayed()


def test_the_tabs_change_by_keyboard(page: Browser) -> None:
    assert element(page, "text").is_displayed()
    element(page, "text-tab").send_keys(Keys.ARROW_RIGHT)
    assert page.switch_to.active_element == element(page, "picture-tab")
    assert element(page, "picture-tab").get_attribute("aria-selected") == "true"
    assert not element(page, "text").is_displayed()
    element(page, "picture-tab").send_keys(Keys.ARROW_LEFT)
    assert element(page, "text").is_displayed()


def test_the_first_look_has_no_violations(page: Browser, violations: Callable[[Browser], list[str]]) -> None:
    assert violations(page) == []


def test_without_a_captioner_there_are_no_tabs(chrome: Browser, package: Path) -> None:
    with running_server(Settings(models_dir=package.parent, threads=1)) as client:
        chrome.get(str(client.base_url))
        until(chrome, lambda: len(Select(element(chrome, "target")).options) > 0)
        assert not element(chrome, "tabs").is_displayed()
