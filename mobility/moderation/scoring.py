"""What makes a comment stand further up in the queue, and why. Pure.

A signal only sorts. It never hides: a person decides, and sees why the comment stands where it stands.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

WORD_POINTS, WORD_MOST = 10, 30
RATE_FROM, RATE_POINTS = 5, 8
NETWORK_FROM, NETWORK_POINTS = 8, 5
SAME_POINTS, SAME_MOST = 6, 24
LINK_POINTS, LINK_MOST = 3, 9
SHOUT_SHARE, SHOUT_LETTERS, SHOUT_POINTS = 0.6, 20, 3
WINDOW_MINUTES = 10
"""The time in which "many" is counted."""
SHORTEST = 12
"""Letters below which the same text is no wonder ("Yes, please")."""
LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|info|biz|ru|shop|online|xyz)\b", re.I)
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Facts:
    """What is known of a comment: its words, and how many like it came in the last minutes."""

    text: str
    words: Collection[str] = ()
    """The list of the plan for the comment's language, folded."""
    by_author: int = 0
    """Other contributions of the same participant within the window."""
    by_network: int = 0
    """Other contributions from the same network within the window."""
    same_text: int = 0
    """Other comments of the plan with the same text."""


@dataclass(frozen=True)
class Signal:
    """One thing that was noticed: its code, its points, and the figure or words that explain it."""

    code: str
    points: int
    detail: Any

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "points": self.points, "detail": self.detail}


def fold(text: str) -> str:
    """The text in small letters without accents: "È così" as "e cosi"."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(ch for ch in parts if not unicodedata.combining(ch))


def words_of(text: str) -> list[str]:
    """The words of a text, folded."""
    return WORD.findall(fold(text))


def text_key(text: str) -> bytes | None:
    """The same for texts that differ in case, accents, signs and spaces only; None for short ones."""
    plain = "".join(words_of(text))
    return hashlib.blake2b(plain.encode(), digest_size=12).digest() if len(plain) >= SHORTEST else None


def weigh(facts: Facts) -> list[Signal]:
    """Everything noticed about a comment, heaviest first."""
    found = [
        Signal("words", min(WORD_POINTS * len(hits), WORD_MOST), hits)
        for hits in [sorted(set(words_of(facts.text)) & set(facts.words))]
        if hits
    ]
    if facts.by_author + 1 >= RATE_FROM:
        found.append(Signal("rate", RATE_POINTS, facts.by_author + 1))
    if facts.by_network + 1 >= NETWORK_FROM:
        found.append(Signal("network", NETWORK_POINTS, facts.by_network + 1))
    if facts.same_text:
        found.append(Signal("same_text", min(SAME_POINTS * facts.same_text, SAME_MOST), facts.same_text))
    links = len(LINK.findall(facts.text))
    if links:
        found.append(Signal("links", min(LINK_POINTS * links, LINK_MOST), links))
    share = shouting(facts.text)
    if share >= SHOUT_SHARE:
        found.append(Signal("shouting", SHOUT_POINTS, round(100 * share)))
    return sorted(found, key=lambda signal: -signal.points)


def shouting(text: str) -> float:
    """The share of capitals among letters that have two cases; 0 for short texts."""
    letters = [ch for ch in text if ch.isupper() or ch.islower()]
    if len(letters) < SHOUT_LETTERS:
        return 0.0
    return sum(ch.isupper() for ch in letters) / len(letters)


def total(signals: Collection[Signal]) -> int:
    """The score by which the queue sorts."""
    return sum(signal.points for signal in signals)
