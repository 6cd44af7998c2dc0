"""Translation requests, which all dialects share."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError


def is_unicode(value: str | list[str] | None) -> str | list[str] | None:
    """Reject lone surrogates. JSON escapes allow them, but a response cannot contain them."""
    try:
        for text in [value] if isinstance(value, str) else value or ():
            text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError(
            "lone_surrogate",
            "character {position} is a lone surrogate, send whole characters",
            {"position": error.start},
        ) from error
    return value


class Keyed(BaseModel):
    """A request that may contain an API key."""

    api_key: str | None = Field(default=None, description="API key. Or use the header Authorization: Bearer KEY.")


class TranslateRequest(Keyed):
    """POST /translate."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"q": "Good morning!", "source": "en", "target": "de"},
                {"q": ["How are you?", "See you soon."], "source": "en", "target": "de", "alternatives": 2},
            ]
        }
    )

    q: str | list[str] = Field(description="A text, or a list of texts. Line breaks are kept.")
    source: str = Field(description="Language code of the text, or auto to have it detected.")
    target: str = Field(description="Language code of the translation.")
    format: Literal["text", "html"] = Field(default="text", description="With html, tags stay around their words.")
    translate_attributes: bool = Field(
        default=False, description="With html, translate alt, title, placeholder and aria-label, too, and text areas."
    )
    alternatives: int = Field(
        default=0, description="Number of additional translations per text, best first; at most the server's limit."
    )
    beam_size: int | None = Field(default=None, ge=1, description="Beam size; 1 is greedy and fastest.")
    max_length: int | None = Field(default=None, ge=1, le=2000, description="Maximum subwords per sentence.")
    glossary: str | None = Field(default=None, description="Id of a glossary. Requires the source language.")
    details: bool = Field(default=False, description="Return how each sentence was translated.")

    @field_validator("alternatives", "beam_size", "max_length", mode="before")
    @classmethod
    def _is_number(cls, value: object) -> object:
        """Reject booleans: JSON's true is not 1."""
        if isinstance(value, bool):
            raise PydanticCustomError("int_type", "Input should be a valid integer")
        return value

    @field_validator("source", "target")
    @classmethod
    def _is_named(cls, value: str) -> str:
        """Reject an empty code as one that is left out."""
        if not value:
            raise PydanticCustomError("missing", "Field required")
        return value

    @field_validator("alternatives")
    @classmethod
    def _is_not_negative(cls, value: int) -> int:
        return max(0, value)

    _is_unicode = field_validator("q", "source", "target", "glossary")(is_unicode)
