"""Documents that clients upload: stored, translated beside the requests, and fetched.

May call `service.translating`, `service.access`, `service.http` and `nmt.documents`.
"""
