"""Opens what decodes a package: the compiled decoder, or ONNX Runtime where it does not know the package."""

from __future__ import annotations

from typing import Any

from nmt.runtime.alignment import Aligner
from nmt.runtime.manifest import ATTENTION, DICTIONARY, WORD_BEGINNINGS
from nmt.runtime.native import NativeAligner, native_engine
from nmt.runtime.package import ModelPackage
from nmt.runtime.running_batch import Engine
from nmt.runtime.words import Spelling, Subwords, WordBeginnings
from tokenizer import SubwordTokenizer


def engine_of(package: ModelPackage, target_tokenizer: SubwordTokenizer) -> tuple[Engine[Any], Aligner | None]:
    """Return what decodes with `package`, and what aligns its translations unless it has no attention.

    Raises PackageCorrupt.
    """
    spelling = _spelling_of(package, target_tokenizer)
    has_attention = ATTENTION in package.manifest.files
    if native := native_engine(package, spelling=spelling):
        return native, NativeAligner(native) if has_attention else None
    from nmt.runtime.onnx.aligner import OnnxAligner
    from nmt.runtime.onnx.model import OnnxEngine, OnnxModel

    engine = OnnxEngine(OnnxModel.of_package(package), spelling)
    return engine, OnnxAligner(engine.model) if has_attention else None


def _spelling_of(package: ModelPackage, target_tokenizer: SubwordTokenizer) -> Spelling | None:
    """Return how words of the target language are spelled, unless a search of the package need not know."""
    if not {WORD_BEGINNINGS, DICTIONARY} & package.manifest.files.keys():
        return None
    pieces = target_tokenizer.pieces(range(target_tokenizer.vocabulary_size))
    has_beginnings = WORD_BEGINNINGS in package.manifest.files
    return Spelling(
        Subwords(pieces), WordBeginnings.of_bytes(package.read(WORD_BEGINNINGS)) if has_beginnings else None
    )
