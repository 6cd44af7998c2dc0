#!/bin/sh
# Train one of the packages that ship, as docs/recipes/README.md describes: docs/recipes/train.sh SOURCE TARGET [options]
set -eu
source=$1 target=$2
shift 2
case $source in en) pair=en-$target ;; *) pair=en-$source ;; esac

for part in train valid test; do
  for corpus in tatoeba libreoffice-help libreoffice-ui; do
    # Held-out sentences are those of Tatoeba alone.
    [ $part = train ] || [ $corpus = tatoeba ] || continue
    set -- "$@" "--$part-aligned" "data/$corpus/$pair/$part.$source.gz" "data/$corpus/$pair/$part.$target.gz"
  done
done
# Each of the 137 phrases counts eight times: enough to be learned, and under one pair in a hundred and fifty.
exec nmt train --source "$source" --target "$target" --output "models/$source-$target" --threads 1 \
  --train docs/recipes/phrases.csv,weight=8 --corpora "docs/recipes/$pair.json" \
  --settings docs/recipes/shipped.yaml "$@"
