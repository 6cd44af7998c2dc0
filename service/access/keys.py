"""API keys with their owners, limits and usage. The keys themselves are never stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from nmt.errors import ConfigError
from service.state import State

_COLUMNS = "id, name, characters_per_month, requests_per_minute"


@dataclass(frozen=True, slots=True)
class Key:
    """The stored properties of a key."""

    id: str
    name: str
    characters_per_month: int | None
    """Maximum number of characters translated per calendar month (UTC); None for no limit."""
    requests_per_minute: int | None
    """Overrides the service's own rate limit if set."""


class Keys:
    """The keys of a service."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, name: str, characters_per_month: int | None = None, requests_per_minute: int | None = None) -> str:
        """Create and return a key; only its hash is stored. Raises ConfigError if the name is taken."""
        if self._state.run("select 1 from api_key where name = ?", name):
            raise ConfigError(f"a key named {name} already exists: choose another name, or remove that key")
        key_id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        self._state.run(
            f"insert into api_key ({_COLUMNS}, secret_sha256) values (?, ?, ?, ?, ?)",
            key_id,
            name,
            characters_per_month,
            requests_per_minute,
            _hash(secret),
        )
        return f"{key_id}.{secret}"

    def remove(self, name: str) -> None:
        """Delete a key and all its data; it is refused from now on. Raises ConfigError if there is no such key."""
        with self._state.transaction():
            found = self._state.run("delete from api_key where name = ? returning id", name)
            if not found:
                raise ConfigError(f"there is no key named {name}: run nmt keys list to see the existing keys")
            for table in ("glossary", "document", "usage"):
                self._state.run(f"delete from {table} where owner = ?", found[0][0])

    def all(self) -> list[Key]:
        """Return every key, ordered by name."""
        return [Key(*row) for row in self._state.run(f"select {_COLUMNS} from api_key order by name")]

    def find(self, given: str) -> Key | None:
        """Return the stored key that matches the key sent by a client, or None."""
        key_id, _, secret = given.partition(".")
        if not key_id.isascii():  # SQLite rejects lone surrogates
            return None
        rows = self._state.run(f"select {_COLUMNS}, secret_sha256 from api_key where id = ?", key_id)
        # A secret of 256 random bits cannot be guessed from its hash, so a slow hash would add no protection.
        *row, expected = rows[0] if rows else (None, bytes(32))
        is_right = hmac.compare_digest(_hash(secret), expected)
        return Key(*row) if rows and is_right else None

    def spend(self, owner: str, characters: int, limit: int | None) -> str | None:
        """Count `characters` and return their month; return None and count nothing if they would exceed `limit`."""
        month = _month()
        with self._state.transaction():
            if limit is not None and self.used(owner) + characters > limit:
                return None
            self._state.run(
                "insert into usage values (?, ?, ?) "
                "on conflict do update set characters = characters + excluded.characters",
                owner,
                month,
                characters,
            )
        return month

    def give_back(self, owner: str, characters: int, month: str) -> None:
        """Subtract `characters` from the usage of `month`."""
        self._state.run(
            "update usage set characters = characters - ? where owner = ? and month = ?", characters, owner, month
        )

    def used(self, owner: str) -> int:
        """Return the number of characters used this month."""
        rows = self._state.run("select characters from usage where owner = ? and month = ?", owner, _month())
        return int(rows[0][0]) if rows else 0


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _month() -> str:
    return datetime.now(UTC).strftime("%Y-%m")
