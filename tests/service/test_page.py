"""The page in a real browser, headless, with the shipped translators; skipped where there is no Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from service.settings import Settings

MODELS = Path(__file__).parents[2] / "models"
SCREENSHOTS = os.environ.get("SCREENSHOTS")
"""A folder to leave pictures in, for the docs."""
RunServer = Callable[[Settings], AbstractContextManager[httpx.Client]]
Browser = webdriver.Chrome

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")), reason="needs chromium and chromedriver"
)


@pytest.fixture(scope="module")
def client(running_server: RunServer) -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=MODELS, threads=1, max_text_characters=300)) as connected:
        yield connected


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1200,900"):
        options.add_argument(argument)
    options.binary_location = str(shutil.which("chromium"))
    browser = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield browser
    browser.quit()


@pytest.fixture
def page(chrome: Browser, client: httpx.Client) -> Browser:
    chrome.get(str(client.base_url))
    until(chrome, lambda: len(Select(element(chrome, "target")).options) > 0)
    return chrome


def element(page: Browser, name: str) -> WebElement:
    return page.find_element(By.ID, name)


def until(page: Browser, condition: Callable[[], bool]) -> None:
    WebDriverWait(page, 20).until(lambda _: condition())


def choose(page: Browser, source: str, target: str) -> None:
    Select(element(page, "source")).select_by_value(source)
    Select(element(page, "target")).select_by_value(target)


def type_and_wait(page: Browser, text: str, expected: str) -> None:
    element(page, "text").clear()
    element(page, "text").send_keys(text)
    until(page, lambda: element(page, "result").text == expected)


def picture(page: Browser, name: str) -> None:
    if SCREENSHOTS:
        page.save_screenshot(str(Path(SCREENSHOTS) / f"{name}.png"))


def violations(page: Browser) -> list[str]:
    """What axe-core finds wrong."""
    page.execute_script((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.execute_async_script("axe.run().then(arguments[arguments.length - 1])")["violations"]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html']}" for each in found]


def test_what_is_typed_appears_translated_with_its_score(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    assert element(page, "count").text == "13"
    assert "ms, score" in element(page, "speed").text
    assert len(page.find_elements(By.CSS_SELECTOR, "#alternatives li")) == 2
    picture(page, "page")


def test_the_language_is_detected(page: Browser) -> None:
    choose(page, "auto", "en")
    element(page, "text").send_keys("Wo ist der Bahnhof?")
    until(page, lambda: "station" in element(page, "result").text)
    assert "German" in element(page, "detected").text


def test_swapping_exchanges_languages_and_texts(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    element(page, "swap").click()
    assert Select(element(page, "source")).first_selected_option.get_attribute("value") == "de"
    assert element(page, "text").get_attribute("value") == "Guten Morgen!"
    until(page, lambda: "orning" in element(page, "result").text)


def test_a_subword_says_its_probability_by_keyboard(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    subword = page.find_element(By.CSS_SELECTOR, "#sentences button")
    subword.send_keys(Keys.ENTER)
    assert element(page, "subword").text.startswith(f"\u201c{subword.text}\u201d: the model gave it ")
    assert element(page, "subword").text.endswith("%.")


def test_only_the_last_text_is_shown(page: Browser) -> None:
    choose(page, "en", "de")
    element(page, "text").send_keys("Good morning! " * 12)
    type_and_wait(page, "Hello!", "Hallo!")


def test_an_error_of_the_server_is_a_sentence(page: Browser) -> None:
    choose(page, "en", "de")
    page.execute_script("document.getElementById('text').removeAttribute('maxlength')")
    page.execute_script("document.getElementById('text').value = 'cat '.repeat(100)")
    element(page, "text").send_keys("!")
    until(page, lambda: element(page, "problem").is_displayed())
    assert "exceeds text limit (300)" in element(page, "problem").text
    type_and_wait(page, "Hello!", "Hallo!")
    assert not element(page, "problem").is_displayed()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_no_accessibility_rule_is_broken_and_nothing_is_wider_than_the_window(
    page: Browser, scheme: str, width: int
) -> None:
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    assert violations(page) == []
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    picture(page, f"page-{scheme}-{width}")
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_page_loads_nothing_from_elsewhere(page: Browser, client: httpx.Client) -> None:
    loaded = page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert loaded
    assert all(name.startswith(str(client.base_url)) for name in loaded)
    assert "default-src 'self'" in client.get("/").headers["Content-Security-Policy"]
    assert client.get("/web/page.js").headers["X-Content-Type-Options"] == "nosniff"
