"""Uploaded documents: storage, translation in the background, and download.

May call `service.translating`, `service.access`, `service.http` and `nmt.documents`.
"""
