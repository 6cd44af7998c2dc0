"""Compare a new package with the served one, install it and roll it back. May call corpus, runtime and text.

`comparing` needs the dependencies of training, so callers import it by its full name.
"""

from nmt.promotion.place import Place

__all__ = ["Place"]
