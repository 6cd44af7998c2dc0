"""The HTTP edge: server, middleware, request log and metrics, what a request says, errors as statuses, the pages.

May call `service.settings`, and for its metrics the types of `translating` and `documents`; knows no dialect.
"""
