"""The words of the page: catalogues without gaps, and a page in the visitor's language in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from servers import SHIPPED, running_server

from service.settings import Settings

WEB = Path(__file__).parents[3] / "service" / "web"
LANGUAGES = ("en", "de", "fr", "es")
Browser = webdriver.Chrome


def catalogue(language: str) -> dict[str, str]:
    text = (WEB / "words" / f"{language}.js").read_text(encoding="utf-8")
    return dict(json.loads(text.removeprefix("export default ").rstrip().removesuffix(";")))


def placeholders(words: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", words))


def test_there_is_a_catalogue_for_each_language_that_can_be_chosen() -> None:
    assert sorted(path.stem for path in (WEB / "words").iterdir()) == sorted(LANGUAGES)
    offered = re.search(r"const LANGUAGES = \{(.*)\}", (WEB / "words.js").read_text())
    assert offered is not None
    assert tuple(re.findall(r"(\w\w): ", offered[1])) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_missing_and_each_has_the_same_placeholders(language: str) -> None:
    english, found = catalogue("en"), catalogue(language)
    assert list(found) == list(english)
    assert all(words.strip() for words in found.values())
    assert {key: placeholders(words) for key, words in found.items()} == {
        key: placeholders(words) for key, words in english.items()
    }


def test_the_page_says_nothing_that_is_not_in_the_catalogue_and_the_catalogue_nothing_else() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")
    scripts = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.js"))
    named = set(re.findall(r'data-words(?:-[a-z-]+)?="([^"]+)"', page))
    said = set(re.findall(r'(?:words|say)\((?:[^"()]+(?:\([^()]*\))?, )?"([^"]+)"', scripts))
    assert named | said <= set(catalogue("en"))
    unused = {key for key in catalogue("en") if f'"{key}"' not in page + scripts}
    statuses = re.search(r"EXPLAINED = \[(.*)\]", scripts)
    assert statuses is not None
    assert unused == {f"refused-{status}" for status in statuses[1].split(", ")}
    body = re.sub(r"<[^>]*>", " ", page[page.index("<body>") :])
    assert re.findall(r"[A-Za-z]\w+", body) == []


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_server(Settings(models_dir=SHIPPED, threads=1, max_request_characters=300)) as client:
        yield str(client.base_url)


def until(page: Browser, condition: Callable[[], bool]) -> None:
    WebDriverWait(page, 20).until(lambda _: condition())


def element(page: Browser, name: str) -> WebElement:
    return page.find_element(By.ID, name)


@pytest.fixture
def visit(chrome: Browser, address: str) -> Iterator[Callable[[str], Browser]]:
    agent = chrome.execute_script("return navigator.userAgent")

    def visited(languages: str) -> Browser:
        chrome.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": languages})
        chrome.get(address)
        until(chrome, lambda: len(Select(element(chrome, "target")).options) > 0)
        return chrome

    yield visited
    chrome.execute_script("localStorage.clear()")
    chrome.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": "en-US,en"})


@pytest.mark.parametrize(
    ("languages", "title", "german"),
    [
        ("de-AT,de,en", "\u00dcbersetzen", "Deutsch"),
        ("it-IT,fr-CA", "Traduire", "allemand"),
        ("es", "Traducir", "alem\u00e1n"),
        ("it", "Translate", "German"),
    ],
)
def test_the_page_speaks_the_first_language_of_the_browser_that_it_knows(
    visit: Callable[[str], Browser], languages: str, title: str, german: str
) -> None:
    page = visit(languages)
    assert (page.title, page.find_element(By.TAG_NAME, "h1").text) == (title, title)
    assert german in [option.text for option in Select(element(page, "source")).options]


def test_another_language_can_be_chosen_and_is_remembered(
    visit: Callable[[str], Browser], violations: Callable[[Browser], list[str]]
) -> None:
    page = visit("en")
    Select(element(page, "source")).select_by_value("en")
    Select(element(page, "target")).select_by_value("de")
    element(page, "text").send_keys("Good morning!")
    until(page, lambda: element(page, "result").text == "Guten Morgen!")
    Select(element(page, "language")).select_by_value("fr")
    until(page, lambda: page.title == "Traduire")
    assert element(page, "length").text == "13 caract\u00e8res sur 300"
    assert element(page, "text").get_attribute("value") == "Good morning!"
    assert Select(element(page, "source")).first_selected_option.text == "anglais"
    until(page, lambda: "score \u22120," in element(page, "speed").text or "score -0," in element(page, "speed").text)
    page.find_element(By.CSS_SELECTOR, "#sentences button").click()
    assert "le mod\u00e8le lui a donn\u00e9" in element(page, "subword").text
    assert violations(page) == []
    assert visit("en").title == "Traduire"


def test_a_refusal_says_what_is_wrong_in_the_visitor_s_language_with_the_message_of_the_server(
    visit: Callable[[str], Browser],
) -> None:
    page = visit("de")
    page.execute_script("document.getElementById('text').removeAttribute('maxlength')")
    page.execute_script("document.getElementById('text').value = 'cat '.repeat(100)")
    element(page, "text").send_keys("!")
    until(page, element(page, "problem").is_displayed)
    assert element(page, "problem").text.startswith("Das geht so nicht. Der Server meldet: ")
    assert "exceeds text limit (300)" in element(page, "problem").text
