"""What stood where a training writes its package, kept in the run: exports replace it, reports compare with it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from nmt.errors import PackageCorrupt, PackageNotFound
from nmt.runtime import ModelPackage, copy_package
from nmt.runtime.package import WEIGHTS
from nmt.training.run.disk_space import room_for
from nmt.training.run.files import BEFORE


def kept_before(output: Path, run: Path, weights: bytes) -> Path:
    """Where the package lies that one with `weights` takes the place of at `output`: a copy, kept in `run`.

    Said again, a training that ended finds at `output` what it wrote itself; the copy is of what stood there before.
    Raises DiskFull.
    """
    kept = run / BEFORE
    try:
        package = ModelPackage.open(output)
    except PackageNotFound:
        package = None
    except PackageCorrupt:
        return output  # nothing is worth a copy, and whoever opens it finds what is wrong
    if package and package.manifest.files.get(WEIGHTS) == hashlib.sha256(weights).hexdigest():
        kept.mkdir(exist_ok=True)
        return kept
    partial = run / f"{BEFORE}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with room_for(kept, partial=partial):
        if package:
            copy_package(package, partial)
        else:
            partial.mkdir()
    shutil.rmtree(kept, ignore_errors=True)
    partial.rename(kept)
    return kept
