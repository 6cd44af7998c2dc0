#!/bin/sh
# Train all six translators side by side on one GPU: docs/recipes/corpora/gpu.sh [options of nmt train]
#
# Reads data/, data/split/ and data/augmented/ (README.md, steps 1 and 2) and writes gpu/SOURCE-TARGET and a log beside
# each. The same command goes on after a stop. DIRECTIONS="en-de de-en" trains only these.
set -eu
here=$(dirname "$0")
directions=${DIRECTIONS:-en-de de-en en-fr fr-en en-es es-en}
mkdir -p gpu

# One direction, from nothing: all sources, then mostly everyday sentences.
train() {
  source=${1%-*} target=${1#*-}
  shift
  python "$here/train_mixture.py" "$source" "$target" --stage 1 --output "gpu/first/$source-$target" \
    --settings "$here/gpu.yaml" --set training.batch_tokens=12000 --set training.max_updates=3500 \
    --set training.learning_rate=0.004 --set training.evaluate_every=500 "$@" &&
  python "$here/train_mixture.py" "$source" "$target" --stage 2 --from "gpu/first/$source-$target" \
    --output "gpu/$source-$target" --set training.batch_tokens=12000 --set training.max_updates=700 \
    --set training.evaluate_every=350 "$@"
}

running=
for direction in $directions; do
  train "$direction" "$@" > "gpu/$direction.log" 2>&1 &
  running="$running $direction:$!"
done
failed=0
for each in $running; do
  if wait "${each#*:}"; then
    echo "${each%:*}: done"
  else
    echo "${each%:*}: failed, see gpu/${each%:*}.log"
    failed=1
  fi
done
exit $failed
