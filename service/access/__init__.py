"""Who calls: API keys, quotas, rate limits.

May call `service.http`, `service.settings` and `service.state`.
"""
