"""Models one can look into: how far gradients reach, and what single units follow. Needs torch.

May import `training`, `runtime`, `language_model`, `corpus`, `model`, `reports`, `errors` and `tokenizer`.
"""

from nmt.inspect.cell_html import cells_html
from nmt.inspect.cell_report import report_cells
from nmt.inspect.gradient_html import gradient_html
from nmt.inspect.gradient_report import Sizes, report_gradients
from nmt.inspect.packages import open_language_model, open_translator
from nmt.inspect.reading_language_model import read_language_model, read_text
from nmt.inspect.reading_text import first_pairs, read_pairs

__all__ = [
    "Sizes",
    "cells_html",
    "first_pairs",
    "gradient_html",
    "open_language_model",
    "open_translator",
    "read_language_model",
    "read_pairs",
    "read_text",
    "report_cells",
    "report_gradients",
]
