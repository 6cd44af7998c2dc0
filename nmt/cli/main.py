"""The `nmt` command."""

from __future__ import annotations

import click

from nmt.cli.corpus import corpus
from nmt.cli.evaluate import evaluate
from nmt.cli.keys import keys
from nmt.cli.models import models
from nmt.cli.promote import promote, rollback
from nmt.cli.serve import serve
from nmt.cli.suggestions import suggestions
from nmt.cli.train import train
from nmt.cli.translate import translate

_HELP = """Train, use and serve translators of your own.

\b
Look at your sentence pairs:
  nmt corpus check --train pairs.tsv --source en --target xx --html report.html
Train a translator from a file with a source, a tab and a target a line:
  nmt train --train pairs.tsv --source en --target xx --output models/en-xx
Translate, a line in, a line out:
  nmt translate --model models/en-de --beam-size 5 < in.txt > out.txt
Measure it:
  nmt evaluate --model models/en-de --test test.tsv
Serve all translators in models/, and see what is there:
  nmt serve --port 8000
  nmt models list
Complete commands in your shell (bash; zsh and fish likewise):
  eval "$(_NMT_COMPLETE=bash_source nmt)"
Adapt one to new text, and put it in place if it is no worse:
  nmt train --from models/en-de --train new.tsv --output tuned/en-de
  nmt promote tuned/en-de --to models/en-de --test test.tsv
"""


@click.group(help=_HELP)
@click.version_option(package_name="seq2seq-translator", prog_name="nmt")
def main() -> None:
    """Entry point of the `nmt` command."""


for command in (corpus, evaluate, keys, models, promote, rollback, serve, suggestions, train, translate):
    main.add_command(command)
