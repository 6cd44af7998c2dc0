"""Suggested translations, which are returned for texts that match their source exactly."""

from __future__ import annotations

from service.state import State


class SuggestionStore:
    """The suggestions of all language pairs. A new suggestion for a source replaces the previous one."""

    def __init__(self, state: State) -> None:
        self._state = state

    def suggest(self, source_language: str, target_language: str, source: str, target: str) -> None:
        """Store `target` as the translation of `source`; it is on disk when this returns."""
        self._state.run(
            "insert or replace into suggestion (source_language, target_language, source, target) values (?, ?, ?, ?)",
            source_language,
            target_language,
            source.strip(),
            target.strip(),
        )

    def pairs(self, source_language: str, target_language: str) -> list[tuple[str, str]]:
        """Return every source with its suggested translation, oldest first."""
        rows = self._state.run(
            "select source, target from suggestion where source_language = ? and target_language = ? "
            "order by created, source",
            source_language,
            target_language,
        )
        return [(source, target) for source, target in rows]

    def find(self, source_language: str, target_language: str, source: str) -> str | None:
        """Return the suggested translation of `source` with the same surrounding white space, or None."""
        core = source.strip()
        rows = self._state.run(
            "select target from suggestion where source_language = ? and target_language = ? and source = ?",
            source_language,
            target_language,
            core,
        )
        if not rows:
            return None
        start = source.index(core)
        return f"{source[:start]}{rows[0][0]}{source[start + len(core) :]}"
