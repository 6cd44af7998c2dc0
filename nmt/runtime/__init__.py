"""Loads, verifies and runs a model package. Does not use torch. May call decoding and tokenizer."""

from nmt.runtime.alignment import Alignment
from nmt.runtime.manifest import (
    Ancestor,
    CorpusSource,
    DecodingDefaults,
    LengthStatistics,
    Manifest,
    PackageManifest,
    Score,
    Vocabularies,
    Vocabulary,
)
from nmt.runtime.package import ModelPackage, Package, check_replaceable, copy_package, packages_in, write_package
from nmt.runtime.processors import available_cpus
from nmt.runtime.translator import Translation, TranslationResult, Translator
from nmt.runtime.words import Dictionary, KnownWords, WordBeginnings

__all__ = [
    "Alignment",
    "Ancestor",
    "CorpusSource",
    "DecodingDefaults",
    "Dictionary",
    "KnownWords",
    "LengthStatistics",
    "Manifest",
    "ModelPackage",
    "Package",
    "PackageManifest",
    "Score",
    "Translation",
    "TranslationResult",
    "Translator",
    "Vocabularies",
    "Vocabulary",
    "WordBeginnings",
    "available_cpus",
    "check_replaceable",
    "copy_package",
    "packages_in",
    "write_package",
]
