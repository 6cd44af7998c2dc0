"""What a translation is made with. All that could change a byte of the output stays as it was at the beginning."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict, ValidationError

from nmt.bulk.formats import FormatName, FormatOptions
from nmt.bulk.store import Store
from nmt.errors import BulkError

STATE = ".nmt-bulk"
"""Directory below the output that says how far the translation is."""
_PLAN = f"{STATE}/plan.json"
_LAYOUT = 1
"""Raised when the files in STATE change their form."""


class Plan(BaseModel):
    """The first run writes it; each later one must say the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layout: int = _LAYOUT
    program: str = version("seq2seq-translator")
    model: str
    """Name and version of the package; the version is a hash of its files."""
    beam_size: int
    max_length: int | None
    format: FormatName | None
    columns: tuple[str, ...]
    scores: bool
    shard_lines: int
    back_translate: bool = False
    """Whether sentence pairs are made, with a source by `model`."""
    forward: str | None = None
    """The package of the round trip, as `model`."""
    least_chrf: float | None = None
    lm: str | None = None
    """The language model of the sources, as `model`."""
    most_perplexity: float | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all this."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    @property
    def format_options(self) -> FormatOptions:
        """What is said of the files."""
        return FormatOptions(self.format, self.columns, self.scores, self.back_translate)


_NAMES = {
    "layout": "layout of the state",
    "program": "seq2seq-translator",
    "model": "model",
    "format": "--format",
    "columns": "--column",
}


def hold_to_plan(store: Store, plan: Plan) -> None:
    """Write `plan` if there is none, or compare it with the one that is there. Raises BulkError, which names what has
    changed."""
    content = store.read(_PLAN)
    if content is None:
        store.write(_PLAN, plan.model_dump_json(indent=2).encode() + b"\n")
        return
    try:
        known = Plan.model_validate_json(content)
    except ValidationError as error:
        raise BulkError(
            f"{store.place(_PLAN)}: cannot be read; another version may have written it: name another --output"
        ) from error
    for name in Plan.model_fields:
        was, now = getattr(known, name), getattr(plan, name)
        if was != now:
            named = _NAMES.get(name, "--" + name.replace("_", "-"))
            raise BulkError(
                f"{store.root}: was begun with {named} {_said(was)}, and this is {_said(now)}: say the same as "
                f"then, or name another --output"
            )


def _said(value: object) -> str:
    return ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
