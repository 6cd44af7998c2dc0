"""The HTTP service under load: requests that arrive at random moments at a given rate, whether or not it keeps up.

python benchmarks/service_load.py --models models --source en --target de --text data/tatoeba/en-de/test.en.gz

The load generator runs on the processors that serve. Latency counts from the moment a request was due. Beside the
service as it is, `--whole-requests` measures one in which a batch admits nothing until it has finished.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from nmt.runtime import Translator
from nmt.text import translate_texts

_SECONDS = 6.0
_LOADS = (0.02, 0.25, 0.5, 0.75, 0.9, 1.1)
"""Shares of the saturation load."""
_TYPE = "Content-Type: application/json"

_WHOLE_REQUESTS = """
from nmt.runtime import batcher
admit = batcher.Batcher._next_entries
batcher.Batcher._next_entries = lambda self, batch: [] if batch.sentences else admit(self, batch)
"""


@dataclass(frozen=True)
class Load:
    """What was offered and what came of it."""

    offered: float
    """Requests a second."""
    answered: float
    """Requests a second, well answered, until the last answer."""
    latencies: list[float]
    """Seconds, sorted."""
    refused: int

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        return 1e3 * self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


class Client:
    """HTTP/1.1 over kept connections, as lean as can be: it shares the processors with what it measures."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, body: bytes) -> int:
        """The status of POST /translate."""
        while self._idle:
            try:
                return await self._exchange(*self._idle.pop(), body)
            except (EOFError, ConnectionError):
                pass  # the server closes connections that have been idle for some seconds
        return await self._exchange(*await asyncio.open_connection("127.0.0.1", self._port), body)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> int:
        head = f"POST /translate HTTP/1.1\r\nHost: localhost\r\n{_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        self._idle.append((reader, writer))
        return int(answer.split(b" ", 2)[1])


async def offer(client: Client, bodies: Iterator[bytes], rate: float, seconds: float) -> Load:
    """Poisson arrivals at `rate` for `seconds`; waits for every answer."""
    generator = random.Random(1)
    latencies: list[float] = []
    refused = 0

    async def request(due: float) -> None:
        nonlocal refused
        status = await client.post(next(bodies))
        if status == 200:
            latencies.append(time.perf_counter() - due)
        else:
            refused += 1

    start = due = time.perf_counter()
    tasks = []
    while due < start + seconds:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(request(due)))
        due += generator.expovariate(rate)
    await asyncio.gather(*tasks)
    whole = time.perf_counter() - start
    return Load(rate, len(latencies) / whole, sorted(latencies) or [float("nan")], refused)


async def saturate(client: Client, bodies: Iterator[bytes], seconds: float, clients: int) -> float:
    """Requests a second when `clients` send their next request at once on each answer."""
    end = time.perf_counter() + seconds
    count = 0

    async def again() -> None:
        nonlocal count
        while time.perf_counter() < end:
            status = await client.post(next(bodies))
            count += status == 200

    start = time.perf_counter()
    await asyncio.gather(*(again() for _ in range(clients)))
    return count / (time.perf_counter() - start)


async def idle_latency(client: Client, bodies: Iterator[bytes], count: int = 200) -> float:
    """Median milliseconds of one request at a time."""
    latencies = []
    for body in itertools.islice(bodies, count):
        start = time.perf_counter()
        await client.post(body)
        latencies.append(time.perf_counter() - start)
    return 1e3 * statistics.median(latencies)


@contextmanager
def serving(models: Path, whole_requests: bool) -> Iterator[int]:
    """The service in a process of its own; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = f"{_WHOLE_REQUESTS if whole_requests else ''}\nfrom nmt.cli.main import main\nmain()"
    settings = {**os.environ, "NMT_MAX_WAITING": "100000", "NMT_TIMEOUT_SECONDS": "600"}
    arguments = ["serve", "--models", str(models), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def offline_rates(package: Path, texts: list[str], beam_size: int) -> tuple[float, float]:
    """Sentences a second of one call over all texts: by the model alone, and with what the service does to a text."""
    with Translator.load(package) as translator:
        options = translator.options(beam_size=beam_size)
        calls: tuple[Callable[[list[str]], object], ...] = (
            lambda some: translator.translate(some, beam_size=beam_size),
            lambda some: translate_texts(translator, some, options),
        )
        return _rate(calls[0], texts), _rate(calls[1], texts)


def _rate(call: Callable[[list[str]], object], texts: list[str]) -> float:
    call(texts[:200])
    start = time.perf_counter()
    call(texts)
    return len(texts) / (time.perf_counter() - start)


@click.command(help=__doc__)
@click.option("--models", type=click.Path(exists=True, path_type=Path), default=Path("models"))
@click.option("--source", required=True)
@click.option("--target", required=True)
@click.option("--text", type=click.Path(exists=True, path_type=Path), required=True, help="Sentences, one a line.")
@click.option("--beam-size", default=1, show_default=True)
@click.option("--whole-requests", is_flag=True, help="Measure the variant that batches whole requests.")
def main(models: Path, source: str, target: str, text: Path, beam_size: int, whole_requests: bool) -> None:
    """Print the tables."""
    opened = gzip.open if text.suffix == ".gz" else open
    with opened(text, "rt", encoding="utf-8") as stream:
        texts = stream.read().splitlines()
    alone, whole = offline_rates(models / f"{source}-{target}", texts, beam_size)
    print(f"beam {beam_size}, offline {alone:.0f} sentences/s, {whole:.0f} with what the service does to a text")
    for sentences in (1, 32):
        request = {"source": source, "target": target, "beam_size": beam_size}
        groups = [texts[first : first + sentences] for first in range(0, len(texts) - sentences + 1, sentences)]
        random.Random(0).shuffle(groups)
        bodies = itertools.cycle([json.dumps({**request, "q": group}).encode() for group in groups])
        with serving(models, whole_requests) as port:
            asyncio.run(measure(Client(port), bodies, sentences))


async def measure(client: Client, bodies: Iterator[bytes], sentences: int) -> None:
    """Idle, saturated, and shares of that load."""
    await saturate(client, bodies, 1.0, 8)
    idle = await idle_latency(client, bodies)
    most = await saturate(client, bodies, _SECONDS, max(4, 128 // sentences))
    print(f"\n{sentences} sentence(s) a request: idle median {idle:.1f} ms, saturated {most:.0f} requests/s", end="")
    print(f" = {most * sentences:.0f} sentences/s")
    print(f"{'offered/s':>10}{'answered/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'refused':>9}")
    for share in _LOADS:
        load = await offer(client, bodies, share * most, _SECONDS)
        print(
            f"{load.offered:>10.0f}{load.answered:>12.0f}{load.percentile(0.5):>9.1f}{load.percentile(0.99):>9.1f}"
            f"{load.refused:>9}"
        )


if __name__ == "__main__":
    main()
