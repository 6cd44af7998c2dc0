"""What int8 and short lists cost: BLEU and chrF of a package beside its weights in float32 over the full vocabulary.

python benchmarks/int8_cost.py models/en-de data/tatoeba/en-de/test.en.gz data/tatoeba/en-de/test.de.gz
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from nmt.corpus import SentencePair
from nmt.corpus.readers.lines import read_aligned
from nmt.decoding import LengthModel
from nmt.inspect.packages import open_translator
from nmt.runtime import ModelPackage, Translator
from nmt.scores import score
from nmt.training.export.package import Provenance, Trained, export_package, model_files


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    pairs = list(read_aligned(arguments.source, arguments.target))
    with tempfile.TemporaryDirectory() as directory:
        float32 = Path(directory) / "float32"
        export_float32(arguments.package, float32)
        print(f"{len(pairs)} sentences of {arguments.source}")
        print(f"{'graphs':<10}{'beam':>5}{'BLEU':>8}{'chrF':>8}{'seconds':>9}{'MB':>7}")
        for beam_size in (1, 5):
            for name, package in (("float32", float32), ("int8", arguments.package)):
                print(row(name, package, pairs, beam_size))


def row(name: str, package: Path, pairs: list[SentencePair], beam_size: int) -> str:
    """One line of the table."""
    with Translator.load(package) as translator:
        started = time.perf_counter()
        results = translator.translate([pair.source for pair in pairs], beam_size=beam_size)
        seconds = time.perf_counter() - started
        language = translator.manifest.target
    scores = score([result.text for result in results], [pair.target for pair in pairs], language)
    size = sum((package / graph).stat().st_size for graph in ("encoder.onnx", "step.onnx", "arrays.npz")) / 1e6
    return f"{name:<10}{beam_size:>5}{scores.bleu:>8.2f}{scores.chrf:>8.2f}{seconds:>9.2f}{size:>7.1f}"


def export_float32(path: Path, output: Path) -> None:
    """The package at `path` with float32 graphs, made from the weights that it keeps to be trained further.

    Those have eight bits a number with a scale a row, so this is what the graphs' rounding costs, not the weights'.
    """
    package = ModelPackage.open(path)
    manifest = package.manifest
    model = open_translator(path).model
    length = LengthModel(**manifest.length.model_dump())
    provenance = Provenance(manifest.name, manifest.source, manifest.target, manifest.created, "", "")
    export_package(output, model_files(Trained(model, *package.tokenizers(), length), "float32"), provenance)


if __name__ == "__main__":
    main()
