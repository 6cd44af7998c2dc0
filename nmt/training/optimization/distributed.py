"""Data-parallel training in several processes: each takes different batches, and their gradients are summed.

torchrun starts the processes and assigns their ranks. Only the first process writes, prints and evaluates.
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
"""Timeout for the others in an update; the first may be writing a checkpoint meanwhile."""
_FOR_THE_FIRST = timedelta(days=2)
"""Timeout while the first encodes a corpus or evaluates. The death of a process is detected immediately."""


class Ranks:
    """The processes of one training, as seen by one of them. A single process communicates with no other."""

    def __init__(self, rank: int = 0, count: int = 1, patient: dist.ProcessGroup | None = None) -> None:
        """Initialize as process `rank` of `count`; `patient` is the process group for waiting for the first."""
        self.rank = rank
        self.count = count
        self._patient = patient

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes, prints and evaluates."""
        return self.rank == 0

    def share(self, items: Sequence[T]) -> Sequence[T]:
        """Return this process's share of `items`: every `count`-th."""
        return items[self.rank :: self.count]

    def sum(self, tensors: Sequence[Tensor]) -> None:
        """Replace each of `tensors` (float32) in place with its sum over the processes. Raises ProcessLost."""
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
        """Replace each of `tensors`, on the CPU, in place with that of the first process. Raises ProcessLost.

        The same computation on two machines seldom agrees to the last bit.
        """
        if self.count > 1:
            with _loss_of_one():
                for tensor in tensors:
                    dist.broadcast(tensor, src=0, group=self._patient)

    def of_first(self, function: Callable[[], T]) -> T:
        """Call `function` in the first process only, and return its result in all. Raises ProcessLost."""
        if self.count == 1:
            return function()
        box = [function() if self.is_first else None]
        with _loss_of_one():
            dist.broadcast_object_list(box, src=0, group=self._patient)
        return cast(T, box[0])

    def wait(self) -> None:
        """Wait until all processes get here. Raises ProcessLost."""
        if self.count > 1:
            with _loss_of_one():
                dist.barrier(group=self._patient)


@contextmanager
def process_group(device: torch.device) -> Iterator[Ranks]:
    """Join the processes that torchrun started, this one on `device`; without torchrun, yield a single process.

    Only the first process reports an error that ends all of them; the others exit silently.
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
        # torchrun ends all processes when one fails: let the first report its error before that.
        with suppress(ProcessLost, KeyboardInterrupt):
            ranks.wait()
        raise SystemExit(1) from None
    dist.destroy_process_group()


def own_device(name: str | None) -> torch.device:
    """Return the device called `name`, by default a GPU if there is one. Each of several processes gets its own GPU.

    A process takes the GPU with its local rank from torchrun. Raises ConfigError if there is no such device.
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
    """Return the words of the command line with which `nmt` was started, up to its own arguments."""
    if not _started_together():
        return ["nmt"]
    return ["torchrun", "--nproc-per-node", os.environ["LOCAL_WORLD_SIZE"], "-m", "nmt"]


def process_rank() -> tuple[int, int]:
    """Return this process's rank and the number of processes, from torchrun; (0, 1) without torchrun."""
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))


def _started_together() -> bool:
    return process_rank()[1] > 1


@contextmanager
def _loss_of_one() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ProcessLost(
            "another process of this training has ended or no longer answers; what it said stands above, and the same "
            "command goes on from the last checkpoint"
        ) from error
