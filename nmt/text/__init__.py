"""Translation of whole texts: selects what to translate and restores the rest unchanged. May call runtime."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nmt.text.pivot import Pivot
from nmt.text.protected.parts import Glossary
from nmt.text.sentence_translator import SentenceTranslator
from nmt.text.steps import Steps, ToAlign, ToTranslate, driven
from nmt.text.translated_text import TranslatedSentence, TranslatedText
from nmt.text.translation import translate_texts, translation_steps

if TYPE_CHECKING:
    from nmt.text.markup.html import Markup
    from nmt.text.markup.marked_text import MarkedText, TranslatedMarks, marked_steps
    from nmt.text.markup.xml import XmlMarkup, XmlRules

__all__ = [
    "Glossary",
    "MarkedText",
    "Markup",
    "Pivot",
    "SentenceTranslator",
    "Steps",
    "ToAlign",
    "ToTranslate",
    "TranslatedMarks",
    "TranslatedSentence",
    "TranslatedText",
    "XmlMarkup",
    "XmlRules",
    "driven",
    "marked_steps",
    "translate_texts",
    "translation_steps",
]

_IN_MARKUP = {
    "MarkedText": "marked_text",
    "Markup": "html",
    "TranslatedMarks": "marked_text",
    "XmlMarkup": "xml",
    "XmlRules": "xml",
    "marked_steps": "marked_text",
}
"""Names of `text.markup` by the file that has them."""


def __getattr__(name: str) -> Any:
    """Load what handles markup when it is first asked for, because plain text needs none of it."""
    if name not in _IN_MARKUP:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"nmt.text.markup.{_IN_MARKUP[name]}"), name)
