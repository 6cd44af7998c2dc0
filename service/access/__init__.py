"""Authentication of callers: API keys, quotas and rate limits.

May call `service.http`, `service.settings` and `service.state`.
"""
