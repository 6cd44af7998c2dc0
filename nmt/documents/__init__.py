"""Files as texts to translate, rebuilt with their structure. Independent of HTTP and models. May call catalogue."""

from nmt.documents.document import Document, Form, Fragment
from nmt.documents.opening import SUPPORTED, open_document, written_extension

__all__ = ["SUPPORTED", "Document", "Form", "Fragment", "open_document", "written_extension"]
