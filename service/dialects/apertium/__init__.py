"""Apertium-APY's API, which Weblate and MediaWiki speak: /listPairs, and /translate with a `langpair`.

May call all of `service`, and no other dialect.
"""

from service.dialects.apertium import translate
from service.http.dialect import Dialect

DIALECT = Dialect(prefix="/apertium", error_field="explanation", shared_path="/translate", told_by="langpair")
ROUTERS = (translate.router,)
