"""Endpoints for operators: health, readiness, figures for Prometheus.

May call `service.translating` and `service.http`.
"""
