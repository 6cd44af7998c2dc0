"""The compiled decoder: encoder, steps and search in C, without the interpreter's lock; one kernel a file in `src/`.

May call decoding and the rest of runtime. Compiled when the package is installed; where it is absent, or does not know
a package's graphs, ONNX Runtime and `nmt.decoding` do the same, more slowly. It also runs language models.
"""

from nmt.runtime.native.aligner import NativeAligner
from nmt.runtime.native.engine import NativeEngine, native_engine
from nmt.runtime.native.language_model import NativeLanguageModel

__all__ = ["NativeAligner", "NativeEngine", "NativeLanguageModel", "native_engine"]
