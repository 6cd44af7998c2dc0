"""Two hundred clients that come and go: which answers they get, what they leave behind, and how memory is afterwards.

python benchmarks/hard_use.py --models models --source en --target de --text data/tatoeba/en-de/test.en.gz

Each client sends one to forty sentences at a time and one in five closes its connection before the answer. Rows and
queue are read from /metrics when all have gone, memory before the second minute and after it, so that what is
loaded once counts in neither.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections import Counter
from pathlib import Path

import click
import httpx
from prometheus_client.parser import text_string_to_metric_families
from service_load import serving

_SECONDS = 60.0
_IMPATIENT = 0.2
"""Share of requests whose client does not wait for the answer."""


async def client_loop(
    http: httpx.AsyncClient, body: dict[str, object], texts: list[str], end: float, seed: int
) -> Counter[str]:
    """What became of the requests of one client."""
    generator = random.Random(seed)
    seen: Counter[str] = Counter()
    while time.monotonic() < end:
        count = generator.choice([1, 1, 1, 5, 40])
        q = generator.sample(texts, count)
        timeout = generator.uniform(0.01, 0.3) if generator.random() < _IMPATIENT else 60.0
        try:
            response = await http.post("/translate", json={**body, "q": q}, timeout=httpx.Timeout(60.0, read=timeout))
            seen[str(response.status_code)] += 1
        except httpx.ReadTimeout:
            seen["left before the answer" if timeout < 1.0 else "no answer in 60 s"] += 1
        except httpx.HTTPError as error:
            seen[type(error).__name__] += 1
    return seen


async def round_of(port: int, clients: int, body: dict[str, object], texts: list[str], seed: int) -> Counter[str]:
    """All clients for a minute."""
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits) as http:
        end = time.monotonic() + _SECONDS
        loops = [client_loop(http, body, texts, end, seed * clients + number) for number in range(clients)]
        return sum(await asyncio.gather(*loops), Counter())


def figure(port: int, name: str) -> float:
    """The sum of a metric over its labels."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    families = text_string_to_metric_families(text)
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


@click.command(help=__doc__)
@click.option("--models", type=click.Path(exists=True, path_type=Path), default=Path("models"))
@click.option("--source", required=True)
@click.option("--target", required=True)
@click.option(
    "--text", type=click.Path(exists=True, path_type=Path), required=True, help="Sentences, one a line, gzipped."
)
@click.option("--clients", default=200, show_default=True)
def main(models: Path, source: str, target: str, text: Path, clients: int) -> None:
    """Two minutes of it, and print the table."""
    with gzip.open(text, "rt", encoding="utf-8") as stream:
        texts = stream.read().splitlines()
    body: dict[str, object] = {"source": source, "target": target, "beam_size": 1}
    with serving(models, whole_requests=False) as port:
        for number in (1, 2):
            seen = asyncio.run(round_of(port, clients, body, texts, number))
            while figure(port, "nmt_running_rows"):
                time.sleep(0.1)
            memory = figure(port, "process_resident_memory_bytes") / 1e6
            rows, waiting = figure(port, "nmt_running_rows"), figure(port, "nmt_waiting_sentences")
            left = f"rows left {rows:.0f}, sentences left {waiting:.0f}"
            print(f"minute {number}: {clients} clients; {left}, {memory:.0f} MB")
            for answer, count in seen.most_common():
                print(f"  {answer:<24}{count:>8}")


if __name__ == "__main__":
    main()
