"""Bodies of requests and responses, in LibreTranslate's shape."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError


class TranslateRequest(BaseModel):
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
    source: str = Field(description="Language code of the text.")
    target: str = Field(description="Language code of the translation.")
    format: Literal["text"] = Field(default="text", description="Only plain text.")
    alternatives: int = Field(default=0, ge=0, description="Further translations of each text, best first.")
    beam_size: int | None = Field(default=None, ge=1, description="Width of the search; 1 is greedy and fastest.")
    max_length: int | None = Field(default=None, ge=1, le=2000, description="Most subwords of a line's translation.")

    @field_validator("q", "source", "target")
    @classmethod
    def _is_unicode(cls, value: str | list[str]) -> str | list[str]:
        """JSON escapes can spell half a surrogate pair, which no answer could carry back."""
        try:
            for text in [value] if isinstance(value, str) else value:
                text.encode()
        except UnicodeEncodeError as error:
            raise PydanticCustomError(
                "lone_surrogate",
                "character {position} is half a surrogate pair, send whole characters",
                {"position": error.start},
            ) from error
        return value


class TranslateResponse(BaseModel):
    """The translation of a text, or of each text of a list in its order."""

    translatedText: str | list[str]
    alternatives: list[str] | list[list[str]] | None = Field(
        default=None, description="Only when alternatives were asked for."
    )


class Language(BaseModel):
    """A source language and what it can be translated to."""

    code: str
    name: str
    targets: list[str]


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Every translator has just translated a canary."""

    status: Literal["ready"] = "ready"
    models: dict[str, str] = Field(description="Name and version of each translator.")


class Problem(BaseModel):
    """Any error: one sentence that says what to do."""

    error: str
