"""From a request's texts to answers: detection, translators, glossaries, suggestions, steps on the event loop.

May call `nmt.text`, `nmt.runtime`, `service.http`, `service.settings` and `service.state`.
"""
