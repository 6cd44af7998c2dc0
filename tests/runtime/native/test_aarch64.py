"""The kernels of aarch64, cross-compiled and run in an emulator: NEON's dot product gives the bytes of plain C."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nmt.runtime.native.compiling import INSTRUCTION_SETS, KERNELS, OPTIONS, SOURCES

EMULATOR = shutil.which("qemu-aarch64")


@pytest.mark.skipif(EMULATOR is None, reason="needs qemu-aarch64, of the package qemu-user")
def test_every_kernel_gives_the_same_bytes_with_and_without_the_dot_product(tmp_path: Path) -> None:
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", "aarch64-linux-musl", "-mcpu=baseline", *OPTIONS]
    objects = []
    for name, options in INSTRUCTION_SETS["aarch64"].items():
        for kernel in KERNELS:
            objects.append(tmp_path / f"{kernel}-{name}.o")
            own = [*options, f"-DINSTRUCTION_SET={name}", "-c", SOURCES / f"{kernel}.c", "-o", objects[-1]]
            subprocess.run([*compiler, *own], check=True)
    sets = ["-DFIRST=portable", "-DSECOND=dotprod", "-I", SOURCES]
    program = tmp_path / "agreement"
    main = Path(__file__).parent / "agreement.c"
    subprocess.run([*compiler, *sets, "-static", main, *objects, "-o", program], check=True)
    done = subprocess.run([str(EMULATOR), program], check=True, capture_output=True, text=True)
    assert done.stdout.split("\n") == ["done", ""]
