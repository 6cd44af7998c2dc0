"""Language models without torch: packages, log probabilities of texts, samples, and a choice among translations.

May import `languages`, `runtime`, for packages, sessions and translations, and `tokenizer`.
"""

from nmt.language_model.model import LanguageModel
from nmt.language_model.package import LanguageModelManifest, LanguageModelPackage
from nmt.language_model.reranking import LanguageModelReranker
from nmt.language_model.sampling import SampleOptions
from nmt.language_model.scoring import TextScore, score_text

__all__ = [
    "LanguageModel",
    "LanguageModelManifest",
    "LanguageModelPackage",
    "LanguageModelReranker",
    "SampleOptions",
    "TextScore",
    "score_text",
]
