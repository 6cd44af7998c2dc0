"""The error family; each message names the thing, the value and the remedy.

NmtError
├── ConfigError             a setting that cannot be
├── CorpusError             a corpus that cannot be read or used
├── TrainingError
│   ├── NonFiniteLoss       the loss, the gradient or a weight became NaN or infinite
│   ├── ProcessLost         one of the processes that train together has ended
│   ├── RunBusy             another process trains in the run directory
│   └── CheckpointError     a checkpoint that cannot be read or does not fit
│       └── CheckpointDamaged   a checkpoint whose bytes are not those that were written
├── DiskFull                a file that there is no room to write
├── BulkError               a folder of text that cannot be translated, or not go on as it began
├── PackageError
│   ├── PackageNotFound     no model package at the place named
│   └── PackageCorrupt      a package whose files do not fit its manifest
├── RequestError            what a caller asked for cannot be done
│   ├── UnsupportedPair     no translator for these languages
│   ├── TextTooLong         more text than is taken at once
│   ├── DocumentError       a file that cannot be read, or of a kind that is not translated
│   ├── PictureError        a picture that cannot be read, is of another kind, or is too large
│   └── OptionOutOfRange    a decoding option outside its range
├── Overloaded              the queue is full
│   └── TranslatorClosed    the translator takes nothing more
└── DeadlineExceeded        the answer would come too late
"""


class NmtError(Exception):
    """Any error of this package that a caller may want to handle."""


class ConfigError(NmtError):
    """A setting that cannot be."""


class CorpusError(NmtError):
    """A corpus that cannot be read or used."""


class TrainingError(NmtError):
    """Training cannot go on."""


class NonFiniteLoss(TrainingError):
    """The loss, the gradient or a weight became NaN or infinite."""


class ProcessLost(TrainingError):
    """One of the processes that train together has ended, or no longer answers."""


class RunBusy(TrainingError):
    """Another process trains in the run directory."""


class CheckpointError(TrainingError):
    """A checkpoint that cannot be read or does not fit."""


class CheckpointDamaged(CheckpointError):
    """A checkpoint whose bytes are not those that were written."""


class DiskFull(NmtError):
    """A file that there is no room to write: the disk, a quota or a limit is reached."""


class BulkError(NmtError):
    """A folder of text cannot be translated, or its translation cannot go on as it began."""


class PackageError(NmtError):
    """A model package that cannot be used."""


class PackageNotFound(PackageError):
    """No model package at the place named."""


class PackageCorrupt(PackageError):
    """A package whose files do not fit its manifest."""


class RequestError(NmtError):
    """What a caller asked for cannot be done."""


class UnsupportedPair(RequestError):
    """No translator for these languages."""


class EmptyText(RequestError):
    """Nothing to translate."""


class TextTooLong(RequestError):
    """More text than is taken at once."""


class DocumentError(RequestError):
    """A file that cannot be read, or of a kind that is not translated."""


class PictureError(RequestError):
    """A picture that cannot be read, is of another kind, or is too large."""


class OptionOutOfRange(RequestError):
    """A decoding option outside its range."""


class Overloaded(NmtError):
    """The queue is full; the same request may succeed a moment later."""


class TranslatorClosed(Overloaded):
    """The translator takes nothing more: another has taken its place, or the process is ending."""


class DeadlineExceeded(NmtError):
    """The answer would come later than the caller is willing to wait."""
