"""One rule for every table that people open in a spreadsheet: no cell is taken for a formula."""

from __future__ import annotations

import re

FORMULA = (
    r"^[\s\u0001-\u0020\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060\ufeff]*"
    r"[=+@\u2212\uff1d\uff0b\uff0d\uff20-]|^['\t\r\n]"
)
"""How a cell begins that a spreadsheet may take for a formula, and what our own mark begins with.

The same pattern is read by PostgreSQL and by Python.
"""
_FORMULA = re.compile(FORMULA)


def safe(text: str) -> str:
    """The text, with an apostrophe before it when a spreadsheet might take it for a formula."""
    return f"'{text}" if _FORMULA.search(text) else text
