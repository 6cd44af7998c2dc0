"""Captions of pictures: a convolutional network reads a picture, and the decoder of a translator writes the caption.

May call `runtime`, `decoding` and `tokenizer`; `training`, the only part with torch, may also call what trains
translators. `pictures` needs Pillow (extra `captions`) and is imported by its full name.
"""

from nmt.caption.captioner import Caption, Captioner
from nmt.caption.manifest import CAPTIONER, CaptionManifest, CaptionPackage

__all__ = ["CAPTIONER", "Caption", "CaptionManifest", "CaptionPackage", "Captioner"]
