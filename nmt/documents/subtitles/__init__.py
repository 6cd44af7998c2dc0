"""Subtitles other than SubRip: WebVTT and Advanced SubStation Alpha.

May call `documents` and `errors`.
"""
