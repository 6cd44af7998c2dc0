"""Which package is served: a new one is compared, put in place, taken back. May call corpus, runtime and text.

`comparing` needs the packages that training needs, so it is imported by its full name by whoever compares.
"""

from nmt.promotion.place import Place

__all__ = ["Place"]
