"""This project beside a Transformer of the size that small offline translators have, in CTranslate2 with int8.

python benchmarks/transformer.py models/en-de data/tatoeba/en-de/test.en.gz --environment ENVIRONMENT --work build/peer

`ENVIRONMENT` is a virtual environment with `ctranslate2` 4.8. The Transformer has random weights, so only speed is
compared: of as many sources of the same lengths, and of outputs as long as they. This project's times include text.
"""

from __future__ import annotations

import gzip
import json
import statistics
import time
from pathlib import Path

import click
from systems import SCRIPTS, execute

from nmt.runtime import Translator

_SINGLES = 100


@click.command(help=__doc__)
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.argument("text", type=click.Path(exists=True, path_type=Path))
@click.option("--environment", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--work", type=click.Path(path_type=Path), required=True, help="Where the Transformer is written.")
@click.option("--sentences", default=256, show_default=True)
@click.option("--threads", default=2, show_default=True)
def main(package: Path, text: Path, environment: Path, work: Path, sentences: int, threads: int) -> None:
    """Time both and print the table."""
    with gzip.open(text, "rt", encoding="utf-8") as stream:
        lines = stream.read().splitlines()[:sentences]
    own, lengths = own_figures(package, lines, threads)
    work.mkdir(parents=True, exist_ok=True)
    (work / "lengths.json").write_text(json.dumps(lengths))
    command = [str(environment / "bin" / "python"), str(SCRIPTS / "ctranslate2_peer.py")]
    output, _ = execute([*command, str(work / "transformer"), str(work / "lengths.json"), str(threads)], threads)
    peer = json.loads(output.strip().splitlines()[-1])
    print(f"{len(lines)} sentences, {threads} threads")
    print(f"{'':<24}{'this project':>14}{'Transformer':>14}{'times':>8}")
    for beam in (1, 5):
        tokens, single = f"tokens.beam{beam}", f"single.beam{beam}"
        ratio = own[tokens] / peer[tokens]
        print(f"{f'beam {beam}, tokens/s':<24}{own[tokens]:>14.0f}{peer[tokens]:>14.0f}{ratio:>8.1f}")
        ratio = peer[single] / own[single]
        print(f"{f'beam {beam}, one, ms':<24}{own[single]:>14.2f}{peer[single]:>14.2f}{ratio:>8.1f}")


def own_figures(package: Path, lines: list[str], threads: int) -> tuple[dict[str, float], list[int]]:
    """Return tokens per second and milliseconds of a single sentence, by beam, and the source lengths in subwords."""
    figures: dict[str, float] = {}
    with Translator.load(package, threads=threads) as translator:
        for beam in (1, 5):
            translator.translate(lines, beam_size=beam)
            start = time.perf_counter()
            results = translator.translate(lines, beam_size=beam)
            seconds = time.perf_counter() - start
            written = sum(len(result.translations[0].token_log_probs) for result in results)
            figures[f"tokens.beam{beam}"] = written / seconds
            times = []
            for line in lines[:_SINGLES]:
                start = time.perf_counter()
                translator.translate([line], beam_size=beam)
                times.append(time.perf_counter() - start)
            figures[f"single.beam{beam}"] = 1e3 * statistics.median(times)
    return figures, [max(1, result.source_subwords) for result in results]


if __name__ == "__main__":
    main()
