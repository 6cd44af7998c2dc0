"""LibreTranslate's API, which is also the service's own: it has further fields, and `details` of an answer."""

from service.dialects.libretranslate import detect, documents, languages, suggest, translate

ROUTERS = (translate.router, suggest.router, languages.router, detect.router, documents.router)
