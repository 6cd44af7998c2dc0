"""The HTTP layer: server, middleware, request log, metrics, request parsing, error responses and web pages.

May call `service.settings`, and for its metrics the types of `translating` and `documents`. Imports no dialect.
"""
