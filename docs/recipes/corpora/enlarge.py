"""Give a package another vocabulary or a deeper encoder, and keep what its weights know, to train it further.

    python docs/recipes/corpora/enlarge.py models/en-de --output start/en-de --encoder-layers 2
    python docs/recipes/corpora/enlarge.py models/en-de --output start/en-de --vocabulary 8000 \
        --pairs data/tatoeba/en-de/train.en.gz data/tatoeba/en-de/train.de.gz [--pairs ...]

Subwords of the old vocabulary keep their embeddings. A new one begins with the mean of those that spelt it
(Gee et al. 2022, "Fast vocabulary transfer"). A new layer begins so small that, with its residual connection, the
encoder says nearly what it said before. A package with a new vocabulary has no short lists:
`nmt models learn --short-lists` adds them after its training. For packages with one joint vocabulary and tied
embeddings.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

import torch
from augment import read
from torch import Tensor

from nmt.decoding import LengthModel
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime import ModelPackage
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.manifest import ARRAYS
from nmt.training.export.package import Provenance, Trained, export_package, model_files
from nmt.training.fine_tuning.start import Start
from tokenizer import PAD_ID, SubwordTokenizer, learn_tokenizer

_SPACE = "\u2581"
_OF_THE_PACKAGE = {"parameters", "precision"}
_NEW_LAYER = 0.3
"""The weights of a new layer, as a share of what a layer begins with. Its outputs are then about as much smaller."""


def main() -> None:
    """Write the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--encoder-layers", type=int)
    parser.add_argument("--vocabulary", type=int, help="number of subwords, learned from --pairs")
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", default=[], metavar=("SOURCE", "TARGET"))
    options = parser.parse_args()
    if (options.vocabulary is None) == bool(options.pairs):
        parser.error("--vocabulary and --pairs belong together")
    package = ModelPackage.open(options.package)
    manifest = package.manifest
    old = SubwordTokenizer(package.read(manifest.vocabulary.source.file))
    new = old
    if options.pairs:
        texts = sorted(chain.from_iterable(pair for paths in options.pairs for pair in read(paths)))
        new = learn_tokenizer(texts, options.vocabulary)
    values = {name: value for name, value in manifest.model.items() if name not in _OF_THE_PACKAGE}
    values |= {"source_vocabulary": new.vocabulary_size, "target_vocabulary": new.vocabulary_size}
    if options.encoder_layers is not None:
        values["encoder_layers"] = options.encoder_layers
    spelt = spellings(old, new)
    model = enlarged(ModelConfig.from_dict(values), Start.open(options.package).weights, spelt)
    length = manifest.length
    lengths = LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum)
    with package.open_file(ARRAYS) as file:  # short lists are lists of subwords, so they go with the vocabulary
        lists = None if options.pairs else ModelArrays.read(file).short_lists
    trained = Trained(model, new, new, lengths, lists)
    provenance = Provenance(
        name=manifest.name,
        source=manifest.source,
        target=manifest.target,
        created=datetime.date.today().isoformat(),
        command=f"python docs/recipes/corpora/enlarge.py {options.package} --output {options.output}",
        settings=package.read("settings.yaml").decode(),
        corpora=manifest.corpora,
    )
    export_package(options.output, model_files(trained), provenance)
    kept = sum(len(ids) == 1 for ids in spelt)
    print(f"{options.output}: {model.parameter_count():,} weights, {len(spelt):,} subwords, {kept:,} of them as before")


def enlarged(config: ModelConfig, stored: Mapping[str, Tensor], spelt: list[list[int]]) -> Seq2Seq:
    """A model of `config` with the weights `stored`, rows for the subwords `spelt`, and small weights in new layers."""
    torch.manual_seed(1)
    model = Seq2Seq(config, PAD_ID).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in stored:
                parameter.copy_(transferred(stored[name], parameter, spelt))
            elif "weight" in name:
                parameter.mul_(_NEW_LAYER)
    return model


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
