"""Translation of a request's texts: language detection, translators, glossaries, suggestions and execution.

May call `nmt.text`, `nmt.runtime`, `service.http`, `service.settings` and `service.state`.
"""
