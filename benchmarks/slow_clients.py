"""Clients that send next to nothing, and clients that send too much: what others notice of them.

python benchmarks/slow_clients.py --models models --source en --target de

Half of a thousand connections send a byte of a request a second and never finish, as a slow-loris attack does; then
fifty clients send bodies of ten megabytes. The table has the latency of one honest client, and what the process used.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import Awaitable
from pathlib import Path

import click
import httpx
from hard_use import figure
from service_load import serving

_SLOW = 500
_LARGE = 50
_BODY = b"x" * 10_000_000
_SECONDS = 25.0


async def honest(port: int, body: dict[str, object], until: Awaitable[object]) -> list[float]:
    """Milliseconds of one request after the other, until `until` is over."""
    over = asyncio.ensure_future(until)
    taken: list[float] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60.0) as http:
        while not over.done():
            started = time.perf_counter()
            (await http.post("/translate", json=body)).raise_for_status()
            taken.append(1000.0 * (time.perf_counter() - started))
            await asyncio.sleep(0.02)
    await over
    return taken


async def slow_client(port: int, held: list[float]) -> None:
    """Send a byte a second until the server has enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started = time.perf_counter()
    with contextlib.suppress(ConnectionError):
        for byte in b"POST /translate HTTP/1.1\r\nHost: here\r\nX-Slow: " + b"a" * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1), 1.0)
                break
    held.append(time.perf_counter() - started)
    writer.close()


async def large_client(port: int, answers: list[str]) -> None:
    """Send far too much, and say so beforehand."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /translate HTTP/1.1\r\nHost: here\r\nContent-Length: {len(_BODY)}\r\n\r\n"
    writer.write(head.encode())
    with contextlib.suppress(ConnectionError):
        writer.write(_BODY)
        answers.append((await reader.readline()).decode().strip())
    writer.close()


def row(name: str, taken: list[float], port: int, before: float) -> str:
    """A line of the table."""
    quantiles = statistics.quantiles(taken, n=100)
    memory = figure(port, "process_resident_memory_bytes") / 1e6
    seconds = figure(port, "process_cpu_seconds_total") - before
    return f"{name:<34}{quantiles[49]:>8.1f}{quantiles[98]:>8.1f}{memory:>8.0f}{seconds:>8.2f}"


@click.command(help=__doc__)
@click.option("--models", type=click.Path(exists=True, path_type=Path), default=Path("models"))
@click.option("--source", required=True)
@click.option("--target", required=True)
def main(models: Path, source: str, target: str) -> None:
    """Alone, among slow clients, among large bodies."""
    body: dict[str, object] = {"q": "Good morning!", "source": source, "target": target, "beam_size": 1}
    with serving(models, whole_requests=False) as port:
        held: list[float] = []
        answers: list[str] = []

        async def slow() -> None:
            await asyncio.gather(*(slow_client(port, held) for _ in range(_SLOW)))

        async def large() -> None:
            for _ in range(_LARGE):
                await large_client(port, answers)

        print(f"{'one honest client':<34}{'p50 ms':>8}{'p99 ms':>8}{'MB':>8}{'CPU s':>8}")
        for name, meanwhile in (
            ("alone, 25 s", lambda: asyncio.sleep(_SECONDS)),
            (f"among {_SLOW} slow connections", slow),
            (f"among {_LARGE} bodies of 10 MB", large),
            ("alone again, 25 s", lambda: asyncio.sleep(_SECONDS)),
        ):
            before = figure(port, "process_cpu_seconds_total")
            taken = asyncio.run(honest(port, body, meanwhile()))
            print(row(name, taken, port, before))
        print(f"slow connections closed after {min(held):.1f} to {max(held):.1f} s")
        print(f"large bodies: {', '.join(sorted({answer for answer in answers}))}")


if __name__ == "__main__":
    main()
