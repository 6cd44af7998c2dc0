"""The endpoints, a subject a file."""

from service.routes import deepl, detect, glossaries, health, languages, metrics, suggest, translate

ROUTERS = tuple(each.router for each in (translate, suggest, languages, detect, deepl, glossaries, health, metrics))
