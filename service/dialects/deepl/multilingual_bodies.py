"""Bodies of glossaries in version 3 of the DeepL API, which have a dictionary for each of several language pairs."""

from __future__ import annotations

import re
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from service.dialects.deepl.bodies import DeeplRequest
from service.translating.glossary_store import StoredDictionary, StoredGlossary
from service.translating.request import is_unicode

_IN_FORM = re.compile(r"dictionaries\[(\d{1,4})\]\.(\w+)")
"""The name of a field of a dictionary in a form, as deepl-node sends it."""


class PairRequest(DeeplRequest):
    """A language pair of a glossary."""

    source_lang: str = Field(min_length=1)
    target_lang: str = Field(min_length=1)

    _is_unicode = field_validator("source_lang", "target_lang")(is_unicode)


class DictionaryRequest(PairRequest):
    """PUT /v3/glossaries/{glossary_id}/dictionaries, and one of the dictionaries of a glossary."""

    entries: str = Field(description="One source term and its target term per line.")
    entries_format: Literal["tsv", "csv"] = "tsv"

    _are_unicode = field_validator("entries")(is_unicode)


class ChangeRequest(DeeplRequest):
    """PATCH /v3/glossaries/{glossary_id}."""

    name: str | None = Field(default=None, min_length=1, max_length=1024)
    dictionaries: list[DictionaryRequest] = Field(default=[], description="Entries to add or to replace.")

    _is_unicode = field_validator("name")(is_unicode)

    @model_validator(mode="before")
    @classmethod
    def _of_form(cls, fields: Any) -> Any:
        """Read `dictionaries[0].source_lang` and the like."""
        if not isinstance(fields, dict):
            return fields
        found: dict[int, dict[str, Any]] = {}
        for name, value in fields.items():
            if match := _IN_FORM.fullmatch(name):
                found.setdefault(int(match[1]), {})[match[2]] = value
        return {**fields, "dictionaries": [found[number] for number in sorted(found)]} if found else fields


class MultilingualRequest(ChangeRequest):
    """POST /v3/glossaries."""

    name: str = Field(min_length=1, max_length=1024)
    dictionaries: list[DictionaryRequest] = Field(default=[], description="May be added later.")


class DictionaryAnswer(BaseModel):
    """A dictionary without its entries."""

    source_lang: str
    target_lang: str
    entry_count: int

    @classmethod
    def of(cls, dictionary: StoredDictionary) -> Self:
        """Return the response for `dictionary`."""
        return cls(source_lang=dictionary.source, target_lang=dictionary.target, entry_count=dictionary.entry_count)


class MultilingualAnswer(BaseModel):
    """A glossary without its entries."""

    glossary_id: str
    name: str
    creation_time: str
    dictionaries: list[DictionaryAnswer]

    @classmethod
    def of(cls, glossary: StoredGlossary) -> Self:
        """Return the response for `glossary`."""
        return cls(
            glossary_id=glossary.id,
            name=glossary.name,
            creation_time=glossary.created,
            dictionaries=[DictionaryAnswer.of(each) for each in glossary.dictionaries],
        )


class MultilingualList(BaseModel):
    """The caller's glossaries."""

    glossaries: list[MultilingualAnswer]


class DictionaryEntries(BaseModel):
    """The entries of a dictionary."""

    source_lang: str
    target_lang: str
    entries: str
    entries_format: Literal["tsv"] = "tsv"


class EntriesAnswer(BaseModel):
    """The entries of the dictionary that was asked for."""

    dictionaries: list[DictionaryEntries]
