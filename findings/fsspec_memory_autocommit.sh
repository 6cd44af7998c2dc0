#!/usr/bin/env bash
# fsspec 2026.9.0, read 2026-11-29.
# Valid use: `open(path, "wb", autocommit=False)`, written to and flushed, on the file system `memory`.
# A good guess: the file is not there until `commit`, as on the file system `file`, which keeps it under another name.
# What happens: in `memory` the flushed part stands under the file's own name before `commit`, so a test of exactly-once
# output that passes on `file` sees half a file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'fsspec==2026.9.0'
"$work/venv/bin/python" - "$work" <<'PYTHON'
import sys

import fsspec

seen = {}
for protocol, path in (("file", f"{sys.argv[1]}/shard"), ("memory", "/shard")):
    files = fsspec.filesystem(protocol)
    with files.open(path, "wb", autocommit=False) as file:
        file.write(b"half")
        file.flush()
        seen[protocol] = files.cat(path) if files.exists(path) else None
        print(protocol, "before commit:", seen[protocol])
assert seen == {"file": None, "memory": b"half"}, seen
PYTHON
