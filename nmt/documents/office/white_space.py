"""White space of XML that is laid out for its writer: any amount of it is one space, and none at the start."""

from __future__ import annotations

import re


class WhiteSpace:
    """Collapses the white space of the texts of one paragraph, given in their order."""

    def __init__(self) -> None:
        self._after_space = True

    def collapsed(self, text: str | None) -> str:
        """Return `text` as a reader sees it after the texts before."""
        single = re.sub(r"[ \t\r\n]+", " ", text or "")
        if self._after_space:
            single = single.removeprefix(" ")
        if single:
            self._after_space = single.endswith(" ")
        return single

    def interrupt(self) -> None:
        """Note that something else than text follows, such as a picture. A space after it is shown."""
        self._after_space = False
