"""Language models without torch: packages, log probabilities of texts, samples.

May import `runtime`, for packages and sessions, and `tokenizer`.
"""

from nmt.language_model.model import LanguageModel
from nmt.language_model.package import LanguageModelManifest, LanguageModelPackage
from nmt.language_model.sampling import SampleOptions
from nmt.language_model.scoring import TextScore, score_text

__all__ = ["LanguageModel", "LanguageModelManifest", "LanguageModelPackage", "SampleOptions", "TextScore", "score_text"]
