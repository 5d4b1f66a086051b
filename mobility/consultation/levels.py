"""Which identity level each open or coming step asks for, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.cities.models import City
from mobility.consultation.models import Phase
from mobility.plans.models import Plan
from mobility.text import pick

SHOWN = 40


def asked_levels(session: Session, *, language: str, now: datetime) -> list[dict[str, Any]]:
    """The steps of public plans in which people vote or comment and that are not over, the nearest first."""
    query = (
        select(Phase, Plan, City.timezone)
        .join(Plan, Plan.id == Phase.plan_id)
        .join(City, City.id == Plan.city_id)
        .where(
            Plan.status != "draft",
            Phase.closes_at > now,
            Phase.actions.overlap(["comment", "vote"]),
        )
        .order_by(Phase.opens_at, Phase.id)
        .limit(SHOWN)
    )
    return [
        {
            "plan": pick(plan.title, language),
            "slug": plan.slug,
            "step": pick(phase.title, language),
            "opens": ""
            if phase.opens_at <= now
            else format_date(phase.opens_at.astimezone(ZoneInfo(zone)).date(), "d MMMM y"),
            "comment": phase.comment_level if "comment" in phase.actions else None,
            "vote": phase.vote_level if "vote" in phase.actions else None,
        }
        for phase, plan, zone in session.execute(query)
    ]
