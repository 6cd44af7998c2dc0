"""Pictures and their captions, read, checked, encoded and batched."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from nmt.caption.pictures import read_picture
from nmt.corpus import CorpusSpec, Direction, SentencePair, read_pairs
from nmt.corpus.batching import Batch, IdPairs, Split
from nmt.corpus.held_out import HeldOut
from nmt.errors import CorpusError, PictureError
from nmt.training.data.vocabulary import TARGET, learn_once
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.settings.config import DataConfig
from tokenizer import SubwordTokenizer

_COLUMNS = "picture"
"""What a table with named columns calls the file names, unless the source says otherwise."""


class CaptionedPictures(IdPairs):
    """Captions as subword ids, and their pictures. As far as batching is concerned, a picture is one subword."""

    similar_lengths = False
    """Batch normalization in training stands for the whole corpus only if a batch does. Pictures whose captions have
    the same length are too much alike: with them, the validation loss of drawn scenes was 0.63 instead of below 0.1."""

    def __init__(self, pictures: NDArray[np.uint8], numbers: Sequence[int], captions: Sequence[Sequence[int]]) -> None:
        """`pictures` (N, 3, P, P) may be a mapped file. `numbers` gives the picture of each of `captions`."""
        super().__init__([[number] for number in numbers], captions)
        self._pictures = pictures

    def batch(self, indices: Sequence[int], split: Split | None = None) -> Batch:
        """Return the captions at `indices` as one padded batch whose source is their pictures (B, 3, P, P)."""
        batch = super().batch(indices, split)
        return replace(batch, source=torch.from_numpy(self._pictures[batch.source[:, 0].numpy()]))


@dataclass(frozen=True, slots=True)
class PreparedCaptions:
    """What a captioner is trained on and evaluated with."""

    train: CaptionedPictures
    valid: CaptionedPictures
    valid_pairs: Sequence[SentencePair]
    """File names and captions of `valid`."""
    pictures: NDArray[np.uint8]
    """Shape (N, 3, P, P)."""
    tokenizer: SubwordTokenizer
    max_subwords: int
    """Number of subwords of the longest training caption, including <END>."""
    too_long: int
    """Number of training captions that were left out because of their length."""
    digest: str
    """SHA-256 of the pictures and captions."""

    def valid_picture(self, index: int) -> NDArray[np.uint8]:
        """Return the picture (3, P, P) of a validation pair."""
        picture: NDArray[np.uint8] = self.pictures[int(self.valid.source(index)[0])]
        return picture

    def fingerprint(self, *settings: object) -> str:
        """Return a hash of the pictures, captions, tokenizer and `settings`."""
        tokenizer = hashlib.sha256(self.tokenizer.to_bytes()).hexdigest()
        return hashlib.sha256(json.dumps([self.digest, tokenizer, *settings], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CaptionSources:
    """Where pictures and captions come from."""

    pictures: Path
    """Directory that the file names are relative to."""
    train: tuple[CorpusSpec, ...]
    """Tables of file names and captions."""
    language: str
    valid: tuple[CorpusSpec, ...] = ()
    """By default, pictures are held out of those of `train`, with all their captions."""


def prepare_captions(
    sources: CaptionSources, config: DataConfig, image_size: int, run: Path, told: Callable[[str], None]
) -> PreparedCaptions:
    """Read captions and pictures. `told` is called with lines for people. Raises CorpusError and DiskFull."""
    train, valid = _read(sources, sources.train), _read(sources, sources.valid)
    if not sources.valid:
        chosen = HeldOut(config.held_out, config.seed)
        for pair in train:
            chosen.see(pair)
        valid = chosen.choose()
        held_out = {pair.source for pair in valid}
        train = [pair for pair in train if pair.source not in held_out]
    if not (train and valid):
        raise CorpusError(
            f"{len(train)} training captions and {len(valid)} validation captions: give those of two pictures or more"
        )
    tokenizer = learn_once(run / TARGET, lambda: (pair.target for pair in train), config.vocabulary_size)
    names = list(dict.fromkeys(pair.source for pair in (*train, *valid)))
    told(f"{len(train):,} captions to train on, {len(valid):,} held out, {len(names):,} pictures")
    places = {pair.source: str(pair.origin) for pair in (*valid, *train)}
    pictures, digest = _pictures(sources.pictures, [(name, places[name]) for name in names], image_size, run)
    number = {name: index for index, name in enumerate(names)}

    def encoded(pairs: Sequence[SentencePair], ids: Sequence[Sequence[int]]) -> CaptionedPictures:
        return CaptionedPictures(pictures, [number[pair.source] for pair in pairs], ids)

    ids = tokenizer.encode_all([pair.target for pair in train])
    kept = [index for index, row in enumerate(ids) if len(row) <= config.max_subwords]
    if not kept:
        raise CorpusError(f"no caption has at most {config.max_subwords} subwords (data.max_subwords): raise it")
    for pair in (*train, *valid):
        digest.update(f"{pair.source}\t{pair.target}\n".encode())
    return PreparedCaptions(
        encoded([train[index] for index in kept], [ids[index] for index in kept]),
        encoded(valid, tokenizer.encode_all([pair.target for pair in valid])),
        valid,
        pictures,
        tokenizer,
        1 + max(len(ids[index]) for index in kept),
        len(train) - len(kept),
        digest.hexdigest(),
    )


def _read(sources: CaptionSources, specs: Sequence[CorpusSpec]) -> list[SentencePair]:
    """Return file names and captions, without superfluous white space."""
    direction = Direction(_COLUMNS, sources.language)
    pairs = []
    for pair in (pair for spec in specs for pair in read_pairs(spec, direction)):
        caption = " ".join(pair.target.split())
        if not caption:
            raise CorpusError(f"{pair.origin}: {pair.source} has no caption: write one, or remove the line")
        pairs.append(replace(pair, source=pair.source.strip(), target=caption))
    return pairs


def _pictures(
    directory: Path, named: Sequence[tuple[str, str]], size: int, run: Path
) -> tuple[NDArray[np.uint8], hashlib._Hash]:
    """Return the pictures with these names, from the places that name them, and a hash that has seen them.

    They are in a mapped file without a name, because there may be more than fit in memory.
    """
    digest = hashlib.sha256(str(size).encode())
    shape = (len(named), 3, size, size)
    with tempfile.TemporaryFile(dir=run) as stored:
        with reporting_full_disk(run / "pictures", int(np.prod(shape))):
            for name, place in named:
                content = _read_picture(directory / name, place, size).tobytes()
                digest.update(content)
                stored.write(content)
            stored.flush()
        return np.memmap(stored, dtype=np.uint8, mode="r", shape=shape), digest


def _read_picture(path: Path, place: str, size: int) -> NDArray[np.uint8]:
    try:
        return read_picture(path.read_bytes(), str(path), size)
    except OSError as error:
        raise CorpusError(
            f"{place}: {path} cannot be read ({error.strerror}): file names are relative to --pictures"
        ) from error
    except PictureError as error:
        raise CorpusError(f"{place}: {error}; or remove the line") from error
