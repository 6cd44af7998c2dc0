"""Loads, verifies and runs a model package. Does not use torch. May call decoding and tokenizer."""

from nmt.runtime.alignment import Alignment
from nmt.runtime.package import (
    Ancestor,
    CorpusSource,
    DecodingDefaults,
    LengthStatistics,
    Manifest,
    ModelPackage,
    Score,
    Vocabularies,
    Vocabulary,
    check_replaceable,
    copy_package,
    packages_in,
    write_package,
)
from nmt.runtime.processors import available_cpus
from nmt.runtime.translator import Translation, TranslationResult, Translator

__all__ = [
    "Alignment",
    "Ancestor",
    "CorpusSource",
    "DecodingDefaults",
    "LengthStatistics",
    "Manifest",
    "ModelPackage",
    "Score",
    "Translation",
    "TranslationResult",
    "Translator",
    "Vocabularies",
    "Vocabulary",
    "available_cpus",
    "check_replaceable",
    "copy_package",
    "packages_in",
    "write_package",
]
