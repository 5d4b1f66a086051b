"""Reading offices, their people and what they are competent for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account
from mobility.errors import NotFound
from mobility.offices.models import Competence, Office, OfficeMember
from mobility.offices.routing import Desk, Rule
from mobility.spatial.crs import metric

MOST = 500
"""Offices of a city, and competences of a plan, that are read at once."""


@dataclass(frozen=True)
class Rulebook:
    """All that routing needs to know of a plan."""

    rules: tuple[Rule, ...]
    desks: dict[int, Desk]
    names: dict[int, dict[str, str]]


def read_rulebook(session: Session, *, plan_id: int, city_id: int, srid: int) -> Rulebook:
    """The competences in force, with areas in the metric CRS `srid`, and the city's offices; two queries."""
    offices = offices_of(session, city_id=city_id)
    desks = {each.id: Desk(each.id, each.deadline_days, each.active, each.substitute_id) for each in offices}
    return Rulebook(
        rules=read_rules(session, plan_id=plan_id, srid=srid),
        desks=desks,
        names={each.id: each.name for each in offices},
    )


def read_rules(session: Session, *, plan_id: int, srid: int) -> tuple[Rule, ...]:
    """The competences in force, oldest first."""
    query = (
        select(Competence, func.ST_AsBinary(Competence.area).label("shape"))
        .where(Competence.plan_id == plan_id, Competence.ended_at.is_(None))
        .order_by(Competence.id)
        .limit(MOST)
    )
    return tuple(
        Rule(
            id=row.Competence.id,
            office_id=row.Competence.office_id,
            topic_id=row.Competence.topic_id,
            measure_id=row.Competence.measure_id,
            area=metric(srid).project(shapely.from_wkb(bytes(row.shape))) if row.shape is not None else None,
            area_name=row.Competence.area_name,
            priority=row.Competence.priority,
            deadline_days=row.Competence.deadline_days,
        )
        for row in session.execute(query)
    )


def offices_of(session: Session, *, city_id: int) -> list[Office]:
    """The offices of a city by their address."""
    query = select(Office).where(Office.city_id == city_id).order_by(Office.slug).limit(MOST)
    return list(session.scalars(query))


def find_office(session: Session, *, city_id: int, office_id: int) -> Office:
    """One office of a city. Raises NotFound."""
    found = session.get(Office, office_id) if office_id < 2**63 else None
    if found is None or found.city_id != city_id:
        raise NotFound
    return found


def my_offices(session: Session, *, account_id: int) -> set[int]:
    """The offices for which an account answers."""
    query = select(OfficeMember.office_id).where(OfficeMember.account_id == account_id)
    return set(session.scalars(query))


def members_of(session: Session, *, office_ids: Iterable[int]) -> dict[int, list[Account]]:
    """Office → the active accounts that answer for it; one query."""
    found: dict[int, list[Account]] = {}
    query = (
        select(OfficeMember.office_id, Account)
        .join(Account, Account.id == OfficeMember.account_id)
        .where(OfficeMember.office_id.in_(list(office_ids)), Account.active)
        .order_by(OfficeMember.office_id, Account.name, Account.id)
    )
    for row in session.execute(query):
        found.setdefault(row.office_id, []).append(row.Account)
    return found


def competences_of(session: Session, *, plan_id: int, office_id: int | None = None) -> list[Any]:
    """The competences in force, most important first."""
    query = select(Competence).where(Competence.plan_id == plan_id, Competence.ended_at.is_(None))
    if office_id is not None:
        query = query.where(Competence.office_id == office_id)
    query = query.order_by(Competence.office_id, Competence.priority.desc(), Competence.id)
    return list(session.scalars(query.limit(MOST)))
