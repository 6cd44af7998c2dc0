"""A GET request with one text, for programs in which only an address and names of fields can be set, such as OmegaT.

May call all of `service`, and no other dialect.
"""

from service.dialects.plain import translate
from service.http.dialect import Dialect

DIALECT = Dialect(prefix="/plain")
ROUTERS = (translate.router,)
