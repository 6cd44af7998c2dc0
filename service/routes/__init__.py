"""The endpoints, a subject a file."""

from service.routes import (
    deepl,
    deepl_documents,
    detect,
    documents,
    glossaries,
    health,
    languages,
    metrics,
    suggest,
    translate,
)

_SUBJECTS = (
    translate,
    suggest,
    languages,
    detect,
    documents,
    deepl,
    glossaries,
    deepl_documents,
    health,
    metrics,
)
ROUTERS = tuple(each.router for each in _SUBJECTS)
