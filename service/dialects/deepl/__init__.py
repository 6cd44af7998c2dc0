"""DeepL's API: texts, documents, glossaries, languages and usage under /v2, glossaries of several pairs under /v3."""

from service.dialects.deepl import documents, glossaries, multilingual_glossaries, translate
from service.dialects.deepl.edge import DEEPL, VERSIONS

__all__ = ["DIALECTS", "ROUTERS"]

DIALECTS = (DEEPL, *VERSIONS)
ROUTERS = (translate.router, glossaries.router, multilingual_glossaries.router, documents.router)
