"""ZIP documents with XML parts: read defensively, and written with all other parts unchanged."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

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
    """An XML element whose text is one fragment, or several where tabs part it."""

    @property
    def fragments(self) -> Sequence[Fragment]:
        """Return the fragments to translate."""

    def replace(self, texts: Sequence[str]) -> None:
        """Replace the element's texts with `texts`, translations of the fragments."""


ParagraphFinder: TypeAlias = Callable[[etree._Element], Iterable[Paragraph]]
"""Finds the paragraphs of a part to translate, given its root."""


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
        # Chapters of books name the DTD of XHTML, which is not loaded.
        declared = root.getroottree().docinfo.internalDTD
        if declared is not None and (declared.entities() or declared.elements()):
            raise DocumentError(f"{self.name} declares entities in {part}, as no such document may: save it again")
        return root

    def content_types(self) -> dict[str, str]:
        """Return the content type of each part of an Office Open XML file that declares one for itself."""
        declared = {
            (child.get("PartName") or "").removeprefix("/"): child.get("ContentType") or ""
            for child in self.tree("[Content_Types].xml")
        }
        return {part: kind for part, kind in declared.items() if part in self.parts}

    def written(self, changed: Mapping[str, bytes]) -> bytes:
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
        self, archive: Archive, parts: Mapping[str, ParagraphFinder], adapted: Mapping[str, bytes] | None = None
    ) -> None:
        """`parts` are the names of the parts to translate, each with the function that finds its paragraphs.

        `adapted` are the contents of parts without text that change when any text does.
        """
        self._archive = archive
        self._adapted = adapted or {}
        self._parts = parts
        # Trees are not kept: they would take many times the file's memory while the translation waits.
        self._texts = [
            [fragment for paragraph in paragraphs(archive.tree(part)) for fragment in paragraph.fragments]
            for part, paragraphs in parts.items()
        ]

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
        return self._archive.written({**self._adapted, **changed} if changed else {})

    def _translated(self, part: str, texts: Sequence[str]) -> bytes:
        root = self._archive.tree(part)
        # Read all before writing one: a paragraph may hold others, such as those of a text box or a footnote.
        remaining = iter(texts)
        for paragraph in list(self._parts[part](root)):
            translated = [next(remaining) for _ in paragraph.fragments]
            if translated != [fragment.text for fragment in paragraph.fragments]:
                paragraph.replace([NOT_XML.sub("", text) for text in translated])
        return as_bytes(root)


def as_bytes(root: etree._Element) -> bytes:
    """Return the part with the root element `root`, which loses its document type."""
    tree = root.getroottree()
    doctype, standalone = tree.docinfo.doctype or None, tree.docinfo.standalone
    # libxml2 adds an element to a page whose document type is XHTML 1.0, so the tree is written without its type.
    tree.docinfo.clear()
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=standalone, doctype=doctype)


def by_number(part: str) -> tuple[int, str]:
    """Return a key that sorts names of parts by the number that ends them: slide2.xml before slide10.xml."""
    digits = re.search(r"([0-9]{1,9})\.xml$", part)
    return int(digits[1]) if digits else 0, part
