"""Files of programmers and translators: catalogues of messages, such as XLIFF, JSON, `.properties` and Qt's `.ts`.

May call `documents` and `errors`.
"""
