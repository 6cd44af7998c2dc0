"""The translation memory: units of a source and its translation in a SQLite file, found by exact or similar source.

May import `characters`, `database` and `errors`. `importing` and `exporting` also import `corpus`, which a service
does not need, so they are imported by their full names.
"""

from nmt.memory.matching import Match
from nmt.memory.store import SUGGESTION, Count, Memory, Unit

__all__ = ["SUGGESTION", "Count", "Match", "Memory", "Unit"]
