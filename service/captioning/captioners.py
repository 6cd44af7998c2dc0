"""The served captioners, by the language of their captions."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nmt.caption import CAPTIONER, Caption, Captioner
from nmt.errors import ConfigError, OptionOutOfRange, Overloaded, UnsupportedPair
from service.packages import PackageKind, ServedPackages
from service.settings import Settings
from service.translating.translators import CANARY_SECONDS, Translators

_THREADS = 2
_MOST_WAITING = 8
_NONE_SERVED = "no captioner is installed: train one with nmt caption train"


class Captioners:
    """The loaded captioners of a directory, and the threads that open pictures for them."""

    def __init__(self, settings: Settings) -> None:
        """Load and verify every package. Raises PackageError, or ConfigError if two have the same language or if Pillow
        is missing."""
        self._settings = settings
        kind = PackageKind(CAPTIONER, self._load, _caption_canary, _language, _does)
        self._packages = ServedPackages(settings.models_dir, kind)
        self._threads = ThreadPoolExecutor(_THREADS, "pictures")
        """Of their own: opening a large picture takes a second, and would hold up what the shared threads do."""
        self._waiting = 0

    def _load(self, path: Path) -> Captioner:
        _reader()  # a missing Pillow is reported now, not at the first request
        return Captioner.load(path, threads=self._settings.threads, max_waiting=self._settings.max_waiting)

    def refresh(self) -> list[Captioner]:
        """Load new and changed packages and drop removed ones. Return the captioners that are no longer served."""
        return self._packages.refresh()

    def all(self) -> list[Captioner]:
        """Return every captioner."""
        return list(self._packages.by_key.values())

    def languages(self) -> list[str]:
        """Return the codes of the languages of captions."""
        return sorted(self._packages.by_key)

    def find(self, target: str | None, translators: Translators) -> Captioner:
        """Return the captioner in `target`, or one whose captions can be translated to it; the first by language code.

        Raises UnsupportedPair if there is none.
        """
        languages = self.languages()
        if not languages:
            raise UnsupportedPair(_NONE_SERVED)
        if target is None or target in languages:
            return self._packages.by_key[target or languages[0]]
        translatable = [language for language in languages if language in translators.sources(target)]
        if not translatable:
            raise UnsupportedPair(
                f"captions are in {', '.join(languages)}, and none of these is translated to {target}: choose another "
                f"target, or install a translator"
            )
        return self._packages.by_key[translatable[0]]

    async def caption(self, captioner: Captioner, content: bytes, name: str, beam_size: int | None) -> Caption:
        """Return the caption of the picture in a file. Raises PictureError, OptionOutOfRange and Overloaded."""
        if (beam_size or 1) > self._settings.max_beam_size:
            raise OptionOutOfRange(f"beam_size is {beam_size}, allowed: 1 to {self._settings.max_beam_size}")
        options = captioner.options(beam_size=beam_size)
        deadline = time.monotonic() + self._settings.timeout_seconds
        picture = await self._opened(content, name, captioner.manifest.image_size)
        (caption,) = await asyncio.wrap_future(captioner.submit([picture], options, deadline=deadline))
        return caption

    async def _opened(self, content: bytes, name: str, size: int) -> NDArray[np.uint8]:
        if self._waiting >= _MOST_WAITING:
            raise Overloaded(f"{self._waiting} pictures are already being read: send yours again in a moment")
        self._waiting += 1
        settings = self._settings
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._threads,
                lambda: _reader()(content, name, size, settings.max_picture_bytes, settings.max_picture_pixels),
            )
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Finish the accepted pictures and close every captioner."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._packages.close()


def _reader() -> Callable[[bytes, str, int, int, int], NDArray[np.uint8]]:
    """Return a function that reads a picture. Raises ConfigError if Pillow is missing."""
    try:
        from nmt.caption.pictures import PictureLimits, read_picture
    except ImportError as error:
        raise ConfigError(
            "the models directory has a captioner, but Pillow, which opens pictures, is not installed: run "
            "pip install 'seq2seq-translator[captions]', or remove the package"
        ) from error
    return lambda content, name, size, most_bytes, most_pixels: read_picture(
        content, name, size, PictureLimits(most_bytes, most_pixels)
    )


def _language(captioner: Captioner) -> str:
    return captioner.manifest.language


def _does(captioner: Captioner) -> str:
    return f"write captions in {captioner.manifest.language}"


def _caption_canary(captioner: Captioner) -> None:
    captioner.submit([canary(captioner)], captioner.options(beam_size=1)).result(CANARY_SECONDS)


def canary(captioner: Captioner) -> NDArray[np.uint8]:
    """Return a test picture that `captioner` must be able to caption."""
    size = captioner.manifest.image_size
    return np.full((3, size, size), 128, dtype=np.uint8)
