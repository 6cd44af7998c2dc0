"""The supported translation APIs (dialects), one folder each, with its routes, bodies and language codes.

May call all of `service`. No dialect imports another.
"""

from service.dialects import apertium, deepl, deeplx, libretranslate, opennmt, plain

DIALECTS = (
    libretranslate.DIALECT,
    *deepl.DIALECTS,
    deeplx.DIALECT,
    apertium.DIALECT,
    opennmt.DIALECT,
    plain.DIALECT,
)
ROUTERS = (
    *libretranslate.ROUTERS,
    *deepl.ROUTERS,
    *deeplx.ROUTERS,
    *apertium.ROUTERS,
    *opennmt.ROUTERS,
    *plain.ROUTERS,
)
