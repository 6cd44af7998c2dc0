"""Endpoints for operators: health check, readiness check and Prometheus metrics.

May call `service.translating` and `service.http`.
"""
