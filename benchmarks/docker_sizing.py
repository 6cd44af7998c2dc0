"""What a container that serves gives and takes, by the processors that it may use: the table of docs/deployment.md.

python benchmarks/docker_sizing.py --text data/tatoeba/en-de/test.en.gz

Requests of one sentence and of 32, from as many clients as keep it busy, and, at half of what it then answers, at
random moments. The load generator runs beside the container, on the same processors.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from service_load import Client, idle_latency, offer, saturate

_SECONDS = 6.0
_SETTINGS = {"NMT_MAX_WAITING": "100000", "NMT_TIMEOUT_SECONDS": "600"}
_PEAK = "import re; print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/1/status').read())[1])"


def docker(*arguments: str) -> str:
    """What `docker` prints."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def serving(image: str, cpus: str) -> Iterator[tuple[str, int]]:
    """A container that is ready; gives its id and its port."""
    settings = [f"--env={name}={value}" for name, value in _SETTINGS.items()]
    container = docker("run", "--detach", f"--cpus={cpus}", "--publish=127.0.0.1::8000", *settings, image)
    try:
        port = int(docker("port", container, "8000/tcp").splitlines()[0].rsplit(":", 1)[1])
        while not is_ready(port):
            time.sleep(0.2)
        yield container, port
    finally:
        docker("rm", "--force", "--volumes", container)


def is_ready(port: int) -> bool:
    """Whether every translator has just translated a canary."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready"):
            return True
    except OSError:  # among them HTTPError
        return False


async def measure(port: int, bodies: Iterator[bytes], clients: int) -> str:
    """Cells of the table."""
    client = Client(port)
    await saturate(client, bodies, 1.0, clients)
    idle = await idle_latency(client, bodies, 100)
    most = await saturate(client, bodies, _SECONDS, clients)
    half = await offer(client, bodies, 0.5 * most, _SECONDS)
    return f"{idle:.0f} | {most:.0f} | {half.percentile(0.5):.0f} | {half.percentile(0.99):.0f}"


@click.command(help=__doc__)
@click.option("--image", default="seq2seq-translator:serve", show_default=True)
@click.option("--cpus", multiple=True, default=("1", "2"), show_default=True)
@click.option("--source", default="en", show_default=True)
@click.option("--target", default="de", show_default=True)
@click.option("--text", type=click.Path(exists=True, path_type=Path), required=True, help="Sentences, one a line.")
@click.option("--beam-size", multiple=True, type=int, default=(1, 5), show_default=True)
def main(image: str, cpus: tuple[str, ...], source: str, target: str, text: Path, beam_size: tuple[int, ...]) -> None:
    """Print the table."""
    opened = gzip.open if text.suffix == ".gz" else open
    with opened(text, "rt", encoding="utf-8") as stream:
        texts = stream.read().splitlines()
    print("| `--cpus` | beam | sentences a request | idle, ms | requests/s | median, ms | 99 of 100, ms | memory, MB |")
    print("|---|---|---|---|---|---|---|---|")
    for limit, beam, sentences in itertools.product(cpus, beam_size, (1, 32)):
        request = {"source": source, "target": target, "beam_size": beam}
        groups = [texts[first : first + sentences] for first in range(0, len(texts) - sentences + 1, sentences)]
        bodies = itertools.cycle([json.dumps({**request, "q": group}).encode() for group in groups])
        with serving(image, limit) as (container, port):
            cells = asyncio.run(measure(port, bodies, max(4, 128 // sentences)))
            peak = int(docker("exec", container, "python", "-c", _PEAK)) / 1e3
        print(f"| {limit} | {beam} | {sentences} | {cells} | {peak:.0f} |", flush=True)


if __name__ == "__main__":
    main()
