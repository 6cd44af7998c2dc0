"""Bodies and language codes of the DeepL API, version 2."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, field_validator

from nmt.errors import OptionOutOfRange
from service.documents.store import Stage
from service.translating.answerer import AUTO
from service.translating.glossary_store import StoredGlossary
from service.translating.request import TranslateRequest, is_unicode

_VARIANTS = {"en": ("en-US", "en-GB"), "pt": ("pt-BR", "pt-PT")}
"""DeepL's clients refuse these targets without a region."""


NO_LIMIT = 10**12
"""DeepL's clients expect a limit."""


class DeeplRequest(BaseModel):
    """What any request may have."""

    auth_key: str | None = Field(default=None, description="Or in the header Authorization: DeepL-Auth-Key KEY.")


class DeeplTranslateRequest(DeeplRequest):
    """POST /v2/translate. What else clients send has no effect."""

    text: list[str] = Field(min_length=1, description="Texts to translate.")
    target_lang: str = Field(min_length=1, description="Such as DE or EN-GB.")
    source_lang: str | None = Field(default=None, description="Such as EN; detected when left out.")
    tag_handling: Literal["html", "xml"] | None = Field(default=None, description="Whether the texts have tags.")
    formality: str | None = Field(default=None, description="Only default, prefer_more and prefer_less.")
    glossary_id: str | None = Field(default=None, description="Needs source_lang.")

    @field_validator("text", mode="before")
    @classmethod
    def _is_list(cls, value: object) -> object:
        """Wrap the single text of a form in a list."""
        return [value] if isinstance(value, str) else value

    _is_unicode = field_validator("text", "target_lang", "source_lang", "glossary_id")(is_unicode)

    def translate_request(self) -> TranslateRequest:
        """Convert to a request to the service's own endpoint. Raises OptionOutOfRange on unsupported options."""
        _check_formality(self.formality)
        return TranslateRequest(
            q=self.text,
            source=self.source_lang.lower() if self.source_lang else AUTO,
            target=self.target_lang.lower(),
            glossary=self.glossary_id,
            format="html" if self.tag_handling == "html" else "text",  # XML tags are kept as in any text
        )


class DeeplDocumentRequest(DeeplRequest):
    """POST /v2/document, beside the file. What else clients send has no effect."""

    target_lang: str = Field(min_length=1)
    source_lang: str | None = None
    filename: str | None = None
    glossary_id: str | None = None
    formality: str | None = None
    output_format: str | None = None

    _is_unicode = field_validator("target_lang", "source_lang", "filename", "glossary_id")(is_unicode)

    def check(self) -> None:
        """Raises OptionOutOfRange on unsupported options."""
        _check_formality(self.formality)


class DocumentHandle(BaseModel):
    """What a client needs to ask for its document."""

    document_id: str
    document_key: str


class DocumentKeyRequest(DeeplRequest):
    """POST /v2/document/{document_id}."""

    document_key: str = Field(min_length=1)

    _is_unicode = field_validator("document_key")(is_unicode)


class DocumentStatus(BaseModel):
    """How far a document is."""

    document_id: str
    status: Stage
    seconds_remaining: int | None
    billed_characters: int | None
    error_message: str | None


class DeeplTranslation(BaseModel):
    """One translated text."""

    detected_source_language: str
    text: str
    billed_characters: int


class DeeplTranslations(BaseModel):
    """The translated texts in their order."""

    translations: list[DeeplTranslation]


class LanguagesRequest(DeeplRequest):
    """GET /v2/languages."""

    type: Literal["source", "target"] = "source"


class DeeplLanguage(BaseModel):
    """A language that can be translated from or to."""

    language: str
    name: str
    supports_formality: bool = False


class Usage(BaseModel):
    """Characters translated this month."""

    character_count: int
    character_limit: int


class GlossaryRequest(DeeplRequest):
    """POST /v2/glossaries."""

    name: str = Field(min_length=1, max_length=1024)
    source_lang: str = Field(min_length=1)
    target_lang: str = Field(min_length=1)
    entries: str = Field(description="A source term and a target term a line.")
    entries_format: Literal["tsv", "csv"] = "tsv"

    _is_unicode = field_validator("name", "source_lang", "target_lang", "entries")(is_unicode)


class GlossaryAnswer(BaseModel):
    """A glossary without its entries."""

    glossary_id: str
    name: str
    ready: bool = True
    source_lang: str
    target_lang: str
    creation_time: str
    entry_count: int

    @classmethod
    def of(cls, glossary: StoredGlossary) -> Self:
        """Return the response for `glossary`."""
        return cls(
            glossary_id=glossary.id,
            name=glossary.name,
            source_lang=glossary.source,
            target_lang=glossary.target,
            creation_time=glossary.created,
            entry_count=glossary.entry_count,
        )


class GlossariesList(BaseModel):
    """The caller's glossaries."""

    glossaries: list[GlossaryAnswer]


class GlossaryLanguagePair(BaseModel):
    """A language pair that a glossary can be for."""

    source_lang: str
    target_lang: str


class GlossaryLanguagePairs(BaseModel):
    """All of them."""

    supported_languages: list[GlossaryLanguagePair]


def _check_formality(formality: str | None) -> None:
    if formality not in {None, "default", "prefer_more", "prefer_less"}:
        raise OptionOutOfRange(f"formality is {formality}, allowed: default, prefer_more, prefer_less")


def variants(code: str) -> list[str]:
    """Return the codes that DeepL's clients use for a target language."""
    return [variant.upper() for variant in _VARIANTS.get(code, (code,))]
