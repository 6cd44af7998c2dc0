"""Authenticate callers and enforce their rate limits and quotas."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from service.access.keys import Key, Keys
from service.http.dialect import Dialect, dialect_of
from service.http.errors import Refused
from service.settings import Settings

ANYBODY = ""
"""The owner of the usage and data of callers without a key."""
_SCHEMES = ("deepl-auth-key ", "bearer ")


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request."""

    dialect: Dialect
    """The API that the caller uses."""
    key: Key | None = None

    @property
    def owner(self) -> str:
        """The owner of the caller's usage, glossaries and documents."""
        return self.key.id if self.key else ANYBODY


@dataclass(frozen=True, slots=True)
class Charge:
    """Characters counted as used."""

    owner: str
    characters: int
    month: str


class Access:
    """Keys, rate limits and quotas, configured by the settings."""

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def admit(self, request: Request, field: str | None) -> Caller:
        """Return the caller of `request`. `field` is the API key from its body, if there is one.

        Raises Refused 400 or 403 if the key is missing, 403 if it is invalid, and 429 if the rate limit is exceeded.
        """
        dialect = dialect_of(request.scope)
        given = _key_of_header(request) or field
        if self._settings.api_keys == "off" or (not given and self._settings.api_keys == "optional"):
            self._limit(request, None)
            return Caller(dialect)
        key = self._keys.find(given) if given else None
        self._limit(request, key)
        if not given:
            message = "Please contact the server operator to get an API key: send it in the field api_key"
            raise Refused(dialect.missing_key_status, message)
        if key is None:
            raise Refused(403, "Invalid API key: ask the server operator for a new one")
        return Caller(dialect, key)

    @asynccontextmanager
    async def charge(self, caller: Caller, characters: int) -> AsyncIterator[None]:
        """Count `characters` as used unless the body of the context fails. Raises Refused 456 or 403."""
        charge = await self.spend(caller, characters)
        try:
            yield
        except BaseException:
            self.give_back(charge)
            raise

    async def spend(self, caller: Caller, characters: int) -> Charge:
        """Count `characters` as used. Raises Refused 456 or 403 if they exceed the month's remaining quota."""
        if caller.key is None and not caller.dialect.reports_usage:  # nobody reads this count
            return Charge(caller.owner, 0, "")
        limit = caller.key.characters_per_month if caller.key else None
        month = await asyncio.to_thread(self._keys.spend, caller.owner, characters, limit)
        if month is None:
            raise Refused(
                caller.dialect.quota_status,
                f"Quota exceeded: {characters} more characters would exceed this month's limit of {limit}: wait for "
                f"the next month, or ask the server operator for a higher limit",
            )
        return Charge(caller.owner, characters, month)

    def give_back(self, charge: Charge) -> None:
        """Refund a charge to its owner after the charged work has failed."""
        if charge.characters:
            self._keys.give_back(charge.owner, charge.characters, charge.month)

    def used(self, caller: Caller) -> int:
        """Return the number of characters used this month."""
        return self._keys.used(caller.owner)

    def _limit(self, request: Request, key: Key | None) -> None:
        most = key.requests_per_minute if key and key.requests_per_minute else self._settings.requests_per_minute
        if most is None:
            return
        identity = key.id if key else _address(request)
        item = RateLimitItemPerMinute(most)
        if not self._limiter.hit(item, identity):
            seconds = max(1, math.ceil(self._limiter.get_window_stats(item, identity).reset_time - time.time()))
            raise Refused(
                429,
                f"Slowdown: the limit is {most} requests per minute: try again in {seconds} seconds",
                {"Retry-After": str(seconds)},
            )


def _key_of_header(request: Request) -> str | None:
    given = request.headers.get("authorization", "")
    scheme = next((scheme for scheme in _SCHEMES if given.lower().startswith(scheme)), None)
    return given[len(scheme) :].strip() if scheme else None


def _address(request: Request) -> str:
    """Return the client's address, or its /64 network for IPv6, where one client has many addresses."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped  # an IPv4 client on a dual-stack socket
        return str(mapped or ip_network((address, 64), strict=False))
    return host
