"""Find sources with several translations, and translations with several sources."""

from __future__ import annotations

import numpy as np

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import Finding, Role
from nmt.corpus.check.measures.tally import Tally
from nmt.corpus.hash_set import SeenHashes


class InconsistentTranslations:
    """Counts the kept pairs of one use that give a text of one side a further partner."""

    def __init__(self, kind: str) -> None:
        self._tally = Tally(kind)
        self._by_source = kind == "several_targets"
        self._texts = SeenHashes()
        self._with_several = SeenHashes()

    def feed(self, chunk: Chunk) -> None:
        """Count the pairs of `chunk`."""
        # A repeated pair gives its source no further target, and a pair without text is no translation.
        translations = (index for index, fault in enumerate(chunk.faults) if fault not in ("repeated", "empty"))
        kept = np.fromiter(translations, dtype=np.int64)
        hashes = (chunk.source_hashes if self._by_source else chunk.target_hashes)[kept]
        again = ~self._texts.add(hashes)
        self._with_several.add(hashes[again])
        self._tally.add(chunk, kept[again].tolist())

    def finding(self, role: Role) -> Finding:
        """Return the finding."""
        distinct = len(self._texts)
        details = {"distinct": distinct, "with_several": len(self._with_several)}
        return self._tally.finding(role, details)
