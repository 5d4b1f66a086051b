"""What people type, made ready to keep. Pure."""

from __future__ import annotations

import unicodedata

ALLOWED_CONTROLS = {"\n", "\t"}
DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Signs that turn the reading direction of what follows: they could make a text look like another."""
BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category that are drawn as nothing."""


def clean(typed: str | None) -> tuple[str, bool]:
    """The text with plain line ends, trimmed, composed; and whether signs nobody can see were removed.

    A text of which nobody would see anything is empty.
    """
    text = (typed or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(ch for ch in text if not is_hidden(ch))
    if not any(is_visible(ch) for ch in kept):
        kept = ""
    return unicodedata.normalize("NFC", kept).strip(), len(kept) != len(text)


def is_visible(ch: str) -> bool:
    """Whether the sign leaves ink by itself; joiners, spaces and accents alone do not."""
    return unicodedata.category(ch)[0] in "LNPS" and ch not in BLANKS


def is_hidden(ch: str) -> bool:
    """Control characters except line end and tab, marks that turn the direction, and lone surrogates."""
    if ch in ALLOWED_CONTROLS:
        return False
    return ch in DIRECTION_MARKS or unicodedata.category(ch) in ("Cc", "Cs")
