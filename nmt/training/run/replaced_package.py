"""A copy of the package that a training replaces, kept in the run directory for comparison in the report."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from nmt.errors import PackageCorrupt, PackageNotFound
from nmt.runtime import ModelPackage, copy_package
from nmt.runtime.manifest import WEIGHTS
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.run.files import BEFORE


def keep_replaced_package(output: Path, run: Path, weights: bytes) -> Path:
    """Copy the package at `output`, which one with `weights` will replace, to `run`, and return the copy's path.

    If `output` already has these `weights`, a finished training was run again: the earlier copy stays, so that it is of
    the package before. The copy is empty if there is no package. A corrupt package is not copied: its own path is
    returned. Raises DiskFull.
    """
    kept = run / BEFORE
    try:
        package = ModelPackage.open(output)
    except PackageNotFound:
        package = None
    except PackageCorrupt:
        return output  # not worth copying; opening it reports the fault
    if package and package.manifest.files.get(WEIGHTS) == hashlib.sha256(weights).hexdigest():
        kept.mkdir(exist_ok=True)
        return kept
    partial = run / f"{BEFORE}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with reporting_full_disk(kept, partial=partial):
        if package:
            copy_package(package, partial)
        else:
            partial.mkdir()
    shutil.rmtree(kept, ignore_errors=True)
    partial.rename(kept)
    return kept
