"""LibreTranslate's API, which the service extends with its own fields, such as `details`."""

from service.dialects.libretranslate import detect, documents, languages, suggest, translate
from service.http.dialect import Dialect

DIALECT = Dialect(upload_path="/translate_file")
ROUTERS = (translate.router, suggest.router, languages.router, detect.router, documents.router)
