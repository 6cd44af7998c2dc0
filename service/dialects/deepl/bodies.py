"""Bodies and language codes of the DeepL API, version 2."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from nmt.errors import OptionOutOfRange
from nmt.text import XmlRules
from service.documents.store import Stage
from service.translating.glossary_store import StoredGlossary
from service.translating.handling import Handling, Split
from service.translating.request import TranslateRequest, is_unicode
from service.translating.translators import AUTO

_SPLITS = {"0": Split.NEVER, "nonewlines": Split.PUNCTUATION}
FORMALITY = "default, prefer_more or prefer_less; has no effect."


def _refused(value: object, info: ValidationInfo) -> None:
    """Refuse a field that would change the translation. An empty one has been left out before."""
    if value:
        raise PydanticCustomError(
            "unsupported", "{name} is not supported by this server, leave it out", {"name": info.field_name}
        )


Refused = Annotated[
    Any, BeforeValidator(_refused), WithJsonSchema({"type": "null", "description": "Not supported; refused if set."})
]
"""A field of DeepL's API that this service cannot honour."""


class DeeplRequest(BaseModel):
    """Fields that every request may have."""

    auth_key: str | None = Field(default=None, description="Or use the header Authorization: DeepL-Auth-Key KEY.")


class DeeplTranslateRequest(DeeplRequest):
    """POST /v2/translate. Other fields have no effect."""

    text: list[str] = Field(min_length=1, description="Texts to translate.")
    target_lang: str = Field(min_length=1, description="Target language code, such as DE or EN-GB.")
    source_lang: str | None = Field(default=None, description="Source language code, such as EN; detected if omitted.")
    context: str | None = Field(default=None, description="Text around, which helps to detect the language.")
    split_sentences: Literal["0", "1", "nonewlines"] | None = Field(
        default=None, description="0: the text is one sentence; nonewlines: line breaks end no sentence; default 1."
    )
    tag_handling: Literal["html", "xml"] | None = Field(default=None, description="Kind of tags in the texts.")
    tag_handling_version: Literal["v1", "v2"] | None = Field(default=None, description="Both versions are the same.")
    outline_detection: bool = Field(default=True, description="With xml: false if no tag ends a sentence by itself.")
    splitting_tags: list[str] = Field(default=[], description="With xml: tags that end a sentence.")
    non_splitting_tags: list[str] = Field(default=[], description="With xml: tags that never end a sentence.")
    ignore_tags: list[str] = Field(default=[], description="With xml: tags whose content is not translated.")
    formality: str | None = Field(default=None, description=FORMALITY)
    model_type: Literal["quality_optimized", "prefer_quality_optimized", "latency_optimized"] | None = Field(
        default=None, description="latency_optimized is greedy search."
    )
    glossary_id: str | None = Field(default=None, description="Id of a glossary. Requires source_lang.")
    glossary_ids: list[str] = Field(default=[], max_length=1, description="The same as a list of one.")
    style_id: Refused = None
    translation_memory_id: Refused = None
    custom_instructions: Refused = None

    @field_validator("text", mode="before")
    @classmethod
    def _is_list(cls, value: object) -> object:
        """Wrap the single text of a form in a list. An empty one counts as left out."""
        if value == "":
            raise PydanticCustomError("missing", "Field required")
        return [value] if isinstance(value, str) else value

    @field_validator("splitting_tags", "non_splitting_tags", "ignore_tags", "glossary_ids", mode="before")
    @classmethod
    def _are_names(cls, value: object) -> object:
        """Read a list in one string, as forms have it: names between commas. Several strings may each be one."""
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not all(isinstance(each, str) for each in several):
            return several
        return [name for each in several for name in map(str.strip, each.split(",")) if name]

    @field_validator("split_sentences", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:
        """Read numbers and booleans, as JSON may have them."""
        return str(int(value)) if isinstance(value, int) else value

    @field_validator("model_type", "tag_handling", "split_sentences", mode="before")
    @classmethod
    def _is_lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    _is_unicode = field_validator("text", "target_lang", "source_lang", "context", "glossary_id", "glossary_ids")(
        is_unicode
    )

    @property
    def glossary(self) -> str | None:
        """The id of the glossary, whichever field has it."""
        return next(iter(self.glossary_ids), self.glossary_id)

    @property
    def model_type_used(self) -> str | None:
        """How the texts are translated, in DeepL's terms, if the request chose it."""
        return self.model_type.removeprefix("prefer_") if self.model_type else None

    def translate_request(self) -> TranslateRequest:
        """Convert to a request to the service's own endpoint. Raises OptionOutOfRange on unsupported options."""
        check_formality(self.formality)
        return TranslateRequest(
            q=self.text,
            source=self.source_lang or AUTO,
            target=self.target_lang,
            glossary=self.glossary,
            format="html" if self.tag_handling == "html" else "text",
            beam_size=1 if self.model_type == "latency_optimized" else None,
        )

    def handling(self) -> Handling:
        """Return how the texts are to be read."""
        xml = XmlRules(
            frozenset(self.splitting_tags),
            frozenset(self.non_splitting_tags),
            frozenset(self.ignore_tags),
            self.outline_detection,
        )
        return Handling(
            split=_SPLITS.get(self.split_sentences or "1", Split.LINES),
            xml=xml if self.tag_handling == "xml" else None,
            context=self.context or "",
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
        check_formality(self.formality)


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
    model_type_used: str | None = Field(default=None, description="Present only if model_type was set.")


class DeeplTranslations(BaseModel):
    """The translated texts in their order."""

    translations: list[DeeplTranslation]


class GlossaryRequest(DeeplRequest):
    """POST /v2/glossaries."""

    name: str = Field(min_length=1, max_length=1024)
    source_lang: str = Field(min_length=1)
    target_lang: str = Field(min_length=1)
    entries: str = Field(description="One source term and its target term per line.")
    entries_format: Literal["tsv", "csv"] = "tsv"

    _is_unicode = field_validator("name", "source_lang", "target_lang", "entries")(is_unicode)


class GlossaryAnswer(BaseModel):
    """A glossary of one language pair without its entries."""

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
        (only,) = glossary.dictionaries
        return cls(
            glossary_id=glossary.id,
            name=glossary.name,
            source_lang=only.source,
            target_lang=only.target,
            creation_time=glossary.created,
            entry_count=only.entry_count,
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


def check_formality(formality: str | None) -> None:
    """Raises OptionOutOfRange for a formality that is not a preference, as DeepL does for languages without."""
    if (formality or "default").lower() not in {"default", "prefer_more", "prefer_less"}:
        raise OptionOutOfRange(
            f"formality is {formality}, allowed: default, prefer_more, prefer_less; 'formality' is not supported for "
            f"given 'target_lang'"
        )
