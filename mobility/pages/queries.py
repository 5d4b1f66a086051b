"""What the pages need to know about cities and their plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.phase_words import timeline
from mobility.consultation.queries import figures, phases_of, steps_of
from mobility.plans.models import Plan
from mobility.plans.queries import open_plans


@dataclass(frozen=True)
class PlanCard:
    """A plan on the home page: what it is, where it stands, how many have spoken."""

    plan: Plan
    city: City
    figures: Any
    timeline: list[dict[str, Any]]

    @property
    def open(self) -> bool:
        return self.plan.status == "open"


def plan_cards(session: Session, *, now: datetime, language: str) -> list[PlanCard]:
    """Every plan that is not a draft, the open ones first."""
    return [_card(session, plan, city, now, language) for plan, city in open_plans(session)]


def _card(session: Session, plan: Plan, city: City, now: datetime, language: str) -> PlanCard:
    found = phases_of(session, plan_id=plan.id)
    steps = steps_of(found, plan)
    return PlanCard(
        plan=plan,
        city=city,
        figures=figures(session, plan_id=plan.id),
        timeline=timeline(found, steps, now, ZoneInfo(city.timezone), language, plan.languages),
    )


def first_city(session: Session) -> City | None:
    """The city that runs this installation: the one loaded first; None before anything is loaded."""
    return session.scalars(select(City).order_by(City.id).limit(1)).first()
