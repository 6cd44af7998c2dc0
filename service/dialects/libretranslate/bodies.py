"""Request and response bodies in LibreTranslate's format."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, field_validator

from service.documents.store import Stage
from service.translating.request import Keyed, is_unicode


class DetectedLanguage(BaseModel):
    """The detected language of a text."""

    confidence: float = Field(description="In percent.")
    language: str


class Subword(BaseModel):
    """A subword of a translation, as the model produced it."""

    piece: str = Field(description="U+2581 represents a space; the last piece may be <END>.")
    probability: float


class AttentionAlignment(BaseModel):
    """How much attention each subword of a translation paid to each subword of its source."""

    source: list[str] = Field(description="Subwords of the source; the last one is <END>.")
    target: list[str] = Field(description="Subwords of the translation, those in subwords.")
    weights: list[list[float]] = Field(
        description="One row per subword of target, with one weight per subword of source; a row sums to 1."
    )


class SentenceDetails(BaseModel):
    """How one sentence was translated."""

    source: str
    translation: str
    score: float | None = Field(description="Log probability over the length penalty; null if left unchanged.")
    subwords: list[Subword] = Field(
        description="Subwords of the model's translation; with used_stand_ins, they contain the stand-ins."
    )
    alignment: AttentionAlignment | None = Field(
        description="Attention of these subwords; null if the sentence was left unchanged, if the model has no "
        "attention, and beyond the first million weights of a request."
    )
    truncated: bool = Field(description="The length limit cut the translation.")
    repetition_stopped: bool = Field(description="The model repeated itself; one repetition was kept.")
    used_stand_ins: bool = Field(
        description="The model lost a protected part or a name; a number, or a name that it knows, replaced it."
    )
    carried: list[str] = Field(description="Names that the model does not know, carried through unchanged.")
    looked_up: list[str] = Field(
        description="Words that the model left untranslated, which have the dictionary's translation instead."
    )
    from_dictionary: bool = Field(
        description="Whether the package's dictionary has the text, and the model said something else."
    )
    translated_around: bool = Field(
        description="The model lost the number too; the text between protected parts was translated separately. Score, "
        "subwords, alignment and truncated are those of the translation of the whole sentence, which was not used."
    )
    copied_source: bool = Field(description="The translation equals the source.")
    unknown_pieces: int = Field(description="Number of bytes of characters without a subword in the model.")
    queued_milliseconds: float
    decoding_milliseconds: float


class MemoryMatch(BaseModel):
    """A unit of the translation memory that is similar to a text."""

    percent: int = Field(ge=75, le=100, description="How similar its source is; 100 only if it is equal.")
    source: str
    translation: str = Field(description="With the numbers and placeholders of the text.")


class TextDetails(BaseModel):
    """How a text was translated."""

    model: str
    version: str = Field(description="Derived from the hashes of the model's files.")
    from_memory: bool = Field(
        description="The translation is from the translation memory, which has exactly this text, not the model's."
    )
    memory: list[MemoryMatch] = Field(
        description="Similar units of the translation memory, best first, whose translations are the first of the "
        "alternatives. Without alternatives, only an equal one is looked for."
    )
    sentences: list[SentenceDetails]


class TranslateResponse(BaseModel):
    """The translation of a text, or of each text of a list in the same order."""

    translatedText: str | list[str]
    alternatives: list[str] | list[list[str]] | None = Field(
        default=None,
        description="Present only if alternatives were requested; those from the translation memory first.",
    )
    detectedLanguage: DetectedLanguage | list[DetectedLanguage] | None = Field(
        default=None, description="Present only with source auto."
    )
    details: TextDetails | list[TextDetails | None] | None = Field(
        default=None, description="Present only if requested; null for a text that was already in the target language."
    )


class TranslateFileRequest(Keyed):
    """Form fields of POST /translate_file besides the file."""

    source: str = Field(description="Language code of the document, or auto to have it detected.")
    target: str = Field(description="Language code of the translation.")
    glossary: str | None = Field(default=None, description="Id of a glossary. Requires the source language.")
    column: str | None = Field(default=None, description="For a table: the name of the column to translate.")
    translate_attributes: bool = Field(
        default=False, description="For HTML: translate alt, title, placeholder and aria-label, too, and text areas."
    )
    wait: bool = Field(default=True, description="Whether to respond only when the document is translated.")

    _is_unicode = field_validator("source", "target", "glossary", "column")(is_unicode)


class TranslatedFile(BaseModel):
    """URLs of the translated document and of its status."""

    translatedFileUrl: str
    statusUrl: str


class DocumentProgress(BaseModel):
    """Status and progress of a document."""

    status: Stage
    progress: float = Field(description="From 0 to 1.")
    characters: int
    error: str | None = Field(description="Why the translation failed.")


class DetectRequest(Keyed):
    """POST /detect."""

    q: str | list[str] = Field(min_length=1, description="The text whose language to detect, or several in one.")

    _is_unicode = field_validator("q")(is_unicode)


class SuggestRequest(Keyed):
    """POST /suggest."""

    q: str = Field(min_length=1, description="The text.")
    s: str = Field(min_length=1, description="The better translation.")
    source: str = Field(description="Language code of the text.")
    target: str = Field(description="Language code of the translation.")

    _is_unicode = field_validator("q", "s", "source", "target")(is_unicode)


class Suggested(BaseModel):
    """The suggestion is stored."""

    success: Literal[True] = True


class LanguageName(BaseModel):
    """A language and its display name."""

    code: str
    name: str


class FrontendSettings(BaseModel):
    """Limits and features of the service for pages and clients, in LibreTranslate's format."""

    charLimit: int = Field(description="Maximum length of all texts of a request together, in characters.")
    frontendTimeout: int = Field(default=500, description="Milliseconds to wait after a keystroke before translating.")
    apiKeys: bool = False
    keyRequired: bool = False
    suggestions: bool = False
    filesTranslation: bool = True
    supportedFilesFormat: list[str]
    captionLanguages: list[str] = Field(description="Languages of captions of pictures; empty without a captioner.")
    language: dict[Literal["source", "target"], LanguageName]
