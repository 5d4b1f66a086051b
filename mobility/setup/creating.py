"""Making a plan: from a template, or as a copy of another. What people said is never copied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.accounts.models import Account
from mobility.accounts.roles import grant_role
from mobility.cities.models import City, ContextFeature
from mobility.consultation.models import Phase, Topic
from mobility.db import I18n
from mobility.errors import Conflict, Invalid
from mobility.plans.models import MeasurePackage, Plan
from mobility.setup.templates import PlanTemplate

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_LIMIT = 60
MARGIN = 0.05
"""Part of the width and height of the boundary that the first view leaves around it."""
COPY = (Path(__file__).parent / "sql" / "copy_plan.sql").read_text("utf-8")
AREA_KINDS = ("boundary", "quarter")
YEARS = range(1990, 2201)
"""In which steps are planned; every other year is a slip of the hand."""


@dataclass(frozen=True)
class PlanDraft:
    """What a planner says of a new plan. `areas` are codes of quarters or of the city's boundary."""

    slug: str
    title: I18n
    summary: I18n
    languages: list[str]
    areas: Sequence[str]
    starts: date
    licence: str = "CC-BY-4.0"


def area_choices(session: Session, *, city_id: int) -> list[ContextFeature]:
    """The areas of the city of which a boundary can be put together."""
    query = select(ContextFeature).where(
        ContextFeature.city_id == city_id,
        ContextFeature.kind.in_(AREA_KINDS),
        func.ST_Dimension(ContextFeature.geom) == 2,
    )
    return list(session.scalars(query.order_by(ContextFeature.kind, ContextFeature.code).limit(500)))


def create_plan(
    session: Session,
    *,
    city: City,
    template: PlanTemplate,
    draft: PlanDraft,
    account: Account,
    now: datetime,
) -> Plan:
    """A draft with the template's steps, topics and packages. Raises Invalid at the field that is wrong."""
    check_slug(session, slug=draft.slug)
    check_first_day(draft.starts)
    boundary = _boundary(session, city.id, draft.areas)
    plan = Plan(
        city_id=city.id,
        slug=draft.slug,
        title=draft.title,
        summary=draft.summary,
        languages=draft.languages,
        boundary=boundary,
        view=_view(session, boundary),
        status="draft",
        licence=draft.licence,
        template=template.key,
        edited_at=now,
        phases_planned_at=now,
    )
    session.add(plan)
    _flush(session)
    for position, (slug, label) in enumerate(template.topics, 1):
        session.add(Topic(plan_id=plan.id, slug=slug, label=_in(label, draft.languages), position=position))
    for position, package in enumerate(template.packages, 1):
        title = _in(package.title, draft.languages)
        session.add(
            MeasurePackage(plan_id=plan.id, code=package.code, title=title, summary={}, position=position)
        )
    _add_steps(session, plan, template, draft, ZoneInfo(city.timezone))
    _entrust(session, plan, account, "plan.create", {"template": template.key})
    return plan


def copy_plan(
    session: Session, *, source: Plan, city: City, draft: PlanDraft, account: Account, now: datetime
) -> Plan:
    """A draft with the measures, segments, packages, topics, groups and steps of another plan.

    Its steps begin on the day of the draft and last as long as those of the source. Comments, votes, answers
    and documents stay where they are. Raises Invalid.
    """
    check_slug(session, slug=draft.slug)
    check_first_day(draft.starts)
    first = session.scalar(select(func.min(Phase.opens_at)).where(Phase.plan_id == source.id))
    zone = ZoneInfo(city.timezone)
    begins = datetime.combine(draft.starts, time(9), zone)
    days = (begins.date() - first.astimezone(zone).date()).days if first else 0
    values = {
        "source": source.id,
        "slug": draft.slug,
        "title": draft.title,
        "summary": draft.summary,
        "days": days,
        "zone": city.timezone,
        "now": now,
    }
    statement = text(COPY).bindparams(*_json("title", "summary"))
    plan_id = session.scalar(statement, values)
    session.expire_all()
    plan = session.get_one(Plan, plan_id)
    _entrust(session, plan, account, "plan.copy", {"source": source.id})
    return plan


def check_slug(session: Session, *, slug: str) -> None:
    """Raises Invalid for an address that is not possible or taken."""
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LIMIT:
        raise Invalid(
            "slug", _l("Use small letters without accents, digits and single dashes, such as via-roma-2027.")
        )
    if session.scalar(select(Plan.id).where(Plan.slug == slug)) is not None:
        raise Invalid("slug", _l("Another plan has this address already. Choose another one."))


def check_first_day(starts: date) -> None:
    """Raises Invalid for a day whose year cannot be meant."""
    if starts.year not in YEARS:
        raise Invalid("starts", _l("Check the year."))


def _boundary(session: Session, city_id: int, codes: Sequence[str]) -> Any:
    union = func.ST_Multi(func.ST_CollectionExtract(func.ST_Union(ContextFeature.geom), 3))
    chosen = select(union).where(
        ContextFeature.city_id == city_id,
        ContextFeature.kind.in_(AREA_KINDS),
        ContextFeature.code.in_(list(codes)),
    )
    found = session.scalar(chosen)
    if not codes or found is None:
        raise Invalid("areas", _l("Choose at least one area: the plan needs an outline."))
    return found


def _view(session: Session, boundary: Any) -> list[float]:
    edges = session.execute(
        select(*(edge(boundary) for edge in (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)))
    ).one()
    west, south, east, north = (float(edge) for edge in edges)
    dx, dy = (east - west) * MARGIN, (north - south) * MARGIN
    return [round(each, 5) for each in (west - dx, south - dy, east + dx, north + dy)]


def _add_steps(
    session: Session, plan: Plan, template: PlanTemplate, draft: PlanDraft, zone: ZoneInfo
) -> None:
    begins = draft.starts
    for step in template.steps:
        ends = begins + timedelta(days=step.days)
        session.add(
            Phase(
                plan_id=plan.id,
                slug=step.slug,
                title=_in(step.title, draft.languages),
                summary=_in(step.summary, draft.languages),
                actions=step.actions,
                opens_at=datetime.combine(begins, time(9), zone).astimezone(UTC),
                closes_at=datetime.combine(ends, time(9), zone).astimezone(UTC),
            )
        )
        begins = ends
    session.flush()


def _in(texts: I18n, languages: Sequence[str]) -> I18n:
    """The texts in the languages of the plan; those the template does not have are left empty."""
    return {tag: texts.get(tag, "") for tag in languages}


def _entrust(session: Session, plan: Plan, account: Account, action: str, details: dict[str, Any]) -> None:
    """Who makes a plan is its planner."""
    grant_role(session, account=account, role="planner", plan_id=plan.id)
    record(
        session, action=action, account_id=account.id, plan_id=plan.id, subject="plan",
        subject_id=plan.id, details=details,
    )  # fmt: skip


def _flush(session: Session) -> None:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise Conflict(_l("Somebody made a plan with this address at the same moment.")) from error


def _json(*names: str) -> list[Any]:
    from sqlalchemy import bindparam
    from sqlalchemy.dialects.postgresql import JSONB

    return [bindparam(name, type_=JSONB) for name in names]
