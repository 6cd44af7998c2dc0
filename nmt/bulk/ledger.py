"""Which pieces of which files are translated: a file each until the last one is, and then one output file.

    OUTPUT/NAME                            the translation, when it is whole
    OUTPUT/NAME.errors.jsonl               lines that could not be translated, if there are any
    OUTPUT/.nmt-bulk/plan.json             what it is made with
    OUTPUT/.nmt-bulk/shards/NAME/00000042-DIGEST   a translated piece, after a line that describes it
    OUTPUT/.nmt-bulk/done/NAME.json        what a finished file was made of

Each is written under another name and renamed, or is one object of a store. So after a kill at any point a piece is
there whole or not at all, and the digest of its source in its name tells whether it belongs to the input of today.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from nmt.bulk.formats import Fault, Piece
from nmt.bulk.inputs import InputFile
from nmt.bulk.pair_counts import NO_PAIRS, PairCounts
from nmt.bulk.plan import STATE, Plan
from nmt.bulk.store import Store
from nmt.bulk.translating import TranslatedPiece
from nmt.errors import BulkError

ERRORS = ".errors.jsonl"


class Shard(BaseModel):
    """What the first line of a translated piece says."""

    plan: str
    """Digest of the plan."""
    input_sha256: str
    output_sha256: str
    first_line: int
    lines: int
    words: int
    faults: list[Fault]
    pairs: PairCounts = NO_PAIRS


class Finished(BaseModel):
    """What a finished file was made of."""

    plan: str
    size: int
    """Bytes of the input, as stored."""
    modified: str
    input_sha256: str
    """Of the digests of its pieces."""
    output_size: int
    lines: int
    words: int
    errors: int
    pairs: PairCounts = NO_PAIRS


class Ledger:
    """The state of a translation in its output directory."""

    def __init__(self, store: Store, plan: Plan) -> None:
        self._store = store
        self._plan = plan.digest
        self._lines = plan.shard_lines

    def finished(self, file: InputFile) -> Finished | None:
        """Return what is known of `file` if its translation is whole. Raises BulkError if either was changed since.

        If the translation was removed, the file is translated again.
        """
        content = self._store.read(_done(file))
        output_size = self._store.size(file.output)
        if content is None or output_size is None:
            return None
        known = Finished.model_validate_json(content)
        if output_size != known.output_size:
            raise BulkError(
                f"{self._store.place(file.output)}: has {output_size:,} bytes, and {known.output_size:,} were written: "
                f"move it away, and say the same command again to translate {file.path} anew"
            )
        if (file.size, file.modified) != (known.size, known.modified):
            if digest_of(piece.digest for piece, _ in file.pieces(self._lines)) != known.input_sha256:
                raise BulkError(
                    f"{file.path}: has changed since it was translated: move {self._store.place(file.output)} away, "
                    f"and say the same command again to translate it anew"
                )
            known = known.model_copy(update={"size": file.size, "modified": file.modified})
            self._store.write(_done(file), known.model_dump_json().encode())
        self._store.remove(_directory(file))  # a kill may have left them
        return known

    def committed(self, file: InputFile) -> dict[int, str]:
        """Return the digest in the name of each translated piece of `file`, by index."""
        names = (name.split("-") for name in self._store.names(_directory(file)))
        return {int(index): digest for index, digest in names}

    def check(self, file: InputFile, piece: Piece, digest: str) -> None:
        """Raises BulkError if the translated piece at the place of `piece` was made of something else."""
        if piece.digest != digest:
            last = piece.first_line + piece.lines - 1
            raise BulkError(
                f"{file.path}: lines {piece.first_line:,} to {last:,} have changed since they were translated: put "
                f"back the file as it was, or remove {self._store.place(_directory(file))} to translate it anew"
            )

    def commit(self, file: InputFile, piece: Piece, done: TranslatedPiece) -> None:
        """Store the translation of `piece`. Raises DiskFull."""
        digest = piece.digest
        shard = Shard(
            plan=self._plan,
            input_sha256=digest,
            output_sha256=hashlib.sha256(done.content).hexdigest(),
            first_line=piece.first_line,
            lines=piece.lines,
            words=done.words,
            faults=list(done.faults),
            pairs=done.pairs,
        )
        with self._store.writing(f"{_directory(file)}/{piece.index:08d}-{digest}") as stream:
            stream.write(shard.model_dump_json().encode() + b"\n")
            stream.write(done.content)

    def finish(self, file: InputFile) -> Finished:
        """Make the output file of the pieces of `file`, all of which are translated. Raises BulkError on a damaged
        piece, and DiskFull."""
        totals = _Totals()
        with self._store.writing(file.output) as stream:
            file.format.format.join(totals.counted(self._shards(file)), stream)
            if totals.errors:  # where there is an output file, its errors are there too
                with self._store.writing(f"{file.output}{ERRORS}") as errors:
                    for shard, _ in self._shards(file):
                        errors.writelines(_error_line(file, shard, fault) for fault in shard.faults)
        finished = Finished(
            plan=self._plan,
            size=file.size,
            modified=file.modified,
            input_sha256=digest_of(self.committed(file).values()),
            output_size=self._store.size(file.output) or 0,
            lines=totals.lines,
            words=totals.words,
            errors=totals.errors,
            pairs=totals.pairs,
        )
        self._store.write(_done(file), finished.model_dump_json().encode())
        self._store.remove(_directory(file))
        return finished

    def _shards(self, file: InputFile) -> Iterator[tuple[Shard, bytes]]:
        """Yield the translated pieces of `file` in order. Raises BulkError on one that is not as it was written."""
        for name in self._store.names(_directory(file)):
            place = f"{_directory(file)}/{name}"
            head, _, content = (self._store.read(place) or b"").partition(b"\n")
            try:
                shard = Shard.model_validate_json(head)
                is_whole = shard.output_sha256 == hashlib.sha256(content).hexdigest()
            except ValidationError:
                is_whole = False
            if not is_whole:
                raise BulkError(
                    f"{self._store.place(place)}: is damaged: remove it and say the same command again, which "
                    f"translates its lines anew"
                )
            yield shard, content


@dataclass(slots=True)
class _Totals:
    """Of the pieces that have passed."""

    lines: int = 0
    words: int = 0
    errors: int = 0
    pairs: PairCounts = NO_PAIRS

    def counted(self, shards: Iterable[tuple[Shard, bytes]]) -> Iterator[bytes]:
        """Yield the contents of `shards`."""
        for shard, content in shards:
            self.lines += shard.lines
            self.words += shard.words
            self.errors += len(shard.faults)
            self.pairs += shard.pairs
            yield content


def digest_of(digests: Iterable[str]) -> str:
    """Return the digest of a file from those of its pieces."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _error_line(file: InputFile, shard: Shard, fault: Fault) -> bytes:
    record = {"file": file.name, "line": shard.first_line + fault.line, "error": fault.reason, "text": fault.text}
    return json.dumps(record, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"


def _directory(file: InputFile) -> str:
    return f"{STATE}/shards/{file.output}"


def _done(file: InputFile) -> str:
    return f"{STATE}/done/{file.output}.json"
