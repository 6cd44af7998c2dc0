"""Messages of programs in text formats: JSON, YAML, `.properties`, Apple's strings.

May call `documents` and `errors`.
"""
