"""Sentence pairs from the message catalogues (.mo, .po) of a package: what a program says, and its translations."""

from __future__ import annotations

import gettext
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen
from tarfile import TarFile
from tarfile import open as open_tar

import polib

Catalogue = dict[str, str]
"""Message to translation."""

_PLACE = re.compile(
    r"(?:^|/)(?:locale|locales|translations|LC_MESSAGES|l10n)/(?:.*/)?([a-z]{2})/LC_MESSAGES/([^/]+)\.mo$"
)
_SOURCE_PLACE = re.compile(r"/([^/]+)/(?:locale|po)/([a-z]{2})\.po$")
_CONTEXT = "\x04"
"""What gettext puts between the context of a message and the message."""
_ACCELERATOR = re.compile(r"(?<!\w)[_&](?=\w)|(?<=\w)[_&](?=\w)")
_CODE = re.compile(r"[%{}<>\\|=@~#\[\]\n\t]|://|\$\w")
"""Placeholders, markup, paths and breaks: a string with these teaches little and leaves much to be lost."""
_LONGEST = 80
_LONGEST_RATIO = 4.0


def catalogues(path: Path) -> Iterator[tuple[str, str, Catalogue]]:
    """Yield the language, the domain and the messages of each catalogue in a .deb or wheel, in the order of names.

    Raises OSError, ValueError or zipfile.BadZipFile if the package cannot be read.
    """
    found: list[tuple[str, str, Catalogue]] = []
    for name, content in _members(path):
        if match := _PLACE.search(name):
            found.append((match[1], match[2], _compiled(content)))
        elif match := _SOURCE_PLACE.search(name):
            entries = polib.pofile(content.decode())
            found.append((match[2], match[1], {each.msgid: each.msgstr for each in entries.translated_entries()}))
    yield from sorted(found, key=lambda each: each[:2])


def _compiled(content: bytes) -> Catalogue:
    """Return the messages without plural forms of a .mo file; none if it is of another program's own kind."""
    try:
        messages = gettext.GNUTranslations(io.BytesIO(content))
    except (OSError, UnicodeError, ValueError):
        return {}
    return {key: text for key, text in vars(messages)["_catalog"].items() if isinstance(key, str)}


def pairs(english: Catalogue | None, other: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield message and translation where both are text: `english` has the messages where keys are not English."""
    for key in sorted(other):
        message = key.rpartition(_CONTEXT)[2]
        source, target = plain((english or {}).get(key, message)), plain(other[key])
        if is_text(source, target):
            yield source, target


def plain(text: str) -> str:
    """Return `text` without accelerators and white space around it."""
    return _ACCELERATOR.sub("", text).strip()


def is_text(source: str, target: str) -> bool:
    """Whether a message and its translation are words, of similar length, and not the same."""
    if source == target or _CODE.search(source) or _CODE.search(target):
        return False
    if sum(map(str.isalpha, source)) * 2 < len(source) or not any(map(str.islower, target)):
        return False
    short, long = sorted((len(source), len(target)))
    return source.count(" ") < _LONGEST and long <= _LONGEST_RATIO * short + 10


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the .mo files in a .deb or a wheel."""
    if path.suffix == ".deb":
        with Popen(["dpkg-deb", "--fsys-tarfile", str(path)], stdout=PIPE) as unpacking:
            assert unpacking.stdout is not None
            with open_tar(fileobj=unpacking.stdout, mode="r|") as archive:
                yield from _tar_members(archive)
        if unpacking.returncode:
            raise OSError(f"{path}: dpkg-deb ended with {unpacking.returncode}; remove the file and run again")
        return
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            if name.endswith((".mo", ".po")):
                yield name, wheel.read(name)


def _tar_members(archive: TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        if member.isfile() and member.name.endswith((".mo", ".po")) and (file := archive.extractfile(member)):
            yield member.name, file.read()
