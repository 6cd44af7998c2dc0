"""Bodies of requests and responses, in LibreTranslate's shape."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, field_validator

from service.documents.store import Stage
from service.translating.request import Keyed, is_unicode


class DetectedLanguage(BaseModel):
    """What language a text seems to be in."""

    confidence: float = Field(description="Percent.")
    language: str


class Subword(BaseModel):
    """A part of a translation as the model wrote it."""

    piece: str = Field(description="U+2581 stands for a space; the last one may be <END>.")
    probability: float


class AttentionAlignment(BaseModel):
    """How much attention each subword of a translation paid to each subword of its source."""

    source: list[str] = Field(description="Subwords as the model read them; the last one is <END>.")
    target: list[str] = Field(description="Subwords as it wrote them, those of subwords.")
    weights: list[list[float]] = Field(
        description="A row for each subword of target, with a weight for each of source; a row adds up to 1."
    )


class SentenceDetails(BaseModel):
    """How one sentence was translated."""

    source: str
    translation: str
    score: float | None = Field(description="Log probability over the length penalty; null if it was left as it is.")
    subwords: list[Subword] = Field(
        description="Of the translation as the model wrote it; with used_stand_ins they have the stand-in numbers."
    )
    alignment: AttentionAlignment | None = Field(
        description="What these subwords attended to; null if it was left as it is, if the model has no attention, "
        "and beyond the first million weights of a request."
    )
    truncated: bool = Field(description="The length limit cut it.")
    repetition_stopped: bool = Field(description="The model repeated itself; one round was kept.")
    used_stand_ins: bool = Field(description="The model lost a protected part; a number stood in for it.")
    translated_around: bool = Field(
        description="It lost the stand-in too; what lies between such parts was translated alone. Score, subwords, "
        "alignment and truncated are those of the whole sentence's translation, which was not taken."
    )
    copied_source: bool = Field(description="The translation is the source.")
    unknown_pieces: int = Field(description="Bytes of characters that the model has no subword for.")
    queued_milliseconds: float
    decoding_milliseconds: float


class TextDetails(BaseModel):
    """How a text was translated."""

    model: str
    version: str = Field(description="From the hashes of the model's files.")
    from_memory: bool = Field(description="Not the model's: somebody suggested this translation of the very text.")
    sentences: list[SentenceDetails]


class TranslateResponse(BaseModel):
    """The translation of a text, or of each text of a list in its order."""

    translatedText: str | list[str]
    alternatives: list[str] | list[list[str]] | None = Field(
        default=None, description="Only when alternatives were asked for."
    )
    detectedLanguage: DetectedLanguage | list[DetectedLanguage] | None = Field(
        default=None, description="Only for source auto."
    )
    details: TextDetails | list[TextDetails | None] | None = Field(
        default=None, description="Only when asked for; null for a text that was in the target language already."
    )


class TranslateFileRequest(Keyed):
    """POST /translate_file, beside the file."""

    source: str = Field(description="Language code of the document, or auto to have it detected.")
    target: str = Field(description="Language code of the translation.")
    glossary: str | None = Field(default=None, description="A glossary's id; needs the source language.")
    column: str | None = Field(default=None, description="Of a table: the name of the column to translate.")
    wait: bool = Field(default=True, description="Whether to answer only when the document is translated.")

    _is_unicode = field_validator("source", "target", "glossary", "column")(is_unicode)


class TranslatedFile(BaseModel):
    """Where the translated document is, and how far it is."""

    translatedFileUrl: str
    statusUrl: str


class DocumentProgress(BaseModel):
    """How far a document is."""

    status: Stage
    progress: float = Field(description="From 0 to 1.")
    characters: int
    error: str | None = Field(description="Why there is no translation.")


class DetectRequest(Keyed):
    """POST /detect."""

    q: str = Field(min_length=1, description="A text.")

    _is_unicode = field_validator("q")(is_unicode)


class SuggestRequest(Keyed):
    """POST /suggest."""

    q: str = Field(min_length=1, description="The text.")
    s: str = Field(min_length=1, description="How it should be translated.")
    source: str = Field(description="Language code of the text.")
    target: str = Field(description="Language code of the translation.")

    _is_unicode = field_validator("q", "s", "source", "target")(is_unicode)


class Suggested(BaseModel):
    """The suggestion is kept."""

    success: Literal[True] = True


class LanguageName(BaseModel):
    """A language as a page shows it."""

    code: str
    name: str


class FrontendSettings(BaseModel):
    """What a page or a client may want to know beforehand, in LibreTranslate's shape."""

    charLimit: int = Field(description="Longest text, in characters.")
    frontendTimeout: int = Field(default=500, description="Milliseconds to wait after a key before translating.")
    apiKeys: bool = False
    keyRequired: bool = False
    suggestions: bool = False
    filesTranslation: bool = True
    supportedFilesFormat: list[str]
    language: dict[Literal["source", "target"], LanguageName]
