"""Text as people have it: what of it is translated, and how the rest comes back as it stood. May call runtime."""

from nmt.text.markup import Markup
from nmt.text.parts import Glossary
from nmt.text.translation import Steps, TranslatedSentence, TranslatedText, translate_texts, translation_steps

__all__ = [
    "Glossary",
    "Markup",
    "Steps",
    "TranslatedSentence",
    "TranslatedText",
    "translate_texts",
    "translation_steps",
]
