"""Short lists for a package that has none, or others than its text would give."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nmt.corpus import CorpusSpec, Direction, plain_pairs, read_pairs
from nmt.corpus.batching import IdPairs
from nmt.corpus.encoding import encode_pairs
from nmt.corpus.id_files import IdWriter, map_ids
from nmt.errors import ConfigError
from nmt.runtime import ModelPackage
from nmt.runtime.manifest import ARRAYS
from nmt.runtime.short_lists import ShortLists
from nmt.runtime.translator import MAX_SOURCE_SUBWORDS
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.data.short_lists import short_lists
from nmt.training.export.graphs import packed, short_list_arrays
from tokenizer import SubwordTokenizer

_PAIRS = "train"


def learn_short_lists(package: ModelPackage, sources: Sequence[CorpusSpec]) -> ShortLists:
    """Learn the short lists of `package` from the pairs of `sources`, each as often as its weight says.

    The pairs are spooled to a temporary directory, 8 bytes a subword. Raises ConfigError if there is no pair, and what
    the readers raise.
    """
    manifest = package.manifest
    source, target = (
        SubwordTokenizer(package.read(side.file)) for side in (manifest.vocabulary.source, manifest.vocabulary.target)
    )
    direction = Direction(manifest.source, manifest.target)
    weights = []
    with tempfile.TemporaryDirectory() as directory:
        with IdWriter(Path(directory), _PAIRS) as writer:
            for spec in sources:
                pairs = plain_pairs(read_pairs(spec, direction))
                count = 0
                for _, source_ids, target_ids in encode_pairs(pairs, source, target, MAX_SOURCE_SUBWORDS):
                    writer.add(source_ids, target_ids)
                    count += 1
                weights.append((count, spec.weight))
        if not sum(count for count, _ in weights):
            raise ConfigError("the text has no pairs to learn short lists from: give the text of the training")
        read = IdPairs.of_arrays(map_ids(Path(directory), _PAIRS), weights)
        return short_lists(learn_lexicon(read, target.vocabulary_size), read, source.vocabulary_size)


def arrays_with(package: ModelPackage, lists: ShortLists) -> bytes:
    """Return the arrays file of `package` with `lists` in the place of its own."""
    with package.open_file(ARRAYS) as file, np.load(file, allow_pickle=False) as stored:
        return packed({**stored, **short_list_arrays(lists)})
