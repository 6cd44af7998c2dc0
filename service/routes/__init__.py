"""The endpoints, a subject a file."""

from service.routes import deepl, detect, health, languages, metrics, translate

ROUTERS = (translate.router, languages.router, detect.router, deepl.router, health.router, metrics.router)
