"""Translation of whole texts: selects what to translate and restores the rest unchanged. May call runtime."""

from nmt.text.markup.html import Markup
from nmt.text.markup.marked_text import MarkedText, TranslatedMarks, marked_steps
from nmt.text.markup.xml import XmlMarkup, XmlRules
from nmt.text.pivot import Pivot
from nmt.text.protected.parts import Glossary
from nmt.text.sentence_translator import SentenceTranslator
from nmt.text.steps import Steps, ToAlign, ToTranslate, driven
from nmt.text.translation import TranslatedSentence, TranslatedText, translate_texts, translation_steps

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
