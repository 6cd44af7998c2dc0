"""Text as people have it: what of it is translated, and how the rest comes back as it stood. May call runtime."""

from nmt.text.markup.html import Markup
from nmt.text.markup.translate import MarkedText, TranslatedMarks, marked_steps
from nmt.text.protected.parts import Glossary
from nmt.text.steps import Steps, ToAlign, ToTranslate, driven
from nmt.text.translation import TranslatedSentence, TranslatedText, translate_texts, translation_steps

__all__ = [
    "Glossary",
    "MarkedText",
    "Markup",
    "Steps",
    "ToAlign",
    "ToTranslate",
    "TranslatedMarks",
    "TranslatedSentence",
    "TranslatedText",
    "driven",
    "marked_steps",
    "translate_texts",
    "translation_steps",
]
