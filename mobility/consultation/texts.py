"""What people type, made ready to keep. Pure."""

from __future__ import annotations

import unicodedata

ALLOWED_CONTROLS = {"\n", "\t"}
DIRECTION_MARKS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
"""Signs that turn the reading direction of what follows: they could make a text look like another."""


def clean(typed: str | None) -> tuple[str, bool]:
    """The text with plain line ends, trimmed, composed; and whether signs nobody can see were removed."""
    text = (typed or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(ch for ch in text if not is_hidden(ch))
    return unicodedata.normalize("NFC", kept).strip(), len(kept) != len(text)


def is_hidden(ch: str) -> bool:
    """Control characters except line end and tab, marks that turn the direction, and lone surrogates."""
    if ch in ALLOWED_CONTROLS:
        return False
    return ch in DIRECTION_MARKS or unicodedata.category(ch) in ("Cc", "Cs")
