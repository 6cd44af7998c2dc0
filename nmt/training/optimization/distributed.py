"""Several processes that train one model: each takes other batches, and their gradients are summed.

torchrun starts the processes and tells each who it is. The first alone writes, prints and evaluates.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor

from nmt.errors import ConfigError, NonFiniteLoss, ProcessLost

T = TypeVar("T")

_FOR_GRADIENTS = timedelta(minutes=10)
"""Longest wait for the others in an update, during which the first may be writing a checkpoint."""
_FOR_THE_FIRST = timedelta(days=2)
"""Longest wait while the first encodes a corpus or evaluates. That one has died is noticed at once."""


class Ranks:
    """The processes of one training, as one of them sees them. One that is alone exchanges nothing."""

    def __init__(self, rank: int = 0, count: int = 1, patient: dist.ProcessGroup | None = None) -> None:
        """This is process `rank` of `count`; `patient` is the group in which they wait for the first."""
        self.rank = rank
        self.count = count
        self._patient = patient

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes, prints and evaluates."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Those of `items` that this process takes: every `count`-th."""
        return items[self.rank :: self.count]

    def sum(self, tensors: Sequence[Tensor]) -> None:
        """Put in place of each of `tensors` (float32) its sum over the processes. Raises ProcessLost."""
        if self.count == 1:
            return
        bucket = torch.cat([tensor.reshape(-1) for tensor in tensors])
        with _loss_of_one():
            dist.all_reduce(bucket)
        start = 0
        for tensor in tensors:
            tensor.copy_(bucket[start : start + tensor.numel()].view_as(tensor))
            start += tensor.numel()

    def take_from_first(self, tensors: Sequence[Tensor]) -> None:
        """Put in place of each of `tensors`, on the CPU, what the first process has there. Raises ProcessLost.

        Two machines that compute the same seldom find the same last bit.
        """
        if self.count > 1:
            with _loss_of_one():
                for tensor in tensors:
                    dist.broadcast(tensor, src=0, group=self._patient)

    def of_first(self, function: Callable[[], T]) -> T:
        """What `function` gives in the first process; the others do not call it. Raises ProcessLost."""
        if self.count == 1:
            return function()
        box = [function() if self.is_first else None]
        with _loss_of_one():
            dist.broadcast_object_list(box, src=0, group=self._patient)
        return cast(T, box[0])

    def wait(self) -> None:
        """Wait until all processes are here. Raises ProcessLost."""
        if self.count > 1:
            with _loss_of_one():
                dist.barrier(group=self._patient)


@contextmanager
def joined(device: torch.device) -> Iterator[Ranks]:
    """The processes that torchrun started, this one on `device`; a process that it did not start is alone.

    What ends all of them is said by the first: the others leave without a word.
    """
    if not _started_together():
        yield Ranks()
        return
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=_FOR_GRADIENTS)
    patient = dist.new_group(backend="gloo", timeout=_FOR_THE_FIRST)
    ranks = Ranks(dist.get_rank(), dist.get_world_size(), patient)
    try:
        yield ranks
    except (NonFiniteLoss, ProcessLost, KeyboardInterrupt):
        if ranks.is_first:
            raise
        # torchrun ends all when one ends with an error: the first should have said its sentence by then.
        with suppress(ProcessLost, KeyboardInterrupt):
            ranks.wait()
        raise SystemExit(1) from None
    dist.destroy_process_group()


def own_device(name: str | None) -> torch.device:
    """The device called `name`, by default a GPU if there is one, of which each of several processes has its own.

    torchrun numbers the processes of a machine. Raises ConfigError when there is no such device.
    """
    device = _device(name or ("cuda" if torch.cuda.is_available() else "cpu"))
    if device.type != "cuda" or not _started_together():
        return device
    number, count = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
    if number >= count:
        raise ConfigError(f"process {number + 1} of this machine has no GPU: start as many as there are ({count})")
    torch.cuda.set_device(number)
    return torch.device("cuda", number)


def _device(name: str) -> torch.device:
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in {"cpu", "cuda"}:
        raise ConfigError(f"--device {name}: trains on cpu or cuda; name one of these")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigError(
            f"--device {name}: torch finds {torch.cuda.device_count()} GPUs here: name cpu, or one of those; where "
            f"there are more, torch may be a build without CUDA"
        )
    return device


def launcher() -> list[str]:
    """How the `nmt` command was started: the words before its own."""
    if not _started_together():
        return ["nmt"]
    return ["torchrun", "--nproc-per-node", os.environ["LOCAL_WORLD_SIZE"], "-m", "nmt"]


def place_among_processes() -> tuple[int, int]:
    """Which process this is, and of how many, as torchrun says; 0 of 1 when it was started alone."""
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))


def _started_together() -> bool:
    return place_among_processes()[1] > 1


@contextmanager
def _loss_of_one() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ProcessLost(
            "another process of this training has ended or no longer answers; what it said stands above, and the same "
            "command goes on from the last checkpoint"
        ) from error
