"""What operators see: health, readiness, figures for Prometheus, the request log. No text, no key, no address.

May call `service.translating`, `service.documents` and `service.http`.
"""
