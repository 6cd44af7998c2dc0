"""The dialects of translation APIs, a folder for each, with its routes, bodies and language codes.

May call all of `service`; no dialect knows another.
"""

from service.dialects import deepl, libretranslate

ROUTERS = (*libretranslate.ROUTERS, *deepl.ROUTERS)
