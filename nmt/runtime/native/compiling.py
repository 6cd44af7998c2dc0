"""Compiles the decoder as one shared library, each kernel once for every instruction set of the processor's family.

The build of the package runs this file by its path, before anything is installed, so it imports the standard library
alone. The compiler is the Clang that the package `ziglang` brings, on every machine the same.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCES = Path(__file__).parent / "src"
LIBRARY = "libnmt.so"
KERNELS = ("attention", "cells", "choose", "dense", "draw", "gemm", "kernels", "matrix", "quantize")
"""Source files that are compiled once for each instruction set."""
ENGINE = (
    "batch", "decoder", "encoder", "instruction_set", "language_model", "language_steps", "layer", "lexical_bias",
    "linear", "model", "search", "sentence", "spelling", "table",
)  # fmt: skip
"""Source files that are compiled once."""
_AVX2 = ("-mavx2", "-mf16c")
_AVX512 = (
    *_AVX2, "-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx512vnni", "-mprefer-vector-width=512",
)  # fmt: skip
INSTRUCTION_SETS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "x86_64": {
        "portable": (),
        "avx2": _AVX2,
        "avxvnni": (*_AVX2, "-mavxvnni"),
        "avx512vnni": _AVX512,
        "amx": (*_AVX512, "-mamx-tile", "-mamx-int8"),
    },
    "aarch64": {"portable": (), "dotprod": ("-mcpu=baseline+dotprod",)},
}
"""Compiler options of each instruction set, by processor family."""
OPTIONS = (
    "-std=c11", "-O3", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror",
    # Results must be the same bytes on every instruction set, so no product and sum may be fused into one rounding.
    "-ffp-contract=off", "-fno-math-errno",
)  # fmt: skip


def machine() -> str:
    """Return the processor family that is compiled for, as the tables here name it."""
    name = platform.machine().lower()
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(name, name)


def zig_compiler() -> list[str]:
    """Return the command of the compiler that `ziglang` brings, for the oldest processor of this machine's family."""
    command = [sys.executable, "-m", "ziglang", "cc"]
    if sys.platform != "linux":
        return command
    # glibc 2.17 is as old as what wheels may need.
    library = "gnu.2.17" if platform.libc_ver()[0] == "glibc" else "musl"
    return [*command, "-target", f"{machine()}-linux-{library}", "-mcpu=baseline"]


def compile_library(output: Path, compiler: Sequence[str] | None = None, options: Sequence[str] = ()) -> None:
    """Write the library to `output`. `options` come after the usual ones.

    Raises CalledProcessError or OSError where the compiler fails or is missing.
    """
    command = [*(compiler or zig_compiler()), *OPTIONS, *options]
    sets = INSTRUCTION_SETS.get(machine(), {"portable": ()})
    units: list[tuple[str, str | None, Sequence[str]]] = [(name, None, ()) for name in ENGINE]
    units += [(name, each, sets[each]) for each in sets for name in KERNELS]
    with tempfile.TemporaryDirectory() as directory, ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = [Path(directory) / f"{name}-{each}.o" for name, each, _ in units]

        def compile_unit(number: int) -> None:
            name, each, own = units[number]
            defined: list[str] = [f"-DINSTRUCTION_SET={each}"] if each else []
            arguments = [*command, *own, *defined, "-c", str(SOURCES / f"{name}.c"), "-o", str(objects[number])]
            subprocess.run(arguments, check=True, stdin=subprocess.DEVNULL)

        for _ in pool.map(compile_unit, range(len(units))):
            pass
        output.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(directory) / LIBRARY
        subprocess.run([*command, "-shared", "-s", *map(str, objects), "-lm", "-o", str(fresh)], check=True)
        output.write_bytes(fresh.read_bytes())
