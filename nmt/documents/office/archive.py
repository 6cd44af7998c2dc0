"""ZIP documents with XML parts: read defensively, and written with all other parts unchanged."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from nmt.documents.document import Fragment
from nmt.errors import DocumentError

MOST_UNPACKED = 100_000_000
"""Number of bytes that any file may unpack to."""
MOST_RATIO = 20
"""Maximum ratio of unpacked to packed size, if that allows more. XML packs to a tenth, pictures hardly at all."""
LARGEST_PART = 32_000_000
"""Maximum size of an XML part in bytes. Its tree takes about ten times as much memory. A thick novel has 5,000,000."""

NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, LookupError, RuntimeError)
"""Exceptions that zipfile raises for data that is not a zip file, is damaged or encrypted, or uses an unknown
compression."""


class Paragraph(Protocol):
    """An XML element whose text is one fragment."""

    @property
    def fragment(self) -> Fragment:
        """Return the fragment to translate."""

    def replace(self, text: str) -> None:
        """Replace the element's text with `text`, a translation of the fragment."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The unpacked parts of a zip file."""

    name: str
    """Name of the file, used in messages."""
    parts: dict[str, bytes]
    """The parts by name, in their order."""
    packed: frozenset[str]
    """Names of the compressed parts."""

    @classmethod
    def read(cls, name: str, content: bytes) -> Archive:
        """Unpack the file `name`, unless it is suspiciously large."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                infos = archive.infolist()
                if sum(info.file_size for info in infos) > max(MOST_UNPACKED, MOST_RATIO * len(content)):
                    raise DocumentError(f"{name} unpacks to far more than its size: save it again, with fewer pictures")
                # Reading one byte more than announced detects a false announcement without unpacking everything.
                parts = {info.filename: archive.open(info).read(info.file_size + 1) for info in infos}
        except _FAULTS as error:
            raise DocumentError(
                f"{name} is damaged, encrypted or no such document ({error}): save it again, without a password"
            ) from None
        if len(parts) != len(infos):
            raise DocumentError(f"{name} has two parts of the same name: save it again")
        return cls(name, parts, frozenset(info.filename for info in infos if info.compress_type != zipfile.ZIP_STORED))

    def tree(self, part: str) -> etree._Element:
        """Parse an XML part without entities and without network access."""
        content = self.parts.get(part)
        if content is None:
            raise DocumentError(f"{self.name} has no part {part}: save it again in the program it comes from")
        if len(content) > LARGEST_PART:
            raise DocumentError(f"{self.name} is too long: its part {part} has {len(content)} bytes; split it")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DocumentError(f"{self.name} has a damaged part {part} ({error}): save it again") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise DocumentError(f"{self.name} declares entities in {part}, as no such document may: save it again")
        return root

    def written(self, changed: dict[str, bytes]) -> bytes:
        """Return the zip file with the contents of the `changed` parts replaced."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part, content in self.parts.items():
                info = zipfile.ZipInfo(part)  # no date, which would make two translations of a file differ
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED if part in self.packed else zipfile.ZIP_STORED
                archive.writestr(info, changed.get(part, content))
        return buffer.getvalue()


class ArchivedDocument:
    """A zip file whose XML parts are translated paragraph by paragraph."""

    def __init__(
        self, archive: Archive, parts: Sequence[str], paragraphs: Callable[[etree._Element], Iterable[Paragraph]]
    ) -> None:
        """`parts` are the names of the parts to translate. `paragraphs` finds the paragraphs of a part."""
        self._archive = archive
        self._parts = parts
        self._paragraphs = paragraphs
        # Trees are not kept: they would take many times the file's memory while the translation waits.
        self._texts = [[paragraph.fragment for paragraph in paragraphs(archive.tree(part))] for part in parts]

    @property
    def texts(self) -> list[Fragment]:
        """Return the texts to translate, part by part."""
        return [fragment for part in self._texts for fragment in part]

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return the file with its texts replaced by `texts`. A paragraph whose text is unchanged is not touched."""
        if len(texts) != len(self.texts):
            raise ValueError(f"{len(texts)} texts for {len(self.texts)} paragraphs")
        remaining = iter(texts)
        changed: dict[str, bytes] = {}
        for part, fragments in zip(self._parts, self._texts, strict=True):
            translated = [next(remaining) for _ in fragments]
            if any(text != fragment.text for text, fragment in zip(translated, fragments, strict=True)):
                changed[part] = self._translated(part, translated)
        return self._archive.written(changed)

    def _translated(self, part: str, texts: Sequence[str]) -> bytes:
        root = self._archive.tree(part)
        # Read all before writing one: a paragraph may hold others, such as those of a text box or a footnote.
        for paragraph, text in zip(list(self._paragraphs(root)), texts, strict=True):
            if text != paragraph.fragment.text:
                paragraph.replace(NOT_XML.sub("", text))
        tree = root.getroottree()
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=tree.docinfo.standalone)
