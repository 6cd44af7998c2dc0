"""Translation through a third language: which reading wins, what is aligned, and what its futures do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.decoding import DecodingOptions, StopReason
from nmt.errors import Overloaded
from nmt.runtime import Alignment, Dictionary, Manifest, ModelPackage, Translation, TranslationResult, Translator
from nmt.text import Pivot, translate_texts
from nmt.text.pivot import composed, shared

SHIPPED = Path(__file__).parents[2] / "models"


class Scripted:
    """A translator with known translations and scores, whose futures a test may resolve itself."""

    def __init__(
        self, package: Path, answers: Mapping[str, Sequence[tuple[str, float]]], *, held: bool = False
    ) -> None:
        self.manifest: Manifest = ModelPackage.open(package).manifest
        self.known_words = None
        self.dictionary = Dictionary(())
        self.asked: list[list[str]] = []
        self.options_asked: list[DecodingOptions] = []
        self.held: list[Future[list[TranslationResult]]] = []
        self._answers = answers
        self._is_held = held

    def options(
        self, *, beam_size: int | None = None, n_best: int = 1, max_length: int | None = None
    ) -> DecodingOptions:
        return self.manifest.decoding.options(beam_size=beam_size, n_best=n_best, max_length=max_length)

    def submit(
        self, texts: Sequence[str], options: DecodingOptions, *, deadline: float | None = None, wait: bool = False
    ) -> Future[list[TranslationResult]]:
        self.asked.append(list(texts))
        self.options_asked.append(options)
        reply: Future[list[TranslationResult]] = Future()
        if self._is_held:
            self.held.append(reply)
        else:
            reply.set_result([self._result(text, options.n_best) for text in texts])
        return reply

    def _result(self, text: str, n_best: int) -> TranslationResult:
        several = [
            Translation(written, score, 2.0 * score, StopReason.END, (score,)) for written, score in self._answers[text]
        ]
        return TranslationResult(text, tuple(several[:n_best]), queued_milliseconds=1.0, decoding_milliseconds=2.0)

    def count_subwords(self, text: str) -> int:
        return len(text)

    def subwords(self, translation: Translation) -> list[str]:
        return translation.text.split()

    def align(self, results: Sequence[TranslationResult], *, deadline: float | None = None) -> list[Alignment | None]:
        return [None] * len(results)


FIRST = {"Bank": [("bench", -0.5), ("bank", -0.6), ("shore", -3.0)]}
SECOND = {
    "bench": [("banc", -1.0), ("banquette", -2.0)],
    "bank": [("banque", -0.2), ("banc", -0.7)],
    "shore": [("rive", -0.1)],
}


def pivot(package: Path, readings: int = 2, **options: bool) -> tuple[Pivot, Scripted, Scripted]:
    first, second = Scripted(package, FIRST, **options), Scripted(package, SECOND)
    return Pivot(first, second, readings), first, second


def test_the_reading_with_the_best_sum_of_both_scores_wins(package: Path) -> None:
    both, _, second = pivot(package)
    (result,) = both.submit(["Bank"], both.options(beam_size=4, n_best=3)).result()
    # bench-banc -1.5, bench-banquette -2.5, bank-banque -0.8, bank-banc -1.3, which replaces the other banc
    assert [(each.text, round(each.score, 9)) for each in result.translations] == [
        ("banque", -0.8),
        ("banc", -1.3),
        ("banquette", -2.5),
    ]
    assert result.translations[0].log_prob == pytest.approx(-1.6)
    assert (result.source, second.asked) == ("Bank", [["bench", "bank"]])
    assert (result.queued_milliseconds, result.decoding_milliseconds) == (2.0, 4.0)


def test_one_reading_is_the_best_translation_of_the_best_translation(package: Path) -> None:
    both, first, _ = pivot(package, 1)
    (result,) = both.submit(["Bank"], both.options(beam_size=4)).result()
    assert (result.text, first.options_asked[0].n_best) == ("banc", 1)


def test_greedy_search_has_one_reading(package: Path) -> None:
    both, first, second = pivot(package, 4)
    both.submit(["Bank"], both.options(beam_size=1)).result()
    assert (first.options_asked[0].beam_size, first.options_asked[0].n_best) == (1, 1)
    assert second.asked == [["bench"]]


def test_a_cancelled_reply_cancels_the_leg_in_progress(package: Path) -> None:
    both, first, second = pivot(package, held=True)
    reply = both.submit(["Bank"], both.options())
    reply.cancel()
    assert first.held[0].cancelled()
    assert second.asked == []


def test_an_error_of_either_leg_is_the_reply_s(package: Path) -> None:
    both, first, _ = pivot(package, held=True)
    reply = both.submit(["Bank"], both.options())
    first.held[0].set_exception(Overloaded("full"))
    with pytest.raises(Overloaded, match="full"):
        reply.result()


def test_its_manifest_names_both_legs_and_changes_with_either(package: Path) -> None:
    both, first, _ = pivot(package)
    assert both.manifest.name == "en-xx + en-xx"
    assert both.manifest.version != first.manifest.version


def test_subwords_of_two_vocabularies_are_matched_by_place() -> None:
    read, written = ["\u2581ba", "nk", "<END>"], ["\u2581b", "ank", "<END>"]
    # 6 characters: |_ba|nk|E| and |_b|ank|E|; a third of `_ba` stands where `ank` begins
    expected = [[2 / 3, 1 / 3, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert shared(read, written) == pytest.approx(np.array(expected))


def test_the_composed_alignment_is_the_product_of_both() -> None:
    first = Alignment(["a", "b"], ["x", "y"], np.array([[0.75, 0.25], [0.5, 0.5]], np.float32))
    second = Alignment(["x", "y"], ["u"], np.array([[0.5, 0.5]], np.float32))
    both = composed(first, second)
    assert (both.source, both.target) == (["a", "b"], ["u"])
    assert both.weights == pytest.approx(np.array([[0.625, 0.375]]))


PIECES = st.lists(st.text("\u2581abc", min_size=1, max_size=6), min_size=1, max_size=8)


@given(PIECES, PIECES)
def test_every_subword_is_shared_out_completely(read: list[str], written: list[str]) -> None:
    assert shared(read, written).sum(1) == pytest.approx(np.ones(len(read)))


@pytest.fixture(scope="module")
def german_to_french() -> Pivot:
    return Pivot(*(Translator.load(SHIPPED / name, threads=1) for name in ("de-en", "en-fr")))


def test_what_may_not_change_is_carried_through_both_legs_once(german_to_french: Pivot) -> None:
    text = "Bitte schicken Sie {{name}} 5,20 an https://example.org/a?b=c. Danke!"
    (found,) = translate_texts(german_to_french, [text], german_to_french.options(beam_size=2))
    assert [found.text().count(part) for part in ("{{name}}", "5,20", "https://example.org/a?b=c")] == [1, 1, 1]
    assert found.text().endswith("!")


def test_the_alignment_goes_from_the_source_to_the_last_leg_s_subwords(german_to_french: Pivot) -> None:
    results = german_to_french.submit(["Das Haus ist alt."], german_to_french.options(beam_size=2)).result()
    (alignment,) = german_to_french.align(results)
    assert alignment is not None
    assert alignment.target == german_to_french.subwords(results[0].translations[0])
    assert alignment.weights.shape == (len(alignment.target), len(alignment.source))
    assert alignment.weights.sum(1) == pytest.approx(np.ones(len(alignment.target)), abs=1e-4)
    house, maison = alignment.source.index("\u2581Haus"), alignment.target.index("\u2581maison")
    assert alignment.weights[maison].argmax() == house


def test_a_word_is_looked_up_in_both_dictionaries(package: Path) -> None:
    whole, first, second = pivot(package)
    first.dictionary = Dictionary([("März", "March", "Mars"), ("Laus", "louse")], ["März"])
    second.dictionary = Dictionary([("March", "mars"), ("Mars", "Mars", "mars")])
    assert whole.dictionary.translations("März") == ("mars", "Mars")
    assert whole.dictionary.translations("Laus") == ()
    assert whole.dictionary.is_translated("März")
    assert not whole.dictionary.is_translated("Laus")
