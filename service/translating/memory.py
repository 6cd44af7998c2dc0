"""The translation memory of a state directory."""

from __future__ import annotations

from pathlib import Path

from nmt.memory import SUGGESTION, Memory
from service.state import State

_FILE = "memory.sqlite3"


def open_memory(directory: Path, state: State) -> Memory:
    """Open the memory in `directory`, and move the suggestions that earlier versions stored in `state` to it.

    Raises ConfigError if it cannot be opened.
    """
    memory = Memory(directory / _FILE)
    with state.transaction():
        rows = state.run(
            "select source_language, target_language, source, target from suggestion order by created, source"
        )
        for languages in dict.fromkeys((source, target) for source, target, *_ in rows):
            pairs = [(source, target) for *pair, source, target in rows if tuple(pair) == languages]
            # What the memory already knows is newer.
            memory.add(languages, [pair for pair in pairs if memory.find(languages, pair[0]) is None], SUGGESTION)
        memory.index()
        state.run("delete from suggestion")
    return memory
