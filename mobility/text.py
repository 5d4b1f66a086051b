"""Texts in several languages, and how numbers, lengths and dates are said."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

RECEIPT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
"""No 0/O, 1/I, U: a receipt is read aloud and typed by hand."""


def pick(value: Mapping[str, Any] | None, language: str, default: str = "en") -> Any:
    """The text in `language`, else in `default`, else in any language there is, else an empty string."""
    if not value:
        return ""
    for key in (language, default):
        if value.get(key):
            return value[key]
    return next((text for text in value.values() if text), "")


def best_language(wanted: Sequence[str], offered: Sequence[str]) -> str | None:
    """The first of `wanted` (``it-IT`` counts as ``it``) that is offered."""
    for tag in wanted:
        short = tag.split("-")[0].lower()
        if short in offered:
            return short
    return None


def new_receipt() -> str:
    """A secret receipt code of 12 characters from a 31-letter alphabet (59 bits), without dashes."""
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(12))


def show_receipt(code: str) -> str:
    """``ABCDEFGHJKLM`` as ``ABCD-EFGH-JKLM``."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def read_receipt(typed: str) -> str:
    """What somebody typed, as the stored code: capitals, without spaces and dashes."""
    return "".join(ch for ch in typed.upper() if ch in RECEIPT_ALPHABET)[:16]
