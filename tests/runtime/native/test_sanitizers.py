"""The library built with sanitizers, run on random packages, sizes and ids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nmt.runtime.native.compiling import compile_library, zig_compiler
from nmt.runtime.native.library import installed_library

ROOT = Path(__file__).parents[3]

if installed_library() is None:
    pytest.skip("the decoder was not compiled here", allow_module_level=True)

_FUZZ = """
import sys, weakref
from random import Random
from pathlib import Path
import numpy as np
from random_language_models import LANGUAGE_FORMS, WORDS, exported_language_model
from random_models import FORMS, SOURCES, TARGETS, exported, random_rare_words, random_spelling
from nmt.decoding import DecodingOptions
from nmt.errors import PackageCorrupt
from nmt.runtime.native.library import Library
from nmt.runtime.running_batch import Sentence, Source

library = Path(sys.argv[1])
for number, name in enumerate(Library(library).instruction_sets):
    for form in FORMS[number::4]:
        random = Random(str(form))
        engine = exported(form).native(Library(library, name), random_spelling(random.choice([1, 9])))
        batch = engine.new_batch()
        for _ in range(8):
            fresh = []
            for _ in range(random.randrange(4)):
                ids = [random.randrange(SOURCES) for _ in range(random.choice([0, 1, 2, 15, 16, 17, 90]))]
                copied = [random.randrange(TARGETS) for _ in range(random.randrange(8))]
                beam = random.choice([1, 1, 2, 5, 20])
                options = DecodingOptions(beam, random.randint(1, beam), random.choice([None, 1, 12]))
                rare = random_rare_words(random, len(ids)) if form.attention != "none" else []
                copied += [id for word in rare for spelling in word.spellings for id in spelling]
                fresh.append(Sentence(Source(ids, copied, rare), engine.new_search(options, 20)))
            if random.random() < 0.1:
                spoilt = Source([random.choice([-1, SOURCES, 2**31 - 1, -(2**31)])])
                try:
                    batch.admit([*fresh, Sentence(spoilt, engine.new_search(DecodingOptions(1), 5))])
                except PackageCorrupt:
                    batch = engine.new_batch()
                continue
            batch.admit(fresh)
            if random.random() < 0.5:
                batch.interrupt()
            batch.step()
            if random.random() < 0.2:
                batch.drop(lambda each: random.random() < 0.5)
        while batch.sentences:
            batch.step()
    for form in LANGUAGE_FORMS[number::3]:
        random = Random(str(form))
        model = exported_language_model(form).native(Library(library, name))
        for _ in range(6):
            steps, rows = random.choice([0, 1, 17, 70]), random.choice([1, 2, 17, 70])
            state = tuple(np.zeros((rows, size), dtype=np.float32) for size in model.state_sizes)
            symbols, targets = (np.array([[random.randrange(WORDS) for _ in range(rows)] for _ in range(steps)])
                                .reshape(steps, rows) for _ in range(2))
            _, state = model.read(symbols, state)
            _, state = model.score(symbols, targets, state)
            uniforms = np.array([random.random() for _ in range(steps)])
            model.sample(random.randrange(WORDS), tuple(tensor[:1] for tensor in state), uniforms,
                         random.choice([0.0, 0.5, 1.0]), random.choice([0.01, 0.9, 1.0]))
            try:
                model.read(np.array([[random.choice([-1, WORDS, 2**31 - 1, -(2**31)])]]), state)
            except ValueError:
                pass
    print(name)
"""


def fuzz(tmp_path: Path, compiler: list[str], options: list[str], environment: dict[str, str]) -> None:
    """Build the library with `options` and run it in a process of its own."""
    library = tmp_path / "libnmt.so"
    compile_library(library, compiler, options)
    script = tmp_path / "fuzz.py"
    script.write_text(_FUZZ)
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests" / "support")))
    done = subprocess.run(
        [sys.executable, str(script), str(library)],
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "portable" in done.stdout.split()


def test_nothing_that_it_does_is_undefined(tmp_path: Path) -> None:
    fuzz(tmp_path, zig_compiler(), ["-O1", "-fsanitize=undefined", "-fsanitize-trap=undefined"], {})


def test_it_reads_and_writes_only_its_own_memory(tmp_path: Path) -> None:
    compiler = shutil.which("gcc") or ""
    runtime = (
        compiler
        and subprocess.run(
            [compiler, "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    if not runtime or not Path(runtime).is_file():
        pytest.skip("needs gcc with AddressSanitizer, which zig does not bring")
    # Python's own allocations live to the end of the process.
    environment = {"LD_PRELOAD": runtime, "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc"}
    fuzz(tmp_path, [compiler], ["-O1", "-fsanitize=address", "-Wno-error"], environment)
