"""This project's engine, timed as the peers are: own_peer.py decode WORK THREADS. Its input is text, not subwords.

`WORK/own` is a package of the same sizes; its time includes cutting into subwords and putting together again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from timing import Translate, report

from nmt.runtime import Translator


def main() -> None:
    """As the module says."""
    work, threads = Path(sys.argv[2]), int(sys.argv[3])
    translator = Translator.load(work / "own", threads=threads)

    def new_translate(beam_size: int, batch_size: int) -> tuple[Translate, list[float]]:
        def translate(lines: Sequence[str]) -> list[str]:
            results = translator.translate(lines, beam_size=beam_size)
            # As many marks as there were subwords, <END> left out as in the peers' lines.
            return [
                " ".join("x" * (len(result.translations[0].token_log_probs) - result.translations[0].reached_end))
                for result in results
            ]

        return translate, []

    report(new_translate, work / "test.source.text", work / "own.counts")
    translator.close()


if __name__ == "__main__":
    main()
