"""The supported translation APIs (dialects), one folder each, with its routes, bodies and language codes.

May call all of `service`. No dialect imports another.
"""

from service.dialects import deepl, libretranslate

DIALECTS = (libretranslate.DIALECT, *deepl.DIALECTS)
ROUTERS = (*libretranslate.ROUTERS, *deepl.ROUTERS)
