"""What no translation may change comes back once and in order, whatever a model makes of the text around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.decoding import DecodingOptions, StopReason
from nmt.runtime import Translation, TranslationResult, Translator
from nmt.text import ToTranslate, translate_texts, translation_steps

IN_ORDER = ("%s", "%d", "%.2f", "%@", "{}", "<b>", "</b>", "<br>", "\\n", "{% if x %}", "{% endif %}", "<%= name %>")
"""What is told apart by its order."""
ANYWHERE = (
    "{0}", "{name}", "{user-name}", "{items[0]}", "{0, date, short}", "{{user}}", "${total}", "%(count)d", "%1$s", "%%",
    "$t(key)", "https://example.org/a?b=c", "anna@example.org", "@anna", "#tag", ":smile:", "`git commit`",
    "C:\\Users\\anna\\report.txt", "/etc/hosts", "Ctrl+Alt+Del", "max_length", "camelCase", "path=/usr/bin", "v1.2.3",
    "2026-11-21", "\u20ac5", "20 \u00b0C", "10 \u00d7 20 cm", "\u2192", "\u00a7", "\u00bd", "\u2122", "\U0001f600",
    "\u6211\u559c\u6b22", "\u041c\u043e\u0441\u043a\u0432\u0430", "Erd\u0151s", "\u2264",
)  # fmt: skip
WORDS = (
    "red",
    "cat",
    "The",
    "house",
    "runs,",
    "not.",
    "and",
    "(old)",
    "small?",
    "Tree",
    "IS",
    "it's",
    "\u201cdog\u201d",
)
SPACES = (" ", "  ", "\t", "\u00a0", "\u202f", "\n", "\n\n", "\r\n")
BREAKS = ("\n", "\t", "  ")

TEXTS = st.lists(
    st.tuples(
        st.sampled_from(WORDS) | st.sampled_from(IN_ORDER) | st.sampled_from(ANYWHERE),
        st.just(" ") | st.sampled_from(SPACES),
    ),
    min_size=1,
    max_size=14,
)
ANSWERS = st.text(st.sampled_from("ab {}%s0<b>7$\n.#@/\\='\"\u201e1")) | st.sampled_from(
    ["", " ", "31 47", "%s %s", "{0} {name}", "</b> <b>", "\ufffd\ufffd", "31 31 58 47", "a 5 5", "<br>", "%d{}%s"]
)
"""What the worst of models may say."""


@pytest.fixture(scope="module")
def translator(package: Path) -> Iterator[Translator]:
    """With random weights, that is a translator of nothing."""
    with Translator.load(package, threads=1) as loaded:
        yield loaded


def kept(tokens: list[str], text: str) -> None:
    """Check that `text` has the protected parts of `tokens`: each as often as they do, and those in order that must."""
    wanted = Counter(token for token in tokens if token in ANYWHERE or token in IN_ORDER)
    assert {token: text.count(token) for token in wanted} == dict(wanted)
    in_order = [token for token in tokens if token in IN_ORDER]
    for group in (IN_ORDER[:4], IN_ORDER[4:5], IN_ORDER[5:8], IN_ORDER[9:]):
        places = sorted(
            (place, token)
            for token in set(in_order) & set(group)
            for place in range(len(text))
            if text.startswith(token, place)
        )
        assert [token for _, token in places] == [token for token in in_order if token in group]


def said(translator: Translator, text: str, answers: Iterator[str]) -> str:
    """The translation of `text` where the model says the next of `answers` to each sentence."""
    steps = translation_steps([text], translator)
    try:
        work = next(steps)
        while True:
            assert isinstance(work, ToTranslate)
            work.results = [
                TranslationResult(each, (Translation(next(answers), -1.0, -1.0, StopReason.END, (-1.0,)),))
                for each in work.sentences
            ]
            work = next(steps)
    except StopIteration as done:
        return str(done.value[0].text())


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.lists(ANSWERS, min_size=1, max_size=8))
def test_protected_parts_come_back_whatever_the_model_says(
    translator: Translator, parts: list[tuple[str, str]], answers: list[str]
) -> None:
    def endless() -> Iterator[str]:
        while True:
            yield from answers

    text = "".join(token + space for token, space in parts)
    kept([token for token, _ in parts], said(translator, text, endless()))


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_protected_parts_and_breaks_come_back_from_a_model_of_random_weights(
    translator: Translator, parts: list[tuple[str, str]]
) -> None:
    text = "".join(token + space for token, space in parts)
    (translated,) = translate_texts(translator, [text], DecodingOptions(beam_size=2))
    kept([token for token, _ in parts], translated.text())
    assert [translated.text().count(each) for each in ("\n", "\t")] == [text.count(each) for each in ("\n", "\t")]
