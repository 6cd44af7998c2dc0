"""DeepL's API, version 2: texts, documents, glossaries, languages and usage under /v2."""

from service.dialects.deepl import documents, glossaries, translate
from service.dialects.deepl.edge import DEEPL, VERSIONS

__all__ = ["DIALECTS", "ROUTERS"]

DIALECTS = (DEEPL, *VERSIONS)
ROUTERS = (translate.router, glossaries.router, documents.router)
