"""`translate_bulk`: from a package and a folder to a folder of translations, on a cluster or on this machine."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

import ray
from rich.console import Console

from nmt.bulk.inputs import InputFile, find_inputs
from nmt.bulk.ledger import Ledger
from nmt.bulk.packages import Packages
from nmt.bulk.plan import STATE, Plan, hold_to_plan
from nmt.bulk.pool import Pool
from nmt.bulk.progress import Figures, Progress
from nmt.bulk.run import Driver, Task
from nmt.bulk.store import Store, open_place
from nmt.bulk.worker import Worker
from nmt.errors import ConfigError
from nmt.runtime import available_cpus
from nmt.training.run.lock import Work, run_lock

_OBJECTS = 1 << 28
"""Bytes of shared memory for pieces on their way to local workers: each has two of some 100 kB."""
_ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",  # tells nobody
    "RAY_worker_niceness": "0",  # by default 15: whatever else runs would take nearly all of a shared processor
}
"""Of the Ray that is started here, unless the environment says otherwise."""
LOCKED = Work("translating", "name another --output")


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """A translation of a folder."""

    packages: Packages
    input: str
    output: str
    plan: Plan
    threads: int = 1
    """Processors of a worker."""
    workers: int | None = None
    """None for as many as fit on the cluster."""
    address: str | None = None
    """Of a Ray cluster; None starts Ray on this machine."""


def translate_bulk(request: BulkRequest, console: Console) -> str:
    """Translate what is not translated yet, and return a summary. Raises BulkError, ConfigError and DiskFull."""
    store = Store(request.output)
    files = find_inputs(request.input, request.plan.format_options)
    _check_apart(request, files, store)
    with run_lock(store.local / STATE, LOCKED) if store.local else nullcontext():
        hold_to_plan(store, request.plan)
        progress = Progress(console, sum(file.size for file in files))
        with closing(progress):
            driver = Driver(files, request.plan.shard_lines, Ledger(store, request.plan), progress)
            with closing(driver):
                if driver.needs_workers:
                    with _cluster(request):
                        driver.run(_pool(request), Figures())
        return "\n".join([progress.summary(len(files)), *driver.pairs.lines()])


def _check_apart(request: BulkRequest, files: list[InputFile], store: Store) -> None:
    """Raises ConfigError if a file is in the output directory, or the output would be found among the input."""
    apart = f"name an --output apart from the input {request.input}"
    for file in files:
        if file.fs == store.fs and f"{file.path}/".startswith(f"{store.root}/"):
            raise ConfigError(f"{store.root}: holds the input {file.path}: {apart}")
    fs, root = open_place(request.input)
    if fs == store.fs and f"{store.root}/".startswith(f"{root}/"):
        raise ConfigError(f"{store.root}: is in the input, so its files would be translated in turn: {apart}")


@contextmanager
def _cluster(request: BulkRequest) -> Iterator[None]:
    """Connect to the cluster, or start Ray on this machine until the end of the block. Raises ConfigError."""
    try:
        if request.address:
            ray.init(address=request.address, logging_level=logging.WARNING, log_to_driver=False)
        else:
            for name, value in _ENVIRONMENT.items():
                os.environ.setdefault(name, value)
            ray.init(
                address="local",
                num_cpus=available_cpus(),
                object_store_memory=_OBJECTS,
                include_dashboard=False,
                logging_level=logging.WARNING,
                log_to_driver=False,
            )
    except ConnectionError as error:
        raise ConfigError(
            f"--address {request.address}: no Ray cluster answers ({error}): start one with ray start --head, or leave "
            f"--address out to use this machine"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _pool(request: BulkRequest) -> Pool[Task]:
    contents = ray.put(request.packages.contents())  # once, for all workers
    actor = ray.remote(num_cpus=request.threads, max_restarts=0, scheduling_strategy="SPREAD")(Worker)
    return Pool(lambda: actor.remote(contents, request.plan, request.threads), request.threads, request.workers)
