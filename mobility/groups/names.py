"""Names of groups: as addresses, and how alike two of them are. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher

RESERVED = frozenset({"new", "registered", "confirm", "waiting"})
"""Words that stand in addresses where the name of a group would."""
ALIKE_FROM = 0.85
SMALL_WORDS = frozenset(
    {
        "the", "of", "and", "di", "de", "del", "della", "dei", "e", "il", "la", "le", "i",
        "associazione", "association",
    }
)  # fmt: skip


def plain(name: str) -> str:
    """Small letters without accents and signs, words in order, without those that say nothing."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"\w+", "".join(ch for ch in letters if not unicodedata.combining(ch)))
    return " ".join([word for word in words if word not in SMALL_WORDS] or words)


def alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two groups have, in any language, names that people may take for one another."""
    mine = {plain(text) for text in one.values() if text}
    theirs = {plain(text) for text in other.values() if text}
    return any(
        a == b or SequenceMatcher(None, a, b).ratio() >= ALIKE_FROM for a in mine for b in theirs if a and b
    )


def make_slug(name: str, taken: Collection[str]) -> str:
    """An address for the group that nobody has yet."""
    stem = (
        re.sub(r"[^a-z0-9]+", "-", plain(name).encode("ascii", "ignore").decode()).strip("-")[:60] or "group"
    )
    slug, number = stem, 2
    while slug in taken or slug in RESERVED:
        slug, number = f"{stem}-{number}", number + 1
    return slug
