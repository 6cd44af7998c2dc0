"""Train a translator on many sources at once, each with its weight, as docs/recipes/corpora/README.md describes.

    python docs/recipes/corpora/train_mixture.py en de --stage 1 --from start/en-de --output models/en-de
    python docs/recipes/corpora/train_mixture.py en de --stage 2 --from models/en-de --output tuned/en-de

Without --from, a new model begins, with the sizes that --settings states. Stage 2 gives more weight to everyday
sentences, stage 3 to the phrases of phrases.csv. Sources that are not under data/ are left out and named. Options that
are not listed here go to `nmt train`, such as `--set training.max_updates=9000`.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
from pathlib import Path

HERE = Path(__file__).parent
PLACES = (Path("data/split"), Path("data"))
"""Where a source is looked for: first what hold_out.py and augment.py wrote, then what was never split."""
PHRASES = os.path.relpath(HERE.parent / "phrases.csv")
STAGES = {
    1: {"max_updates": 12_500, "learning_rate": 0.003, "evaluate_every": 1000, "patience": 8},
    2: {"max_updates": 3_500, "learning_rate": 0.001, "evaluate_every": 700, "patience": 100},
    3: {"max_updates": 600, "learning_rate": 0.0006, "evaluate_every": 300, "patience": 100, "average_decay": 0.99},
}


def main() -> None:
    """Start `nmt train` in the place of this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--stage", type=int, choices=STAGES, required=True)
    parser.add_argument("--from", dest="start", help="package to begin from")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--without-copyleft", action="store_true", help="leave out sources under a copyleft licence")
    options, more = parser.parse_known_args()
    source, target = options.source, options.target
    pair = f"en-{target if source == 'en' else source}"
    corpora = [
        {"name": "Phrases of docs/recipes/phrases.csv", "licence": "MIT", "attribution": "The authors of this project"}
    ]
    sides: list[str] = []
    for row in rows(f"{source}-{target}", options.without_copyleft):
        files = files_of(row, pair, source, target)
        if files is None:
            print(f"left out: {row['source']} {row['part']} ({pair} is not under data/)")
            continue
        weight = row["weight"] if options.stage == 1 else row["last weight"]
        sides += ["--train-aligned", str(files[0]), f"{files[1]},weight={weight}"]
        name = f"{row['source']} ({row['part']}), {pair}"
        corpora.append({"name": name, "licence": row["licence"], "attribution": row["attribution"]})
    options.output.parent.mkdir(parents=True, exist_ok=True)
    described = options.output.with_name(f"{options.output.name}.corpora.json")
    described.write_text(json.dumps(corpora, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    settings = {"average_decay": 0.999, "remember": 0, "label_smoothing": 0.1, "guided_alignment": 1.0}
    settings |= {"batch_tokens": 1000, **STAGES[options.stage]}
    begin = ["--from", options.start] if options.start else ["--source", source, "--target", target]
    command = ["nmt", "train", *begin, "--output", str(options.output), "--threads", "1"]
    command += ["--run-dir", f"runs/{options.output}"]  # stages of one direction have runs of their own
    command += [
        "--train",
        f"{PHRASES},weight={100 if options.stage == 3 else 8}",
        *sides,
        "--corpora",
        str(described),
        "--set",
        "data.max_subwords=60",
    ]
    for name, value in settings.items():
        command += ["--set", f"training.{name}={value}"]
    for part in ("valid", "test"):
        command += [f"--{part}-aligned", *(f"data/tatoeba/{pair}/{part}.{side}.gz" for side in (source, target))]
    os.execvp(command[0], command + more)


def rows(direction: str, without_copyleft: bool) -> list[dict[str, str]]:
    """The rows of mixture.csv for `direction`, such as `en-de`."""
    with (HERE / "mixture.csv").open(encoding="utf-8", newline="") as file:
        return [
            row
            for row in csv.DictReader(file)
            if (row["directions"] == "all" or row["directions"] in direction)
            and not (without_copyleft and row["copyleft"] == "yes")
        ]


def files_of(row: dict[str, str], pair: str, source: str, target: str) -> tuple[Path, Path] | None:
    """The two files of a source, those of the direction before those of the pair, or None if neither is there."""
    for place, name in itertools.product(PLACES, (f"{source}-{target}", pair)):
        directory = place / row["source"] / name
        found = directory / f"{row['part']}.{source}.gz", directory / f"{row['part']}.{target}.gz"
        if all(path.exists() for path in found):
            return found
    return None


if __name__ == "__main__":
    main()
