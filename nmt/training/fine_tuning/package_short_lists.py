"""Short lists for a trained package, learned from its text after the training."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nmt.corpus import CorpusSpec, Direction, plain_pairs, read_pairs
from nmt.corpus.batching import IdPairs, epoch_size
from nmt.corpus.encoding import encode_pairs
from nmt.corpus.id_files import IdWriter, map_ids
from nmt.errors import ConfigError
from nmt.model import Seq2Seq
from nmt.runtime.manifest import ARRAYS
from nmt.runtime.short_lists import ShortLists
from nmt.runtime.translator import MAX_SOURCE_SUBWORDS
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.data.short_lists import short_lists
from nmt.training.export.closed_words import fit_closed_words
from nmt.training.export.graphs import packed, short_list_arrays
from nmt.training.fine_tuning.start import Start
from tokenizer import PAD_ID, SubwordTokenizer

_PAIRS = "train"


def with_short_lists(start: Start, sources: Sequence[CorpusSpec]) -> tuple[ShortLists, bytes]:
    """Return the short lists of a package, learned from the pairs of `sources`, and its arrays file with them.

    Each pair counts as often as its weight says. The pairs are spooled to a temporary directory, 4 bytes a subword.
    Raises ConfigError if there is no pair or the weights do not fit the package, and what the readers raise.
    """
    package = start.package
    source, target = package.tokenizers()
    model = Seq2Seq(start.config, PAD_ID).eval()
    start.copy_weights(model)
    with tempfile.TemporaryDirectory() as directory:
        pairs = _encoded(start, sources, (source, target), Path(directory))
        lists = short_lists(learn_lexicon(pairs, target.vocabulary_size), pairs, source.vocabulary_size)
        closed_words = fit_closed_words(model, (source, target), lists, pairs)
    with package.open_file(ARRAYS) as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored if not name.startswith("short_list.")}
    int8 = package.manifest.model["precision"] == "int8"
    return lists, packed({**arrays, **short_list_arrays(lists, closed_words, int8)})


def _encoded(
    start: Start, sources: Sequence[CorpusSpec], tokenizers: tuple[SubwordTokenizer, SubwordTokenizer], directory: Path
) -> IdPairs:
    """Return the pairs of `sources` in subwords, in files of `directory`."""
    manifest = start.package.manifest
    weights = []
    with IdWriter(directory, _PAIRS) as writer:
        for spec in sources:
            pairs = plain_pairs(read_pairs(spec, Direction(manifest.source, manifest.target)))
            count = 0
            for _, source_ids, target_ids in encode_pairs(pairs, *tokenizers, MAX_SOURCE_SUBWORDS):
                writer.add(source_ids, target_ids)
                count += 1
            weights.append((count, spec.weight))
    if not epoch_size(weights):
        raise ConfigError(
            "no pairs are left to learn short lists from, by number and weight: give the text of the training, or "
            "raise the weights"
        )
    return IdPairs.of_arrays(map_ids(directory, _PAIRS), weights)
