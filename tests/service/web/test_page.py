"""The page in a real browser, headless, with the shipped translators; skipped where there is no Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from servers import SHIPPED, running_server

from service.access.keys import Keys as ApiKeys
from service.settings import Settings
from service.state import State

SCREENSHOTS = os.environ.get("SCREENSHOTS")
"""A folder to leave pictures in, for the docs."""
Browser = webdriver.Chrome
Violations = Callable[[Browser], list[str]]


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1, max_request_characters=300)) as connected:
        yield connected


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
        page.execute_script("scrollTo(0, 0)")
        page.save_screenshot(str(Path(SCREENSHOTS) / f"{name}.png"))


def test_what_is_typed_appears_translated_with_its_score(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    assert element(page, "length").text == "13 of 300 characters"
    assert "ms, score" in element(page, "speed").text
    assert len(page.find_elements(By.CSS_SELECTOR, "#alternatives li")) == 2


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


def test_a_subword_says_its_probability_and_attention_by_keyboard(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    subword = page.find_element(By.XPATH, "//ol[@id='sentences']//button[.='Morgen']")
    subword.send_keys(Keys.ENTER)
    said = element(page, "subword").text
    assert said.startswith("\u201cMorgen\u201d: the model gave it ")
    assert "% and looked most at \u201cmorning\u201d (" in said


def test_a_chosen_subword_shows_its_row_of_the_heat_map(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning! The old house is red.", "Guten Morgen! Das alte Haus ist rot.")
    for number, subword, attended in ((1, "Morgen", "morning"), (2, "Haus", "house")):
        sentence = page.find_element(By.CSS_SELECTOR, f"#sentences li:nth-child({number})")
        button = sentence.find_element(By.XPATH, f"./button[.='{subword}']")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        (table,) = page.find_elements(By.CSS_SELECTOR, "#sentences table")  # of the last choice alone
        assert table == sentence.find_element(By.TAG_NAME, "table")
        columns = [each.text for each in table.find_elements(By.CSS_SELECTOR, "thead th[scope=col]")]
        rows = table.find_elements(By.CSS_SELECTOR, "tbody tr")
        named = [row.find_element(By.CSS_SELECTOR, "th[scope=row]").text for row in rows]
        assert named == [each.text for each in sentence.find_elements(By.TAG_NAME, "button")]
        assert columns[-1] == "<END>"
        assert table.find_element(By.CSS_SELECTOR, "[aria-current=true] th").text == subword
        assert table.find_element(By.CSS_SELECTOR, "th.attended").text == attended
        for row in rows:
            percents = [int(cell.text) for cell in row.find_elements(By.TAG_NAME, "td")]
            assert len(percents) == len(columns)
            assert sum(percents) == pytest.approx(100, abs=len(columns))


def test_a_weight_is_the_shade_of_its_cell(page: Browser) -> None:
    choose(page, "en", "de")
    type_and_wait(page, "Good morning!", "Guten Morgen!")
    page.find_element(By.CSS_SELECTOR, "#sentences button").click()
    cells = page.find_elements(By.CSS_SELECTOR, "#sentences td:not(thead td)")
    strongest, weakest = (choice(cells, key=lambda cell: int(cell.text)) for choice in (max, min))
    assert strongest.value_of_css_property("background-color") != weakest.value_of_css_property("background-color")


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


def hand_over(page: Browser, file: Path) -> None:
    element(page, "file").send_keys(str(file))
    element(page, "send").click()


def test_a_document_is_handed_over_followed_and_saved(
    page: Browser, client: httpx.Client, tmp_path: Path, violations: Violations
) -> None:
    choose(page, "en", "de")
    file = tmp_path / "a text.md"
    file.write_text("# Good morning!\n\n" + "The old house is red.\n\n" * 40)
    hand_over(page, file)
    until(page, element(page, "saved").is_displayed)
    assert element(page, "saved").text == "Save a text.de.md"
    assert not element(page, "progress-label").is_displayed()
    saved = client.get(str(element(page, "saved").get_attribute("href"))).text
    assert saved == "# Guten Morgen!\n\n" + "Das alte Haus ist rot.\n\n" * 40
    assert violations(page) == []


def test_a_document_that_cannot_be_translated_is_a_sentence(page: Browser, tmp_path: Path) -> None:
    choose(page, "en", "de")
    file = tmp_path / "table.csv"
    file.write_text("id,text\n1,Good morning!\n")
    hand_over(page, file)
    until(page, element(page, "problem").is_displayed)
    assert "table.csv" in element(page, "problem").text
    assert not element(page, "saved").is_displayed()
    element(page, "column").send_keys("text")
    element(page, "send").click()
    until(page, element(page, "saved").is_displayed)
    assert not element(page, "problem").is_displayed()


def test_a_key_is_asked_for_where_the_service_wants_one(
    chrome: Browser, tmp_path: Path, violations: Violations
) -> None:
    state = State(tmp_path)
    key = ApiKeys(state).add("visitor")
    state.close()
    with running_server(Settings(models_dir=SHIPPED, threads=1, api_keys="required", state_dir=tmp_path)) as client:
        chrome.get(str(client.base_url))
        until(chrome, lambda: len(Select(element(chrome, "target")).options) > 0)
        choose(chrome, "en", "de")
        element(chrome, "text").send_keys("Good morning!")
        until(chrome, element(chrome, "problem").is_displayed)
        assert "API key" in element(chrome, "problem").text
        element(chrome, "key").send_keys(key, Keys.TAB)
        until(chrome, lambda: element(chrome, "result").text == "Guten Morgen!")
        assert violations(chrome) == []


def test_the_endpoints_have_a_page_that_loads_nothing_from_elsewhere(chrome: Browser, client: httpx.Client) -> None:
    chrome.get(f"{client.base_url}/docs".replace("//docs", "/docs"))
    until(chrome, lambda: bool(chrome.find_elements(By.CSS_SELECTOR, "#operations-translate-translate")))
    loaded = chrome.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert all(name.startswith((str(client.base_url), "data:")) for name in loaded)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1200, 1350), (360, 900)])
def test_no_accessibility_rule_is_broken_and_nothing_is_wider_than_the_window(
    page: Browser, scheme: str, width: int, height: int, violations: Violations
) -> None:
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    choose(page, "en", "de")
    type_and_wait(page, "The small red house is very old.", "Das kleine rote Haus ist sehr alt.")
    page.find_element(By.XPATH, "//ol[@id='sentences']//button[.='Haus']").click()
    assert violations(page) == []
    assert page.execute_script("return document.documentElement.scrollWidth") <= width
    heat = page.find_element(By.CSS_SELECTOR, ".heat")
    assert (int(heat.get_property("scrollWidth")) > int(heat.get_property("clientWidth"))) == (width == 360)
    picture(page, f"page-{scheme}-{width}")
    heat.send_keys(Keys.ARROW_RIGHT)  # it takes the focus, and so the keys that scroll it
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_page_loads_nothing_from_elsewhere(page: Browser, client: httpx.Client) -> None:
    loaded = page.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert loaded
    assert all(name.startswith(str(client.base_url)) for name in loaded)
    assert "default-src 'self'" in client.get("/").headers["Content-Security-Policy"]
    assert client.get("/web/page.js").headers["X-Content-Type-Options"] == "nosniff"
