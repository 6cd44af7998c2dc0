"""The workers of a translation, as many as the cluster has room for, and the calls that they are busy with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError

from nmt.errors import BulkError, ConfigError

KeyT = TypeVar("KeyT")

DEPTH = 2
"""Calls that a worker has at a time: one waits beside it, so that it never waits for the driver."""
_FAILED_STARTS = 3
"""Times in a row that workers die before they are ready until that is no accident."""
_LOOK_SECONDS = 5.0
"""Interval at which the machines of the cluster are counted."""
_FEW_CPUS = 8
"""Up to as many processors all have a worker. Of more, one is left to the driver, which reads and writes."""


@dataclass(eq=False, slots=True)
class _Member:
    actor: Any
    is_ready: bool = False
    calls: set[Any] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[KeyT]):
    """What became of a call."""

    key: KeyT
    died: bool
    """Whether its worker, or the machine with its result, was lost."""
    result: Any = None


class Pool(Generic[KeyT]):
    """Workers that are replaced when they die, and added when the cluster grows."""

    def __init__(self, new_actor: Callable[[], Any], threads: int, most: int | None) -> None:
        """`new_actor` asks the cluster for a worker of `threads` processors. `most` is the number of workers wanted,
        whatever machines there are now; without it, as many as fit on them."""
        self._new_actor = new_actor
        self._threads = threads
        self._most = most
        self._members: list[_Member] = []
        self._starting: dict[Any, _Member] = {}
        self._calls: dict[Any, tuple[_Member, KeyT]] = {}
        self._failed_starts = 0
        self._looked = -_LOOK_SECONDS

    @property
    def ready(self) -> int:
        """Return the number of workers that translate."""
        return sum(member.is_ready for member in self._members)

    @property
    def busy(self) -> bool:
        """Return whether calls are unanswered."""
        return bool(self._calls)

    def grow(self) -> None:
        """Ask for workers that are missing. Raises ConfigError if there are machines, and none has the processors for
        one."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        for _ in range(self._wanted() - len(self._members)):
            member = _Member(self._new_actor())
            self._members.append(member)
            self._starting[member.actor.process.remote()] = member

    def has_room(self) -> bool:
        """Return whether a worker would take a call now."""
        return any(member.is_ready and len(member.calls) < DEPTH for member in self._members)

    def call(self, key: KeyT, method: str, *arguments: Any) -> None:
        """Let the worker with the fewest calls run its `method`. One must have room."""
        member = min((each for each in self._members if each.is_ready), key=lambda each: len(each.calls))
        call = getattr(member.actor, method).remote(*arguments)
        member.calls.add(call)
        self._calls[call] = member, key

    def wait(self, seconds: float) -> Iterator[Outcome[KeyT]]:
        """Yield the outcomes that are there within `seconds`. Raises BulkError if workers cannot start or a call
        raises."""
        refs = [*self._starting, *self._calls]
        if not refs:  # no machine yet
            time.sleep(seconds)
            return
        ray.wait(refs, timeout=seconds)
        found, _ = ray.wait(refs, num_returns=len(refs), timeout=0)
        for ref in found:
            if ref in self._starting:
                self._started(ref)
            else:
                yield self._outcome(ref)

    def _wanted(self) -> int:
        nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]  # as Ray has it
        machines = [int(node["Resources"].get("CPU", 0)) for node in nodes if node["Alive"]]
        largest = max(machines, default=0)
        if self._most is not None:
            return self._most
        if 0 < largest < self._threads:
            raise ConfigError(
                f"--threads {self._threads}: the largest machine of the cluster has {largest} processors for Ray, so "
                f"no worker could ever start: say --threads {largest}"
            )
        fitting = sum(count // self._threads for count in machines)
        return fitting - (1 if sum(machines) > _FEW_CPUS and fitting > 1 else 0)

    def _started(self, ref: Any) -> None:
        member = self._starting.pop(ref)
        try:
            ray.get(ref)
        except RayError as error:
            self._members.remove(member)
            self._failed_starts += 1
            self._looked = -_LOOK_SECONDS
            if self._failed_starts == _FAILED_STARTS:
                raise BulkError(f"no worker can start: {_last_line(error)}") from error
        else:
            member.is_ready = True
            self._failed_starts = 0

    def _outcome(self, ref: Any) -> Outcome[KeyT]:
        member, key = self._calls.pop(ref)
        member.calls.discard(ref)
        try:
            return Outcome(key, False, ray.get(ref))
        except RayTaskError as error:
            raise BulkError(f"a worker failed: {_last_line(error)}") from error
        except RayError as error:
            if isinstance(error, RayActorError) and member in self._members:
                self._members.remove(member)
                self._looked = -_LOOK_SECONDS
            return Outcome(key, True)


def _last_line(error: Exception) -> str:
    return str(error).strip().rpartition("\n")[2]
