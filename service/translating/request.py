"""What the service is asked to translate, whatever dialect it was asked in."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError


def is_unicode(value: str | list[str] | None) -> str | list[str] | None:
    """JSON escapes can spell half a surrogate pair, which no answer could carry back."""
    try:
        for text in [value] if isinstance(value, str) else value or ():
            text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError(
            "lone_surrogate",
            "character {position} is half a surrogate pair, send whole characters",
            {"position": error.start},
        ) from error
    return value


class Keyed(BaseModel):
    """What a caller with a key may send."""

    api_key: str | None = Field(default=None, description="Or in the header Authorization: Bearer KEY.")


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

    q: str | list[str] = Field(description="A text, or a list of texts. Line breaks stay where they are.")
    source: str = Field(description="Language code of the text, or auto to have it detected.")
    target: str = Field(description="Language code of the translation.")
    format: Literal["text", "html"] = Field(default="text", description="html: tags stay around their words.")
    alternatives: int = Field(default=0, ge=0, description="Further translations of each text, best first.")
    beam_size: int | None = Field(default=None, ge=1, description="Width of the search; 1 is greedy and fastest.")
    max_length: int | None = Field(default=None, ge=1, le=2000, description="Most subwords a sentence.")
    glossary: str | None = Field(default=None, description="A glossary's id; needs the source language.")
    details: bool = Field(default=False, description="Say how each sentence was translated.")

    @field_validator("alternatives", "beam_size", "max_length", mode="before")
    @classmethod
    def _is_number(cls, value: object) -> object:
        """Reject booleans: JSON's true is not 1."""
        if isinstance(value, bool):
            raise PydanticCustomError("int_type", "Input should be a valid integer")
        return value

    _is_unicode = field_validator("q", "source", "target", "glossary")(is_unicode)
