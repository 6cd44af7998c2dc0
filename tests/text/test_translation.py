"""Which of a model's translations a sentence gets, and that its result is that of the one it got."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nmt.decoding import StopReason
from nmt.runtime import Dictionary, KnownWords, Translation, TranslationResult, Translator
from nmt.text import Glossary, ToTranslate, TranslatedSentence, translation_steps
from nmt.text.casing import casing_of
from nmt.text.settled import Settled
from nmt.text.translation import _written

SHIPPED = Path(__file__).parents[2] / "models"
SOURCE = "Take 5 apples."


@pytest.fixture(scope="module")
def translator(package: Path) -> Iterator[Translator]:
    """What it says of its language and counts; the translations are those of the tests."""
    with Translator.load(package, threads=1) as loaded:
        yield loaded


def result(source: str, *texts: str, stop_reason: StopReason = StopReason.END) -> TranslationResult:
    """The `texts`, the first the best."""
    translations = [Translation(text, -float(rank + 1), -1.0, stop_reason, (-1.0,)) for rank, text in enumerate(texts)]
    return TranslationResult(source, tuple(translations))


def translated(
    translator: Translator,
    *rounds: list[TranslationResult],
    glossary: Glossary | None = None,
    source: str = SOURCE,
) -> TranslatedSentence:
    """The sentence `source` when each round of its translation gives the results of one of `rounds`."""
    steps = translation_steps([source], translator, glossary)
    left = list(rounds)
    while True:
        try:
            work = next(steps)
        except StopIteration as done:
            assert not left
            sentence: TranslatedSentence = done.value[0].sentences[0]
            return sentence
        assert isinstance(work, ToTranslate)
        work.results = left.pop(0)
        assert work.sentences == [each.source for each in work.results]


def test_candidates_that_lose_a_protected_part_are_none_where_others_keep_it(translator: Translator) -> None:
    given = result(SOURCE, "Nimm Äpfel.", "Nimm 5 Äpfel.", "Äpfel nimm.", "5 Äpfel nimm.")
    sentence = translated(translator, [given])
    assert sentence.candidates == ("Nimm 5 Äpfel.", "5 Äpfel nimm.")
    assert sentence.result is not None
    assert tuple(each.text for each in sentence.result.translations) == sentence.candidates
    assert not sentence.used_stand_ins


def test_a_number_is_written_as_the_target_language_writes_it() -> None:
    source = "It cost 1,234.50 dollars."
    copied, lost = result(source, "Es kostete 1,234.50 Dollar."), result(source, "Es kostete Dollar.")
    masked = result("It cost 31 dollars.", "Es kostete 31 Dollar.")
    with Translator.load(SHIPPED / "en-de", threads=1) as german:
        for rounds in ([copied],), ([lost], [masked]):
            sentence = translated(german, *rounds, source=source)
            assert sentence.candidates == ("Es kostete 1.234,50 Dollar.",)


def test_only_a_sentence_with_double_spaces_has_them_in_its_translation(translator: Translator) -> None:
    assert translated(translator, [result(SOURCE, "Nimm 5  Äpfel.")]).candidates == ("Nimm 5 Äpfel.",)
    translation = Translation("a  b   c", -1.0, -1.0, StopReason.END, (-1.0,))
    assert _written(translation, "x  y", casing_of("x  y")) == ("a  b   c", False)


def test_with_stand_ins_the_result_is_that_of_the_translation_that_kept_them(translator: Translator) -> None:
    lost = result(SOURCE, "Nimm Äpfel.", stop_reason=StopReason.LENGTH_LIMIT)
    masked = result("Take 31 apples.", "Nimm Äpfel.", "Nimm 31 Äpfel.")
    sentence = translated(translator, [lost], [masked])
    assert sentence.candidates == ("Nimm 5 Äpfel.",)
    assert sentence.used_stand_ins
    assert sentence.result is not None
    assert sentence.result.source == "Take 31 apples."
    assert [(each.text, each.score) for each in sentence.result.translations] == [("Nimm 31 Äpfel.", -2.0)]
    assert not sentence.truncated


def test_translated_around_the_result_is_that_of_the_whole_sentence(translator: Translator) -> None:
    whole, masked = result(SOURCE, "Nimm Äpfel."), result("Take 31 apples.", "Nimm Äpfel.")
    pieces = [result("Take", "Nimm"), result("apples.", "Äpfel.")]
    sentence = translated(translator, [whole], [masked], pieces)
    assert sentence.candidates == ("Nimm 5 Äpfel.",)
    assert sentence.translated_around
    assert not sentence.used_stand_ins
    assert sentence.result == whole


GLOSSARY = Glossary({"apples": "Birnen", "pears": "bei"})


def test_a_term_that_the_model_uses_itself_is_left_as_it_is(translator: Translator) -> None:
    sentence = translated(translator, [result(SOURCE, "Nimm 5 Birnenhälften.")], glossary=GLOSSARY)
    assert sentence.candidates == ("Nimm 5 Birnenhälften.",)
    assert not sentence.used_stand_ins


def test_a_term_that_the_model_translates_otherwise_has_a_stand_in(translator: Translator) -> None:
    rounds = [result(SOURCE, "Nimm 5 Äpfel.")], [result("Take 31 47.", "Nimm 31 47.")]
    sentence = translated(translator, *rounds, glossary=GLOSSARY)
    assert sentence.candidates == ("Nimm 5 Birnen.",)
    assert sentence.used_stand_ins


def test_a_term_whose_stand_in_is_lost_is_translated_around(translator: Translator) -> None:
    rounds = [result(SOURCE, "Nimm 5 Äpfel.")], [result("Take 31 47.", "Nimm 31.")], [result("Take", "Nimm")]
    sentence = translated(translator, *rounds, glossary=GLOSSARY)
    assert sentence.candidates == ("Nimm 5 Birnen.",)
    assert sentence.translated_around


@pytest.mark.parametrize(
    ("source", "expected"),
    [("Apples", "Birnen"), ("APPLES!", "BIRNEN!"), (" 5 apples\n", " 5 Birnen\n"), ("Pears 5", "Bei 5")],
)
def test_a_text_of_terms_alone_needs_no_model(translator: Translator, source: str, expected: str) -> None:
    steps = translation_steps([source], translator, GLOSSARY)
    assert next(steps) == ToTranslate([])
    with pytest.raises(StopIteration) as done:
        next(steps)
    assert done.value.value[0].text() == expected


@pytest.mark.parametrize(
    ("source", "expected", "other"),
    [("house", "Haus", "Bude"), ("HOUSE", "HAUS", "BUDE"), (" - house\n", " - Haus\n", " - Bude\n")],
)
def test_a_word_that_stands_alone_is_looked_up(translator: Translator, source: str, expected: str, other: str) -> None:
    before, translator.dictionary = translator.dictionary, Dictionary([("house", "Haus", "Bude"), ("apples", "Äpfel")])
    try:
        steps = translation_steps([source, "apples", "a house"], translator, GLOSSARY)
        work = next(steps)
        assert isinstance(work, ToTranslate)
        assert not {"apples", "Apples"} & {*work.sentences}
        work.results = [result(each, "Hass") for each in work.sentences]
        with pytest.raises(StopIteration) as done:
            next(steps)
    finally:
        translator.dictionary = before
    word, term, phrase = done.value.value
    assert (word.text(), word.text(1)) == (expected, other)
    assert word.sentences[0].from_dictionary
    assert term.text() == "Birnen", "terms of a glossary come first"
    assert not phrase.sentences[0].from_dictionary


def test_where_the_model_says_the_same_as_the_dictionary_its_answer_is_kept(translator: Translator) -> None:
    before, translator.dictionary = translator.dictionary, Dictionary([("house", "Haus", "Bude")])
    try:
        steps = translation_steps(["house"], translator)
        work = next(steps)
        assert isinstance(work, ToTranslate)
        work.results = [result(each, "Haus") for each in work.sentences]
        with pytest.raises(StopIteration) as done:
            next(steps)
    finally:
        translator.dictionary = before
    (sentence,) = done.value.value[0].sentences
    assert sentence.text(0) == "Haus"
    assert sentence.result is not None
    assert not sentence.from_dictionary


def test_a_name_that_the_model_does_not_know_is_carried_through_by_one_that_it_copies(translator: Translator) -> None:
    translator.known_words = KnownWords.of(["ask", "about", "the", "trip"], ("Tom", "Boston"))
    try:
        steps = translation_steps(["Ask Okonkwo about the trip."], translator)
        work = next(steps)
        assert isinstance(work, ToTranslate)
        work.results = [result("Ask Okonkwo about the trip.", "Frag Okono nach der Reise.")]
        work = next(steps)
        assert isinstance(work, ToTranslate)
        assert work.sentences == ["Ask Tom about the trip."]
        work.results = [result("Ask Tom about the trip.", "Frag Tom nach der Reise.")]
        with pytest.raises(StopIteration) as done:
            next(steps)
    finally:
        translator.known_words = None
    (sentence,) = done.value.value[0].sentences
    assert sentence.text(0) == "Frag Okonkwo nach der Reise."
    assert sentence.used_stand_ins
    assert sentence.carried == ("Okonkwo",)


def test_a_word_that_is_read_in_lower_case_keeps_its_capital(translator: Translator) -> None:
    steps = translation_steps(["Under"], translator)
    work = next(steps)
    assert isinstance(work, ToTranslate)
    assert work.sentences == ["Under", "under"]
    sure = Translation("unter", -0.1, -0.1, StopReason.END, (-0.1,))
    work.results = [result("Under", "Unterstützung"), TranslationResult("under", (sure,))]
    with pytest.raises(StopIteration) as done:
        next(steps)
    (sentence,) = done.value.value[0].sentences
    assert sentence.candidates == ("Unter",)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("सेब लो।", "Take apples."),
        ("هل تأخذ التفاح؟", "Take apples."),
        ("ፖም ውሰድ።", "Take apples."),
        ("苹果。", "Take apples."),
        ("苹果", "Take apples"),
        ("اشتر التفاح،", "Take apples"),
        ("Nimm Äpfel", "Take apples"),
        ("Nimm Äpfel,", "Take apples,"),
        ("Nimm 5 %", "Take apples"),
    ],
)
def test_a_full_stop_stays_if_the_source_ends_a_sentence_in_its_own_script(source: str, expected: str) -> None:
    translation = Translation("Take apples.", -1.0, -1.0, StopReason.END, (-1.0,))
    assert _written(translation, source, casing_of(source)) == (expected, False)


def test_letters_that_a_model_reads_in_lower_case_alone_are_no_foreign_letters_in_capitals(package: Path) -> None:
    with Translator.load(package, threads=1) as translator:
        translator.spells = lambda character: character != "È"  # type: ignore[method-assign]
        assert Settled(translator, None).parts("LA LUMIÈRE EST ICI.", casing_of("LA LUMIÈRE EST ICI.")) == []
        (part,) = Settled(translator, None).parts("La lumiÈre est ici.", casing_of("La lumiÈre est ici."))
        assert part.target == "lumiÈre"
