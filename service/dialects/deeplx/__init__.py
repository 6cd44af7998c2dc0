"""DeepLX's API, which translators of PDF files, of comics and of reference managers speak: one text at /translate.

May call all of `service`, and no other dialect.
"""

from service.dialects.deeplx import translate
from service.http.dialect import Dialect

DIALECT = Dialect(prefix="/deeplx", error_field="message", shared_path="/translate", told_by="text")
ROUTERS = (translate.router,)
