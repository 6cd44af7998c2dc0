"""The API of OpenNMT-py's server, which translation tools speak: /translator/translate and /translator/models.

May call all of `service`, and no other dialect.
"""

from service.dialects.opennmt import translate
from service.http.dialect import Dialect

DIALECT = Dialect(prefix="/translator")
ROUTERS = (translate.router,)
