"""Average the weights of a package and of what it was fine-tuned to, which keeps most of what each knows.

    python docs/recipes/corpora/interpolate.py models/en-fr tuned/en-fr --share 0.5 --output mixed/en-fr \
        --test-aligned data/tatoeba/en-fr/test.en.gz data/tatoeba/en-fr/test.fr.gz

writes `share` times the second and 1 - `share` times the first package's weights (Wortsman et al. 2022, "Robust
fine-tuning of zero-shot models"), with the vocabulary, dictionary and all else of the second. `nmt models learn
--short-lists` then fits what depends on the weights.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from nmt.corpus import CorpusSpec
from nmt.corpus.test_sets import read_test_set
from nmt.decoding import LengthModel
from nmt.model import Seq2Seq
from nmt.runtime import Dictionary
from nmt.runtime.manifest import CHARACTERS, DICTIONARY
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from nmt.training.fine_tuning.start import Start
from nmt.training.report.scoring import translate_sets
from tokenizer import PAD_ID


def main() -> None:
    """Write the package, with its scores on the test set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--share", type=float, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--test-aligned", nargs=2, type=Path, required=True, metavar=("SOURCE", "TARGET"))
    options = parser.parse_args()
    before, after = Start.open(options.before), Start.open(options.after)
    package, manifest = after.package, after.package.manifest
    model = Seq2Seq(after.config, PAD_ID).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.lerp(before.weights[name].float(), after.weights[name].float(), options.share))
    length = manifest.length
    trained = Trained(
        model,
        *package.tokenizers(),
        LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum),
        after.lists,
        known_words=after.known_words,
        word_beginnings=after.word_beginnings,
        dictionary=Dictionary.of_bytes(package.read(DICTIONARY)) if DICTIONARY in manifest.files else None,
        characters=package.read(CHARACTERS) if CHARACTERS in manifest.files else None,
    )
    provenance = Provenance(
        manifest.name,
        manifest.source,
        manifest.target,
        manifest.created,
        f"python docs/recipes/corpora/interpolate.py {options.before} {options.after} --share {options.share:g}",
        package.read("settings.yaml").decode(),
        manifest.corpora,
        ancestor=manifest.fine_tuned_from,
    )
    files = model_files(trained)
    export_package(options.output, files, provenance)
    test = read_test_set(CorpusSpec(tuple(options.test_aligned), "aligned"), after.direction(None, None))
    place = options.test_aligned[0]
    name = "/".join((*place.parent.parts[-2:], place.name.split(".")[0]))
    (translated,) = translate_sets(options.output, [(name, test.pairs)])
    scores = tuple(translated.scores())
    export_package(options.output, files, replace(provenance, scores=scores))
    print(f"{options.output}: " + ", ".join(f"{score.metric} {score.value:.1f}" for score in scores))


if __name__ == "__main__":
    main()
