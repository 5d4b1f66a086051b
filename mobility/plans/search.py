"""Finding a street, a measure or a place by its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.plans.models import Plan
from mobility.plans.words import _, kind_label
from mobility.text import pick

SQL = (Path(__file__).parent / "sql" / "search.sql").read_text("utf-8")
WORDS_LIMIT = 100
PAGE = 30
KINDS = ("measure", "segment", "place")


@dataclass(frozen=True)
class Found:
    """One thing that was found. `code`: of a segment or measure, or an entry of the list of places."""

    kind: str
    code: str
    label: str
    note: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Findings:
    """What was found by kind, and how much there is of each in all."""

    words: str
    by_kind: Mapping[str, list[Found]]
    totals: Mapping[str, int]

    @property
    def n(self) -> int:
        return sum(self.totals.values())


def read_words(typed: str) -> str:
    """What somebody typed into the search box, on one line."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in typed).split())[:WORDS_LIMIT]


def search(
    session: Session, *, plan: Plan, city: City, words: str, language: str, page: int = 1, take: int = PAGE
) -> Findings:
    """Measures, stretches and places whose words hold `words`; everything when it is empty. One page a kind.

    Accents and capitals do not matter; ``%`` and ``_`` mean themselves.
    """
    pattern = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {
        "plan": plan.id, "city": city.id, "q": words, "pattern": pattern,
        "take": take, "skip": max(0, page - 1) * take,
    }  # fmt: skip
    by_kind: dict[str, list[Found]] = {kind: [] for kind in KINDS}
    totals = dict.fromkeys(KINDS, 0)
    for row in session.execute(text(SQL), values):
        by_kind[row.kind].append(_found(row, language))
        totals[row.kind] = row.total
    return Findings(words, by_kind, totals)


def _found(row: Any, language: str) -> Found:
    label = pick(row.label, language)
    if row.kind == "segment":
        return Found(row.kind, row.code, row.title, f"{label} · {row.code}", row.lon, row.lat)
    if row.kind == "measure":
        return Found(row.kind, row.code, f"{row.code} · {label}", kind_label(row.note), None, None)
    return Found(row.kind, row.code, label, place_label(row.note), row.lon, row.lat)


def place_label(kind: str) -> str:
    """What a named place is, in words."""
    return {
        "street": _("Street"),
        "square": _("Square"),
        "landmark": _("Landmark"),
        "green": _("Park or garden"),
        "rail": _("Railway"),
        "parking": _("Car park"),
        "heritage": _("World Heritage component"),
    }.get(kind, kind)
