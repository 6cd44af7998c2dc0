"""`nmt lm` as it is typed."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nmt.cli.main import main
from nmt.language_model import LanguageModel, LanguageModelReranker
from nmt.language_model.reranking import WEIGHT
from nmt.runtime import ModelPackage, Translator
from nmt.text import translate_texts
from nmt.training.language_model.tuning import WEIGHTS

LINES = [f"{number} is followed by {number + 1}" for number in range(60)]
SETTINGS = ("hidden=16", "embedding=8", "layers=1", "streams=4", "k=8", "max_updates=20", "evaluate_every=10")


def nmt(*arguments: object, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["lm", *map(str, arguments)], input=stdin)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("lm")
    text = directory / "text.txt"
    text.write_text("".join(f"{line}\n" for line in LINES))
    chosen = [part for setting in SETTINGS for part in ("--set", setting)]
    done = nmt(
        "train", "--train", text, "--language", "xx", "--output", directory / "model", "--run-dir", directory / "run",
        "--threads", 1, *chosen,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "validation loss" in done.stderr
    assert LanguageModel.load(directory / "model").manifest.language == "xx"
    return directory / "model"


def test_a_line_is_scored_as_the_library_scores_it(model: Path) -> None:
    done = nmt("score", "--model", model, "--lines", stdin="1 is followed by 2\n\n")
    first, empty = (line.split("\t") for line in done.stdout.splitlines())
    expected = LanguageModel.load(model).score(["1 is followed by 2"])[0].sum() / math.log(2)
    assert float(first[0]) == pytest.approx(expected, abs=2e-3)
    assert float(first[1]) == pytest.approx(-expected / 19, abs=2e-4)
    assert first[2] == "1 is followed by 2"
    assert empty[2] == ""


def test_a_text_gets_bits_per_character_and_perplexity_that_agree(model: Path) -> None:
    done = nmt("score", "--model", model, stdin="\n".join([*LINES, "?"]))
    found = re.match(r"([\d.]+) bits per character, perplexity ([\d.]+) per symbol", done.stdout)
    assert found is not None
    assert 2 ** float(found[1]) == pytest.approx(float(found[2]), rel=1e-3)
    assert "1 characters outside the vocabulary" in done.stdout


def test_a_sample_begins_with_its_prefix_and_repeats(model: Path) -> None:
    one, other = (
        nmt("sample", "--model", model, "--prefix", "7 is", "--length", 50, "--top-p", 0.9, "--seed", 3)
        for _ in range(2)
    )
    assert one.stdout == other.stdout
    assert one.stdout.startswith("7 is")
    assert len(one.stdout) == 4 + 50 + 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sample", "--top-p", "0"), "top_p is 0.0, allowed: more than 0, up to 1"),
        (("score",), "no text to score"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(model: Path, arguments: tuple[str, ...], message: str) -> None:
    done = nmt(*arguments, "--model", model)
    assert done.exit_code == 1
    assert message in done.stderr


def test_text_that_is_not_utf8_is_refused(model: Path) -> None:
    done = nmt("score", "--model", model, stdin=b"caf\xe9")
    assert done.exit_code == 1
    assert "not UTF-8" in done.stderr


SENTENCES = ["red cat", "", "old dog runs and sleeps", "small blue house", "not the tree", "the cat sleeps"]


def translate(*arguments: object) -> Result:
    lines = "".join(f"{sentence}\n" for sentence in SENTENCES)
    return CliRunner().invoke(main, ["translate", *map(str, arguments)], input=lines)


def test_the_help_page_states_the_weight_that_is_the_default() -> None:
    assert f"[default: {WEIGHT:g}]" in CliRunner().invoke(main, ["translate", "--help"]).stdout


def test_a_language_model_chooses_among_the_translations(model: Path, package: Path) -> None:
    alone, without, chosen = (
        translate("--model", package, "--beam-size", 5, *more).stdout
        for more in ((), ("--lm", model, "--lm-weight", 0), ("--lm", model, "--lm-weight", 50))
    )
    assert without == alone
    assert chosen != alone
    reranker = LanguageModelReranker(LanguageModel.load(model), "xx", 50)
    with Translator(ModelPackage.open(package), reranker=reranker) as translator:
        expected = translate_texts(translator, SENTENCES, translator.options(beam_size=5))
    assert chosen == "".join(f"{each.text()}\n" for each in expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--lm-weight", 0.3), "name its directory with --lm"),
        (("--lm", "MODEL", "--beam-size", 1), "--lm has nothing to choose from"),
        (("--lm", "nowhere"), "nowhere: no language model here"),
    ],
)
def test_a_language_model_that_cannot_choose_is_refused(
    model: Path, package: Path, arguments: tuple[object, ...], message: str
) -> None:
    done = translate("--model", package, *(model if each == "MODEL" else each for each in arguments))
    assert done.exit_code == 1
    assert message in done.stderr


def test_tuning_names_the_weight_of_the_best_row(model: Path, package: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "valid.tsv"
    with Translator.load(package) as translator:
        best = translator.translate(list(filter(None, SENTENCES)), beam_size=4, n_best=4)
    # References that the second translation of the search repeats: any weight that changes the order may be better.
    pairs.write_text("".join(f"{each.source}\t{each.translations[1].text}\n" for each in best))
    done = nmt("tune", "--model", package, "--lm", model, "--beam-size", 4, "--valid", pairs)
    assert done.exit_code == 0, done.output
    head, *rows, last = done.stdout.splitlines()
    assert head.split()[0] == "weight"
    found = [(float(weight), float(bleu)) for weight, bleu, _ in (row.split() for row in rows)]
    assert [weight for weight, _ in found] == list(WEIGHTS)
    assert float(last.removeprefix("best: --lm-weight ")) == max(found, key=lambda row: row[1])[0]


@pytest.mark.parametrize("command", ["", "train", "score", "sample", "tune"])
def test_every_help_page_shows_an_example(command: str) -> None:
    done = nmt(*command.split(), "--help")
    assert re.search(r"^  nmt lm \w+", done.stdout, re.MULTILINE)
