"""What the catalogue is made from: the public plans with their city, phases and outline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.models import Phase
from mobility.db import I18n
from mobility.plans.models import Plan

LIMIT = 500
"""Plans a catalogue lists, the newest first."""


@dataclass(frozen=True)
class Publisher:
    """A city, with the address that it gives to everybody. `contact` names an office, never a person."""

    slug: str
    name: I18n
    country: str
    contact: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One plan of the catalogue. `box` is west, south, east, north of its boundary."""

    slug: str
    title: I18n
    summary: I18n
    languages: tuple[str, ...]
    licence: str
    contact: Mapping[str, Any]
    publisher: Publisher
    box: tuple[float, float, float, float]
    issued: datetime
    modified: datetime
    opens_at: datetime | None
    closes_at: datetime | None


def read_entries(session: Session) -> list[Entry]:
    """The plans that are public."""
    edges = [getattr(func, f"ST_{edge}")(Plan.boundary) for edge in ("XMin", "YMin", "XMax", "YMax")]
    phases = (
        select(func.min(Phase.opens_at).label("opens"), func.max(Phase.closes_at).label("closes"))
        .where(Phase.plan_id == Plan.id)
        .lateral()
    )
    query = (
        select(Plan, City, phases.c.opens, phases.c.closes, *edges)
        .join(City, City.id == Plan.city_id)
        .join(phases, true())
        .where(Plan.status != "draft")
        .order_by(Plan.id.desc())
        .limit(LIMIT)
    )
    return [
        Entry(
            slug=plan.slug,
            title=plan.title,
            summary=plan.summary,
            languages=tuple(plan.languages),
            licence=plan.licence,
            contact=plan.contact or city.contact,
            publisher=Publisher(city.slug, city.name, city.country, city.contact),
            box=(box[0], box[1], box[2], box[3]),
            issued=plan.created_at,
            modified=plan.updated_at,
            opens_at=opens,
            closes_at=closes,
        )
        for plan, city, opens, closes, *box in session.execute(query)
    ]
