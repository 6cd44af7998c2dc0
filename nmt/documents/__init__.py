"""Files as texts to translate, and back with their structure. Knows nothing of HTTP or of models, calls no room."""

from nmt.documents.html_fragment import Document, Form, Fragment
from nmt.documents.opening import SUPPORTED, open_document

__all__ = ["SUPPORTED", "Document", "Form", "Fragment", "open_document"]
