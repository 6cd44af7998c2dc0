"""The `nmt` command."""

from __future__ import annotations

import click

from nmt.cli.bulk.translate import bulk
from nmt.cli.caption import caption
from nmt.cli.corpus import corpus
from nmt.cli.evaluate import evaluate
from nmt.cli.inspect import inspect
from nmt.cli.keys import keys
from nmt.cli.lm import lm
from nmt.cli.memory import memory, suggestions
from nmt.cli.models import models
from nmt.cli.promote import promote, rollback
from nmt.cli.serve import serve
from nmt.cli.train import train
from nmt.cli.translate import translate
from nmt.cli.translate_file import translate_file

_HELP = """Train, use and serve your own translators.

\b
Check your sentence pairs:
  nmt corpus check --train pairs.tsv --source en --target xx --html report.html
Train a translator on a file with a source, a tab and a target per line:
  nmt train --train pairs.tsv --source en --target xx --output models/en-xx
Translate a file line by line:
  nmt translate --model models/en-de --beam-size 5 < in.txt > out.txt
Translate folders of text, on this machine or a cluster:
  nmt bulk --model models/en-de --input texts --output translated
Translate documents:
  nmt translate-file subtitles.vtt --target de
Score a translator:
  nmt evaluate --model models/en-de --test test.tsv
Serve all translators in models/, and list them:
  nmt serve --port 8000
  nmt models list
Answer from the translation memory of your other tools, too:
  nmt memory import company.tmx --source en --target de
Enable shell completion (in bash; similarly in zsh and fish):
  eval "$(_NMT_COMPLETE=bash_source nmt)"
Fine-tune a translator on new text, and deploy it if it is no worse:
  nmt train --from models/en-de --train new.tsv --output tuned/en-de
  nmt promote tuned/en-de --to models/en-de --test test.tsv
Look into a translator:
  nmt inspect gradients --model models/en-de --html gradients.html
Train a language model on text, and let it write:
  nmt lm train --train text.txt --output models/my-language
  nmt lm sample --model models/my-language --prefix "Once upon"
"""


@click.group(help=_HELP)
@click.version_option(package_name="seq2seq-translator", prog_name="nmt")
def main() -> None:
    """Entry point of the `nmt` command."""


for command in (
    bulk,
    caption,
    corpus,
    evaluate,
    inspect,
    keys,
    lm,
    memory,
    models,
    promote,
    rollback,
    serve,
    suggestions,
    train,
    translate,
    translate_file,
):
    main.add_command(command)
