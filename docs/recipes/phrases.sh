#!/bin/sh
# Teach a package that docs/recipes/train.sh made the phrases, and put it in place: docs/recipes/phrases.sh SOURCE TARGET
set -eu
source=$1 target=$2
case $source in en) pair=en-$target ;; *) pair=en-$source ;; esac
place=models/$source-$target tuned=tuned/$source-$target
tatoeba=data/tatoeba/$pair help=data/libreoffice-help/$pair ui=data/libreoffice-ui/$pair

mkdir -p tuned
python -c 'import json, sys; print(json.dumps([each for path in sys.argv[1:] for each in json.load(open(path))]))' \
  docs/recipes/phrases.json "docs/recipes/$pair.json" > "$tuned.json"
# With thirteen pairs of the old text beside each phrase, 300 updates see it some fifteen times.
nmt train --from "$place" --output "$tuned" --run-dir "runs/phrases-$source-$target" --threads 1 \
  --train docs/recipes/phrases.csv --corpora "$tuned.json" \
  --mix-aligned "$tatoeba/train.$source.gz" "$tatoeba/train.$target.gz,weight=10" \
  --mix-aligned "$help/train.$source.gz" "$help/train.$target.gz,weight=2" \
  --mix-aligned "$ui/train.$source.gz" "$ui/train.$target.gz" \
  --valid-aligned "$tatoeba/valid.$source.gz" "$tatoeba/valid.$target.gz" \
  --test-aligned "$tatoeba/test.$source.gz" "$tatoeba/test.$target.gz" \
  --set training.max_updates=300 --set training.batch_tokens=1000 --set training.remember=0
nmt promote "$tuned" --to "$place" --test-aligned "$tatoeba/test.$source.gz" "$tatoeba/test.$target.gz"
