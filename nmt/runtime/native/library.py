"""The compiled library: finds it, chooses the instruction set, and describes its interface (`src/nmt.h`)."""

from __future__ import annotations

import ctypes
import functools
import logging
import os
from ctypes import POINTER, c_char_p, c_double, c_float, c_int32, c_void_p
from pathlib import Path

from nmt.errors import ConfigError
from nmt.runtime.native.compiling import LIBRARY

SETTING = "NMT_INSTRUCTION_SET"
"""Environment variable that names the instruction set to use; `none` turns the compiled decoder off."""
_NONE = "none"
PATH = Path(__file__).parent / LIBRARY
"""Where the build puts the library."""
_log = logging.getLogger(__name__)


class Sizes(ctypes.Structure):
    """NmtSizes."""

    _fields_ = [
        (name, c_int32)
        for name in (
            "cell", "attention", "highway", "lexical",
            "embedding", "encoder_hidden", "encoder_layers", "directions",
            "decoder_hidden", "decoder_layers", "heads",
            "source_words", "target_words", "always", "translations", "closed",
            "start_id", "end_id", "pad_id", "filter",
        )
    ]  # fmt: skip


class Layer(ctypes.Structure):
    """NmtLayer."""

    _fields_ = (
        ("weights", c_void_p),
        ("scales", c_void_p),
        ("bias", c_void_p),
        ("inputs", c_int32),
        ("outputs", c_int32),
    )


class Arrays(ctypes.Structure):
    """NmtArrays."""

    _fields_ = (
        *((name, c_void_p) for name in ("source_embedding", "target_embedding", "source_scales", "target_scales")),
        *((name, Layer) for name in ("source_table", "target_table", "word_table")),
        *((name, c_void_p) for name in ("output", "output_scales", "output_bias", "always", "translations")),
        *((name, c_void_p) for name in ("letters", "powers", "joins", "filter")),
    )


class Request(ctypes.Structure):
    """NmtRequest."""

    _fields_ = (
        *((name, c_void_p) for name in ("source", "copied", "rare", "penalties")),
        *((name, c_int32) for name in ("length", "copied_length", "rare_length")),
        *((name, c_int32) for name in ("beam", "n_best", "max_length", "number")),
    )


class LanguageSizes(ctypes.Structure):
    """NmtLanguageSizes."""

    _fields_ = tuple((name, c_int32) for name in ("cell", "layers", "hidden", "embedding", "words", "never"))


class Matrix(ctypes.Structure):
    """NmtMatrix."""

    _fields_ = (("weights", c_void_p), ("bias", c_void_p), ("inputs", c_int32), ("outputs", c_int32))


class Library:
    """The functions of the library, and the instruction set that models loaded with it use."""

    def __init__(self, path: Path, instruction_set: str | None = None) -> None:
        """Load the library at `path`. `instruction_set` is by default the best of this processor. Raises OSError, and
        ConfigError for a set that the processor or the library lacks."""
        functions = ctypes.CDLL(str(path))
        functions.nmt_instruction_sets.restype = c_char_p
        names: bytes = functions.nmt_instruction_sets()
        self.instruction_sets = tuple(names.decode().split())
        """Those of this processor, best first."""
        self.instruction_set = instruction_set or self.instruction_sets[0]
        if self.instruction_set not in self.instruction_sets:
            raise ConfigError(
                f"{SETTING} is {self.instruction_set!r}, this processor has: "
                f"{', '.join(self.instruction_sets)}; name one of them, or {_NONE!r} to do without the compiled decoder"
            )
        self.new_model = functions.nmt_model_new
        self.new_model.argtypes = (
            c_char_p, POINTER(Sizes), POINTER(Layer), c_int32, POINTER(Layer), c_int32, POINTER(Arrays),
        )  # fmt: skip
        self.new_model.restype = c_void_p
        self.free_model = functions.nmt_model_free
        self.free_model.argtypes = (c_void_p,)
        self.free_model.restype = None
        self.new_batch = functions.nmt_batch_new
        self.new_batch.argtypes = (c_void_p,)
        self.new_batch.restype = c_void_p
        self.free_batch = functions.nmt_batch_free
        self.free_batch.argtypes = (c_void_p,)
        self.free_batch.restype = None
        self.admit = functions.nmt_batch_admit
        self.admit.argtypes = (c_void_p, POINTER(Request), c_int32)
        self.run = functions.nmt_batch_run
        self.run.argtypes = (c_void_p, c_int32, POINTER(c_int32))
        self.integers = functions.nmt_batch_integers
        self.integers.argtypes = (c_void_p, POINTER(c_int32))
        self.integers.restype = POINTER(c_int32)
        self.reals = functions.nmt_batch_reals
        self.reals.argtypes = (c_void_p, POINTER(c_int32))
        self.reals.restype = POINTER(c_double)
        self.drop = functions.nmt_batch_drop
        self.drop.argtypes = (c_void_p, POINTER(c_int32), c_int32)
        self.rows = functions.nmt_batch_rows
        self.rows.argtypes = (c_void_p,)
        self.step = functions.nmt_batch_step
        self.step.argtypes = (
            c_void_p, POINTER(c_int32), c_int32, POINTER(c_int32), POINTER(c_float), POINTER(c_float), c_int32,
        )  # fmt: skip
        self.select = functions.nmt_batch_select
        self.select.argtypes = (c_void_p, POINTER(c_int32), c_int32)
        self.new_language_model = functions.nmt_language_model_new
        self.new_language_model.argtypes = (
            c_char_p, POINTER(LanguageSizes), POINTER(Layer), POINTER(Matrix), c_int32, c_void_p, POINTER(Matrix),
            c_void_p,
        )  # fmt: skip
        self.new_language_model.restype = c_void_p
        self.free_language_model = functions.nmt_language_model_free
        self.free_language_model.argtypes = (c_void_p,)
        self.free_language_model.restype = None
        self.read = functions.nmt_language_model_read
        self.read.argtypes = (c_void_p, c_void_p, c_int32, c_int32, POINTER(c_void_p), c_void_p, c_void_p)
        self.sample = functions.nmt_language_model_sample
        self.sample.argtypes = (
            c_void_p, c_int32, POINTER(c_void_p), c_void_p, c_int32, c_float, c_float, c_void_p,
        )  # fmt: skip


def installed_library() -> Library | None:
    """Return the library that was compiled at installation, or None where there is none, which is logged once, and
    where `SETTING` is `none`. Raises ConfigError for a `SETTING` that cannot be."""
    wanted = os.environ.get(SETTING, "").strip().lower()
    return None if wanted == _NONE else _loaded(PATH, wanted or None)


@functools.cache
def _loaded(path: Path, instruction_set: str | None) -> Library | None:
    try:
        return Library(path, instruction_set)
    except OSError as error:
        _log.warning("no compiled decoder here (%s): ONNX Runtime decodes instead, more slowly", error)
        return None


def pointer(array: object) -> int:
    """Return the address of a NumPy array's data, or of nothing."""
    return 0 if array is None else int(array.ctypes.data)  # type: ignore[attr-defined]
