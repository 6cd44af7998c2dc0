"""Documents that are zip files with XML parts: read with care, written with all other parts as they were."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml import etree

from nmt.documents.html_fragment import Fragment
from nmt.errors import DocumentError

MOST_UNPACKED = 100_000_000
"""Bytes that a file may always unpack to."""
MOST_RATIO = 20
"""How many times its size a file may unpack to, if that is more: XML packs to a tenth, pictures hardly."""
LARGEST_PART = 32_000_000
"""Bytes of an XML part; as a tree it takes about ten times as much memory. A thick novel has 5,000,000."""

_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FAULTS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, LookupError, RuntimeError)
"""What zipfile raises for bytes that are no zip file, are damaged, encrypted, or packed in an unknown way."""


class Paragraph(Protocol):
    """An XML element whose text is one fragment."""

    @property
    def fragment(self) -> Fragment:
        """What is to be translated."""

    def replace(self, text: str) -> None:
        """Write `text`, a translation of the fragment, in the element."""


@dataclass(frozen=True, slots=True)
class Archive:
    """The parts of a zip file, unpacked."""

    name: str
    """Of the file, for messages."""
    parts: dict[str, bytes]
    """By their names, in their order."""
    packed: frozenset[str]
    """The names of those that are compressed."""

    @classmethod
    def read(cls, name: str, content: bytes) -> Archive:
        """Unpack the file `name`, if it is not suspiciously large."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                infos = archive.infolist()
                if sum(info.file_size for info in infos) > max(MOST_UNPACKED, MOST_RATIO * len(content)):
                    raise DocumentError(f"{name} unpacks to far more than its size: save it again, with fewer pictures")
                # Reading one byte more than announced shows a false announcement without unpacking it all.
                parts = {info.filename: archive.open(info).read(info.file_size + 1) for info in infos}
        except _FAULTS as error:
            raise DocumentError(
                f"{name} is damaged, encrypted or no such document ({error}): save it again, without a password"
            ) from None
        if len(parts) != len(infos):
            raise DocumentError(f"{name} has two parts of the same name: save it again")
        return cls(name, parts, frozenset(info.filename for info in infos if info.compress_type != zipfile.ZIP_STORED))

    def tree(self, part: str) -> etree._Element:
        """An XML part, read without entities and without the network."""
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
        """The zip file with other content for some parts."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part, content in self.parts.items():
                info = zipfile.ZipInfo(part)  # without a date, which would make two translations of a file differ
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED if part in self.packed else zipfile.ZIP_STORED
                archive.writestr(info, changed.get(part, content))
        return buffer.getvalue()


class ArchivedDocument:
    """A zip file of which some XML parts are translated, paragraph by paragraph."""

    def __init__(
        self, archive: Archive, parts: Sequence[str], paragraphs: Callable[[etree._Element], Iterable[Paragraph]]
    ) -> None:
        """Take the names of the `parts` to translate, and what finds the `paragraphs` of one."""
        self._archive = archive
        self._parts = parts
        self._paragraphs = paragraphs
        # No tree is kept: it would take many times the memory of the file while the translation waits.
        self._texts = [[paragraph.fragment for paragraph in paragraphs(archive.tree(part))] for part in parts]

    @property
    def texts(self) -> list[Fragment]:
        """What is to be translated, part by part."""
        return [fragment for part in self._texts for fragment in part]

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """The file with `texts` in their places; a paragraph whose text is the same is not touched."""
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
        # All are read before one is written, for a paragraph may hold others: those of a text box or a footnote.
        for paragraph, text in zip(list(self._paragraphs(root)), texts, strict=True):
            if text != paragraph.fragment.text:
                paragraph.replace(_NOT_XML.sub("", text))
        tree = root.getroottree()
        return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=tree.docinfo.standalone)
