"""The HTTP edge: server, middleware, what a request says, errors as statuses, the pages.

May call `service.settings` and `service.monitoring`; knows no dialect.
"""
