"""Multi30k from nothing: the main rows, less text with and without teachers, what each technique brings, and what
monolingual text does.

Only text, only the 29,000 training pairs, single models. Everything is chosen on `val`; `--test` looks at
test_2016_flickr and is for the end. Scores are of packages as they are served (int8, short lists).

BLEU "as published" compares with `*.lc.norm.tok.*`: translations are lowercased, their punctuation normalised
and tokenised as Moses does, and sacreBLEU counts what is there (tokenize none). Beside it stand cased,
detokenised BLEU and chrF. A training that was stopped goes on when the command is said again; one that ended
is only scored. When presets have changed, give another --work.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from multi30k_runs import BESIDE_MONOLINGUAL, GROUPS, Run, runs_of
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacremoses import MosesPunctNormalizer, MosesTokenizer

from nmt.language_model import LanguageModel, LanguageModelReranker
from nmt.runtime import ModelPackage, Translator
from nmt.training.run.disk_space import write_small_file

_SUBSETS = 1
"""Seed of the order whose first pairs are the subsets, so that each holds the smaller ones."""
_LANGUAGE_MODEL = "language-model-de"
"""Name of the directories of the language model of these sentences."""
_LANGUAGE_MODEL_SETTINGS = (
    "symbols=subwords", "vocabulary_size=4000", "layers=1", "hidden=256", "embedding=128", "k=32", "max_updates=1200",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scores:
    """Of one model on one test set."""

    published: float
    """BLEU of lowercased, normalised, tokenised text."""
    bleu: float
    chrf: float


@click.command(help=__doc__)
@click.argument("groups", nargs=-1, required=True, type=click.Choice(GROUPS))
@click.option("--data", type=click.Path(exists=True, path_type=Path), default="data/multi30k", show_default=True)
@click.option("--work", type=click.Path(path_type=Path), default="runs/multi30k", show_default=True)
@click.option("--threads", default=2, show_default=True)
@click.option("--beam-size", default=5, show_default=True)
@click.option("--test", is_flag=True, help="Score test_2016_flickr instead of val.")
@click.option("--finished", is_flag=True, help="Train nothing: score what there is.")
def main(
    groups: Sequence[str], data: Path, work: Path, threads: int, beam_size: int, test: bool, finished: bool
) -> None:
    """Train and score the groups in turn, and print a table each."""
    split = "test_2016_flickr" if test else "val"
    for group in groups:
        print(f"{group}, {split}, beam {beam_size}")
        print(f"{'':<64}{'published':>10}{'BLEU':>8}{'chrF':>8}{'updates':>9}{'minutes':>9}", flush=True)
        rows: dict[str, list[Scores]] = {}
        for run in runs_of(group):
            if not finished:
                _train(run, data, work, threads)
            if not _is_finished(run, work):
                continue
            scores = _score(run, data, work, split, beam_size)
            label = f"{run.source}-{run.target}, {run.pairs:,} pairs, {run.label}"
            label += ", language model" * run.reranked
            rows.setdefault(label, []).append(scores)
            updates, minutes = _effort(work / run.name)
            print(_row(f"{label}, seed {run.seed}", scores) + f"{updates:>9,}{minutes:>9.0f}", flush=True)
        for label, several in rows.items():
            if len(several) > 1:
                print(_mean(label, several), flush=True)


def _train(run: Run, data: Path, work: Path, threads: int) -> None:
    """`nmt train`, as anyone would say it."""
    if run.reranked and not (work / "models" / _LANGUAGE_MODEL).exists():
        _train_language_model(data, work, threads)
    if _is_finished(run, work):
        return
    source, target = (_subset(data, work, language, run.pairs) for language in (run.source, run.target))
    held_out = [str(data / f"val.{language}.gz") for language in (run.source, run.target)]
    command = ["train", "--source", run.source, "--target", run.target, "--threads", str(threads)]
    command += ["--output", str(work / "models" / run.name), "--run-dir", str(work / run.name)]
    command += ["--train-aligned", str(source), str(target), "--valid-aligned", *held_out]
    for teacher in run.teachers:
        command += ["--teacher", str(work / "models" / teacher.name)]
    if run.monolingual:
        command += ["--monolingual", str(_monolingual(data, work))]
    for setting in (*run.settings, f"training.seed={run.seed}"):
        command += ["--set", setting]
    _nmt(command, work / run.name)


def _nmt(command: Sequence[str], run: Path) -> None:
    run.mkdir(parents=True, exist_ok=True)
    with (run / "output.txt").open("a") as output:
        done = subprocess.run([sys.executable, "-m", "nmt", *command], stderr=output, check=False)
    if done.returncode:
        raise click.ClickException(f"{run.name} failed; {output.name} says why")


def _train_language_model(data: Path, work: Path, threads: int) -> None:
    """`nmt lm train` on the monolingual text."""
    command = ["lm", "train", "--language", "de", "--threads", str(threads)]
    command += ["--train", str(_monolingual(data, work)), "--valid", str(data / "val.de.gz")]
    command += ["--output", str(work / "models" / _LANGUAGE_MODEL), "--run-dir", str(work / _LANGUAGE_MODEL)]
    for setting in _LANGUAGE_MODEL_SETTINGS:
        command += ["--set", setting]
    _nmt(command, work / _LANGUAGE_MODEL)


def _is_finished(run: Run, work: Path) -> bool:
    needed = [run.name, *([_LANGUAGE_MODEL] if run.reranked else [])]
    return all((work / "models" / name / "manifest.json").exists() for name in needed)


def _subset(data: Path, work: Path, language: str, pairs: int) -> Path:
    """The first `pairs` lines of the training text, in an order drawn once."""
    return _written(_shuffled(data, language)[:pairs], work / f"train-{pairs}.{language}")


def _monolingual(data: Path, work: Path) -> Path:
    """The German sentences of the training text that are in none of the subsets beside it."""
    return _written(_shuffled(data, "de")[BESIDE_MONOLINGUAL[-1] :], work / "monolingual.de")


def _shuffled(data: Path, language: str) -> list[str]:
    lines = _lines(data / f"train.{language}.gz")
    return [lines[index] for index in np.random.default_rng(_SUBSETS).permutation(len(lines))]


def _written(lines: Sequence[str], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(f"{line}\n" for line in lines).encode()
    if not path.exists() or path.read_bytes() != content:  # another group may be at it in another process
        write_small_file(path, content)
    return path


def _score(run: Run, data: Path, work: Path, split: str, beam_size: int) -> Scores:
    models, reranker = work / "models", None
    if run.reranked:
        reranker = LanguageModelReranker(LanguageModel.load(models / _LANGUAGE_MODEL), run.target)
    with Translator(ModelPackage.open(models / run.name), reranker=reranker) as translator:
        results = translator.translate(_lines(data / f"{split}.{run.source}.gz"), beam_size=beam_size)
    texts = [result.text for result in results]
    references = _lines(data / f"{split}.{run.target}.gz")
    as_published = _lines(data / f"{split}.lc.norm.tok.{run.target}.gz")
    return Scores(
        BLEU(tokenize="none", force=True).corpus_score(_as_published(texts, run.target), [as_published]).score,
        BLEU().corpus_score(texts, [references]).score,
        CHRF().corpus_score(texts, [references]).score,
    )


def _as_published(texts: Sequence[str], language: str) -> list[str]:
    normalise, tokenise = MosesPunctNormalizer(language), MosesTokenizer(language)
    return [tokenise.tokenize(normalise.normalize(text.lower()), return_str=True) for text in texts]


def _effort(run: Path) -> tuple[int, float]:
    """Updates and minutes of a training, over all times it was stopped."""
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    last = [record for record in records if record["event"] == "update"][-1]
    return last["update"], last["seconds"] / 60


def _row(label: str, scores: Scores) -> str:
    return f"{label:<64}{scores.published:>10.2f}{scores.bleu:>8.2f}{scores.chrf:>8.2f}"


def _mean(label: str, scores: Sequence[Scores]) -> str:
    columns = [[item.published for item in scores], [item.bleu for item in scores], [item.chrf for item in scores]]
    means = Scores(*(statistics.mean(column) for column in columns))
    deviations = ", ".join(f"{statistics.stdev(column):.2f}" for column in columns)
    return _row(f"{label}, mean of {len(scores)}", means) + f"   deviations {deviations}"


def _lines(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as stream:
        return [line.removesuffix("\n") for line in stream]


if __name__ == "__main__":
    main()
