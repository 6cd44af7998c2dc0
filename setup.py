"""Compiles the decoder when the package is built; everything else is in pyproject.toml."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

_COMPILING = Path(__file__).parent / "nmt" / "runtime" / "native" / "compiling.py"


def _compiling() -> ModuleType:
    """Load the module by its path, because its package imports what is not yet installed."""
    spec = importlib.util.spec_from_file_location("compiling", _COMPILING)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class BuildLibrary(build_ext):
    """Builds the library, or says why there is none: the program then needs ONNX Runtime."""

    def get_ext_filename(self, fullname: str) -> str:
        """The name has no Python version: the library is called through ctypes."""
        return str(Path(*fullname.split("."))) + ".so"

    def build_extension(self, ext: Extension) -> None:
        """Compile all of `src/`."""
        try:
            _compiling().compile_library(Path(self.get_ext_fullpath(ext.name)))
        except (OSError, subprocess.CalledProcessError) as error:
            self.warn(
                f"the decoder was not compiled, ONNX Runtime has to decode instead, more slowly: pip install "
                f"'seq2seq-translator[onnx]': {error}"
            )


class PlatformWheel(bdist_wheel):
    """A wheel for one platform and every Python 3."""

    def get_tag(self) -> tuple[str, str, str]:
        """Return the tags of the wheel."""
        return "py3", "none", super().get_tag()[2]


setup(
    ext_modules=[Extension("nmt.runtime.native.libnmt", sources=[], optional=True)],
    cmdclass={"build_ext": BuildLibrary, "bdist_wheel": PlatformWheel},
)
