"""Languages for DeepL's clients: sources and targets apart under /v2, together with their features under /v3."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from service.dependencies import TranslatorsDependency
from service.dialects.deepl.bodies import DeeplRequest
from service.dialects.deepl.caller import DeeplCallerDependency
from service.dialects.deepl.edge import deepl_problems
from service.http.inputs import parameters_of, read_request, schema_of
from service.translating.language_codes import language_name
from service.translating.translators import Translators

router = APIRouter(tags=["DeepL"])

_VARIANTS = {
    "en": {"en-US": "English (American)", "en-GB": "English (British)"},
    "pt": {"pt-BR": "Portuguese (Brazilian)", "pt-PT": "Portuguese (European)"},
}
"""Codes and names of targets by language. DeepL's clients reject these languages without a region as targets."""


class LanguagesRequest(DeeplRequest):
    """GET /v2/languages."""

    type: Literal["source", "target"] = "source"


class DeeplLanguage(BaseModel):
    """A language that can be translated from or to."""

    language: str
    name: str
    supports_formality: bool | None = Field(default=None, description="Of target languages only.")


class Resource(StrEnum):
    """What a client may use languages for, in version 3."""

    TEXT = "translate_text"
    DOCUMENT = "translate_document"
    GLOSSARY = "glossary"
    VOICE = "voice"
    WRITE = "write"
    STYLE_RULES = "style_rules"
    TRANSLATION_MEMORY = "translation_memory"


class ResourceRequest(DeeplRequest):
    """GET /v3/languages."""

    resource: Resource = Field(description="Those that this server does not have, such as voice, have no languages.")


class FeatureNeeds(BaseModel):
    """A feature of a resource, and which languages of a pair must have it."""

    name: str
    needs_source_support: bool = False
    needs_target_support: bool = False


class ResourceFeatures(BaseModel):
    """A resource and its features."""

    name: Resource
    features: list[FeatureNeeds]


class FeatureStatus(BaseModel):
    """How far a feature is."""

    status: Literal["stable"] = "stable"


class LanguageOfResource(BaseModel):
    """A language with what can be done with it."""

    lang: str
    name: str
    usable_as_source: bool
    usable_as_target: bool
    status: Literal["stable"] = "stable"
    features: dict[str, FeatureStatus]


def _needs(name: str, target: bool = True) -> FeatureNeeds:
    return FeatureNeeds(name=name, needs_source_support=True, needs_target_support=target)


_DETECTION = _needs("auto_detection", target=False)
_FEATURES: dict[Resource, list[FeatureNeeds]] = {
    Resource.TEXT: [_needs("tag_handling"), _needs("glossary"), _DETECTION],
    Resource.DOCUMENT: [_needs("glossary"), _DETECTION],
    Resource.GLOSSARY: [],
}
"""What this server has, with the features that all its languages have."""


@router.get(
    "/v2/languages",
    response_model_exclude_none=True,
    responses=deepl_problems(),
    openapi_extra=parameters_of(LanguagesRequest),
    operation_id="deepl_languages",
)
@router.post(
    "/v2/languages",
    response_model_exclude_none=True,
    responses=deepl_problems(),
    openapi_extra=schema_of(LanguagesRequest, required=False),
    operation_id="deepl_languages_by_form",
)
async def languages(
    connection: Request, translators: TranslatorsDependency, caller: DeeplCallerDependency
) -> list[DeeplLanguage]:
    """List the source languages, or the target languages with type=target."""
    asked = await read_request(connection, LanguagesRequest)
    if asked.type == "source":
        return [DeeplLanguage(language=each.code.upper(), name=each.name) for each in translators.languages()]
    return [
        DeeplLanguage(language=code.upper(), name=name, supports_formality=False)
        for target in _targets(translators)
        for code, name in _variants(target).items()
    ]


@router.get(
    "/v3/languages",
    responses=deepl_problems(),
    openapi_extra=parameters_of(ResourceRequest),
    operation_id="deepl_languages_of_resource",
)
async def languages_of_resource(
    connection: Request, translators: TranslatorsDependency, caller: DeeplCallerDependency
) -> list[LanguageOfResource]:
    """List the languages of a resource, with their features."""
    asked = await read_request(connection, ResourceRequest)
    if asked.resource not in _FEATURES:
        return []
    features = _FEATURES[asked.resource]
    sources = {each.code for each in translators.languages()}
    targets = _targets(translators)
    rows = [(code, language_name(code), True, code in targets and code not in _VARIANTS) for code in sources]
    for target in targets:
        rows += [(code, name, False, True) for code, name in _variants(target).items() if code not in sources]
    return [
        LanguageOfResource(
            lang=code,
            name=name,
            usable_as_source=is_source,
            usable_as_target=is_target,
            features={each.name: FeatureStatus() for each in features if is_source or each.needs_target_support},
        )
        for code, name, is_source, is_target in sorted(rows)
    ]


@router.get("/v3/languages/resources", responses=deepl_problems(), operation_id="deepl_resources")
async def resources(caller: DeeplCallerDependency) -> list[ResourceFeatures]:
    """List what languages can be used for on this server."""
    return [ResourceFeatures(name=name, features=features) for name, features in _FEATURES.items()]


def _targets(translators: Translators) -> list[str]:
    return sorted({target for language in translators.languages() for target in language.targets})


def _variants(code: str) -> dict[str, str]:
    """Return the codes that DeepL's clients use for a target language, and their names."""
    return _VARIANTS.get(code, {code: language_name(code)})
