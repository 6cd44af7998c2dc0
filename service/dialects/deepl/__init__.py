"""DeepL's API: texts, documents, glossaries, languages and usage under /v2; glossaries and languages under /v3."""

from service.dialects.deepl import (
    documents,
    glossaries,
    languages,
    multilingual_glossaries,
    translate,
    unsupported,
    usage,
)
from service.dialects.deepl.edge import DEEPL, VERSIONS

__all__ = ["DIALECTS", "ROUTERS"]

DIALECTS = (DEEPL, *VERSIONS)
ROUTERS = (
    translate.router,
    languages.router,
    usage.router,
    glossaries.router,
    multilingual_glossaries.router,
    documents.router,
    unsupported.router,
)
