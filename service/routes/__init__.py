"""The endpoints, a subject a file."""

from service.routes import detect, health, languages, translate

ROUTERS = (translate.router, languages.router, detect.router, health.router)
