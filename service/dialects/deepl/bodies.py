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
"""Target codes by language. DeepL's clients reject these languages without a region."""


NO_LIMIT = 10**12
"""Character limit of callers without a quota, because DeepL's clients expect a limit."""


class DeeplRequest(BaseModel):
    """Fields that every request may have."""

    auth_key: str | None = Field(default=None, description="Or use the header Authorization: DeepL-Auth-Key KEY.")


class DeeplTranslateRequest(DeeplRequest):
    """POST /v2/translate. Other fields have no effect."""

    text: list[str] = Field(min_length=1, description="Texts to translate.")
    target_lang: str = Field(min_length=1, description="Target language code, such as DE or EN-GB.")
    source_lang: str | None = Field(default=None, description="Source language code, such as EN; detected if omitted.")
    tag_handling: Literal["html", "xml"] | None = Field(default=None, description="Kind of tags in the texts.")
    formality: str | None = Field(default=None, description="default, prefer_more or prefer_less; has no effect.")
    glossary_id: str | None = Field(default=None, description="Id of a glossary. Requires source_lang.")

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
            format="html" if self.tag_handling == "html" else "text",  # XML tags are kept in plain text too
        )


class DeeplDocumentRequest(DeeplRequest):
    """Form fields of POST /v2/document besides the file. Other fields have no effect."""

    target_lang: str = Field(min_length=1)
    source_lang: str | None = None
    filename: str | None = None
    glossary_id: str | None = None
    formality: str | None = None
    output_format: str | None = None

    _is_unicode = field_validator("target_lang", "source_lang", "filename", "glossary_id")(is_unicode)

    def check(self) -> None:
        """Check the options. Raises OptionOutOfRange on unsupported ones."""
        _check_formality(self.formality)


class DocumentHandle(BaseModel):
    """The id and the key with which a client requests its document."""

    document_id: str
    document_key: str


class DocumentKeyRequest(DeeplRequest):
    """POST /v2/document/{document_id}."""

    document_key: str = Field(min_length=1)

    _is_unicode = field_validator("document_key")(is_unicode)


class DocumentStatus(BaseModel):
    """Progress of a document."""

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
    entries: str = Field(description="One source term and its target term per line.")
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
    """A language pair that glossaries support."""

    source_lang: str
    target_lang: str


class GlossaryLanguagePairs(BaseModel):
    """All language pairs that glossaries support."""

    supported_languages: list[GlossaryLanguagePair]


def _check_formality(formality: str | None) -> None:
    if formality not in {None, "default", "prefer_more", "prefer_less"}:
        raise OptionOutOfRange(f"formality is {formality}, allowed: default, prefer_more, prefer_less")


def variants(code: str) -> list[str]:
    """Return the codes that DeepL's clients use for a target language."""
    return [variant.upper() for variant in _VARIANTS.get(code, (code,))]
