#!/usr/bin/env bash
# Ray 2.60.0, read 2026-11-29.
# Valid use: `ray.init` on this machine and one task, by a program of niceness 0.
# A good guess: workers have the niceness of the program that started them, as child processes do.
# What happens: workers run with niceness 15. Beside any other busy process they get a small share of its processor,
# and a pipeline stands nearly still. `RAY_worker_niceness=0` in the environment before Ray starts changes it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'ray==2.60.0'
for asked in default 0; do
  [ "$asked" = default ] || export RAY_worker_niceness=$asked
  HOME=$work nice -n 0 "$work/venv/bin/python" - "$asked" 2>/dev/null <<'PYTHON'
import os
import sys

import ray

ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=10**8)
own, worker = os.nice(0), ray.get(ray.remote(lambda: os.nice(0)).remote())
print(f"RAY_worker_niceness {sys.argv[1]}: driver {own}, worker {worker}")
assert worker == (own + 15 if sys.argv[1] == "default" else own), worker
PYTHON
done
