"""The endpoints, a subject a file."""

from service.routes import health, languages, translate

ROUTERS = (translate.router, languages.router, health.router)
