"""The list in CONTRIBUTING.md leads to a new language: checked, split, trained on, served and documented."""

from __future__ import annotations

import csv
import io
import itertools
import json
import shutil
from pathlib import Path

import pytest
from checkout import Checkout
from servers import SHIPPED, server_process

from service.settings import Settings

ANIMALS = {"བྱི་ལི": "cat", "རྟ": "horse", "བྱ": "bird", "ཉ": "fish"}
COLOURS = {"དམརཔོ": "red", "དཀརཔོ": "white", "གནགཔོ": "black"}
VERBS = {"འགྱོཝ་ཨིན": "goes", "ཟཝ་ཨིན": "eats", "ཉལཝ་ཨིན": "sleeps"}
PAIRS = {
    f"{animal}་{colour}་{verb}།": f"The {COLOURS[colour]} {ANIMALS[animal]} {VERBS[verb]}."
    for animal, colour, verb in itertools.product(ANIMALS, COLOURS, VERBS)
}
TWO_SENTENCES = "བྱི་ལི་དམརཔོ་འགྱོཝ་ཨིན། རྟ་དཀརཔོ་ཉལཝ་ཨིན།"

FULL_STOP = """\
    if language == "dz":
        return re.findall("[^།]*།+ *|[^།]+$", line)
"""

TRAIN = """
train --train pairs.tsv,weight=4 --train docs/recipes/phrases.csv --corpora licences.json --test pairs.tsv
--source dz --target en --output models/dz-en --threads 1
--set data.vocabulary_size=400 --set training.max_updates=240 --set training.evaluate_every=240
--set training.learning_rate=0.01 --set training.warmup_updates=10 --set training.precision=float32
--set training.average_decay=0 --set model.dropout.embedding=0 --set model.dropout.hidden=0
--set model.embedding_size=32 --set model.encoder_hidden=32 --set model.decoder_hidden=64
"""


@pytest.fixture
def with_dzongkha(checkout: Checkout) -> Checkout:
    """A copy in which all of the list was done but to train the package."""
    checkout.change(
        "nmt/corpus/check/measures/script.py", '    "THAI": "th",\n', '    "THAI": "th",\n    "TIBETAN": "dz",\n'
    )
    splits = "    try:\n        found: list[str] = sentencex"
    checkout.change("nmt/text/sentences/segmentation.py", splits, FULL_STOP + splits)
    checkout.take("docs", "README.md", "pyproject.toml", "tests/conftest.py", "tests/support", "tests/test_docs.py")
    header, *rows = csv.reader(io.StringIO(checkout.read("docs/recipes/phrases.csv")))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerows([[*header, "dz"], *([*row, f"ཚིག་{number}"] for number, row in enumerate(rows))])
    checkout.write("docs/recipes/phrases.csv", table.getvalue())
    checkout.change("tests/test_docs.py", '["en", "de", "fr", "es"]', '["en", "de", "fr", "es", "dz"]')
    return checkout


def test_the_check_knows_a_new_language_s_script(with_dzongkha: Checkout) -> None:
    found = with_dzongkha.run("""
from nmt.corpus import CleaningRules, SentencePair
from nmt.corpus.check import Part, check_corpus
left_in_english = [SentencePair(f"The cat sees the dog {word}.", "x") for word in ("here", "there", "now", "then")]
pairs = [*left_in_english, SentencePair("བྱི་ལི་དམརཔོ་འགྱོཝ་ཨིན།", "The red cat goes.")]
report = check_corpus([Part("train", "train", pairs)], ("dz", "en"), CleaningRules())
(finding,) = (each for each in report.findings if each.kind == "wrong_script_source")
print(finding.count)
""")
    assert found == "4\n"


def test_a_new_language_is_split_at_its_own_full_stop(with_dzongkha: Checkout) -> None:
    found = with_dzongkha.run(f"""
from nmt.text.sentences import segments
print([segment.core for segment in segments({TWO_SENTENCES!r}, "dz", len)])
""")
    assert found == "['བྱི་ལི་དམརཔོ་འགྱོཝ་ཨིན།', 'རྟ་དཀརཔོ་ཉལཝ་ཨིན།']\n"


def test_a_package_for_a_new_language_is_served_and_documented(
    with_dzongkha: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with_dzongkha.write("pairs.tsv", "".join(f"{source}\t{target}\n" for source, target in PAIRS.items()))
    about = [{"name": name, "licence": "MIT", "attribution": "the tests"} for name in ("pairs", "phrases")]
    with_dzongkha.write("licences.json", json.dumps(about))
    with_dzongkha.nmt(*TRAIN.split())
    phrases = with_dzongkha.read("docs/recipes/phrases.csv").count("\n") - 1
    assert f"| phrases | {phrases} | MIT | the tests |" in with_dzongkha.read("models/dz-en/CARD.md")
    manifest = json.loads(with_dzongkha.read("models/dz-en/manifest.json"))
    bleu, chrf = (f"{score['value']:.1f}" for score in manifest["scores"])
    row = f"| `models/dz-en` | Dzongkha to English | {bleu} | {chrf} | pairs, 36 sentences, beam 5 |\n"
    with_dzongkha.change("README.md", "| `models/en-de` |", f"{row}| `models/en-de` |")
    arguments = ("-q", "-k", "dz-en or each_phrase", "-p", "no:cacheprovider", "tests/test_docs.py")
    assert "4 passed" in with_dzongkha.python("-m", "pytest", *arguments)

    shutil.copytree(SHIPPED / "en-de", with_dzongkha.path / "models" / "en-de")
    monkeypatch.chdir(with_dzongkha.path)
    with server_process(Settings(models_dir=with_dzongkha.path / "models", threads=1, state_dir=tmp_path)) as server:
        names = {each["code"]: each["name"] for each in server.client.get("/languages").json()}
        assert names == {"dz": "Dzongkha", "en": "English"}
        body = {"q": TWO_SENTENCES, "source": "auto", "target": "en"}
        answer = server.client.post("/translate", json=body).json()
    assert answer["detectedLanguage"]["language"] == "dz"
    assert answer["translatedText"] == "The red cat goes. The white horse sleeps."
