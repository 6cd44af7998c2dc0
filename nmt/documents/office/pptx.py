"""Presentations of PowerPoint: one fragment for each paragraph of the slides and their notes."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from nmt.documents.office.archive import Archive, ArchivedDocument, Paragraph, ParagraphFinder, by_number
from nmt.documents.office.drawing import drawing_paragraphs
from nmt.documents.office.runs import local_name
from nmt.errors import DocumentError

_KIND = "presentationml"


def read_pptx(name: str, content: bytes) -> ArchivedDocument:
    """Read the presentation `name`: its slides, tables, diagrams, notes, and what its layouts show on each slide.

    Comments, properties, charts, pictures, fields and the prompts of empty placeholders stay unchanged.
    """
    archive = Archive.read(name, content)
    types = archive.content_types()
    if not any(_KIND in kind for kind in types.values()):
        raise DocumentError(f"{name} is no presentation: save it as .pptx")
    found = {part: order for part, kind in types.items() for order, end in enumerate(_FINDERS) if kind.endswith(end)}
    parts = sorted(found, key=lambda part: (found[part], by_number(part)))
    finders = [*_FINDERS.values()]
    return ArchivedDocument(archive, {part: finders[found[part]] for part in parts})


def _shown_paragraphs(root: etree._Element) -> Iterator[Paragraph]:
    """Yield the paragraphs of a layout outside placeholders, whose text is a prompt that no slide shows."""
    for paragraph in drawing_paragraphs(root):
        shape = next((each for each in paragraph.element.iterancestors() if local_name(each) == "sp"), None)
        if shape is None or not any(local_name(each) == "ph" for each in shape.iter()):
            yield paragraph


_FINDERS: dict[str, ParagraphFinder] = {
    ".slide+xml": drawing_paragraphs,
    # A diagram has its texts twice: as data, and in the drawing that PowerPoint last made of them.
    ".diagramData+xml": drawing_paragraphs,
    ".diagramDrawing+xml": drawing_paragraphs,
    ".notesSlide+xml": drawing_paragraphs,
    ".slideLayout+xml": _shown_paragraphs,
    ".slideMaster+xml": _shown_paragraphs,
}
"""How the content types of parts with readable text end, in the order of the texts, and what finds their paragraphs."""
