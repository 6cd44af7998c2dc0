"""Give a package a vocabulary learned from other text, and keep what its weights know, to train it further.

    python docs/recipes/corpora/new_vocabulary.py models/en-de --size 8000 --output start/en-de \
        --pairs data/tatoeba/en-de/train.en.gz data/tatoeba/en-de/train.de.gz [--pairs ...]

Subwords of the old vocabulary keep their embeddings. A new one begins with the mean of those that spelt it
(Gee et al. 2022, "Fast vocabulary transfer"). For packages with one joint vocabulary and tied embeddings.
"""

from __future__ import annotations

import argparse
import datetime
from itertools import chain
from pathlib import Path

import torch
from augment import read
from torch import Tensor

from nmt.decoding import LengthModel
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime import ModelPackage
from nmt.runtime.manifest import WEIGHTS
from nmt.training.export.fine_tuning_weights import unpack_weights
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from tokenizer import PAD_ID, SubwordTokenizer, learn_tokenizer

_SPACE = "\u2581"
_OF_THE_PACKAGE = {"parameters", "precision"}


def main() -> None:
    """Write the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("SOURCE", "TARGET"))
    options = parser.parse_args()
    package = ModelPackage.open(options.package)
    manifest = package.manifest
    old = SubwordTokenizer(package.read(manifest.vocabulary.source.file))
    texts = sorted(chain.from_iterable(pair for paths in options.pairs for pair in read(paths)))
    new = learn_tokenizer(texts, options.size)
    values = {name: value for name, value in manifest.model.items() if name not in _OF_THE_PACKAGE}
    values |= {"source_vocabulary": new.vocabulary_size, "target_vocabulary": new.vocabulary_size}
    model = Seq2Seq(ModelConfig.from_dict(values), PAD_ID).eval()
    spelt = spellings(old, new)
    with torch.no_grad():
        stored = unpack_weights(options.package / WEIGHTS)
        for name, parameter in model.named_parameters():
            parameter.copy_(transferred(stored[name], parameter, spelt))
    length = manifest.length
    trained = Trained(model, new, new, LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum))
    provenance = Provenance(
        name=manifest.name,
        source=manifest.source,
        target=manifest.target,
        created=datetime.date.today().isoformat(),
        command=f"python docs/recipes/corpora/new_vocabulary.py {options.package} --size {options.size}",
        settings=package.read("settings.yaml").decode(),
        corpora=manifest.corpora,
    )
    export_package(options.output, model_files(trained), provenance)
    kept = sum(len(ids) == 1 for ids in spelt)
    print(f"{options.output}: {len(spelt):,} subwords, {kept:,} of them as before")


def spellings(old: SubwordTokenizer, new: SubwordTokenizer) -> list[list[int]]:
    """For each id of `new`, the ids of `old` that spell it: its own if `old` has it."""
    known = {piece: number for number, piece in enumerate(old.pieces(range(old.vocabulary_size)))}
    found = []
    for piece in new.pieces(range(new.vocabulary_size)):
        if piece in known:
            found.append([known[piece]])
        elif piece.startswith(_SPACE):
            found.append(old.encode(piece.removeprefix(_SPACE)))
        else:  # within a word, so behind a letter that is left out again
            found.append(old.encode("a" + piece)[1:] or old.encode(piece))
    return found


def transferred(weight: Tensor, parameter: Tensor, spelt: list[list[int]]) -> Tensor:
    """`weight` for the shape of `parameter`: unchanged, or a row for each new subword."""
    if weight.shape == parameter.shape:
        return weight
    rows = [weight[ids] for ids in spelt]
    # A bias is a log frequency: a subword is no more frequent than the rarest that spelt it.
    return torch.stack([row.mean(dim=0) if weight.ndim == 2 else row.min() for row in rows])


if __name__ == "__main__":
    main()
