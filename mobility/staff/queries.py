"""Reading accounts with their roles, and the audit log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from mobility.accounts.models import NO_PASSWORD, Account, AuditEntry, StaffRole
from mobility.accounts.permissions import ADMINISTRATOR
from mobility.errors import NotFound
from mobility.plans.models import Plan

PAGE = 25
LINES = 50


def people(session: Session, *, show: str, words: str, now: datetime, page: int) -> tuple[list[Account], int]:
    """One page of accounts, administrators first, and how many there are; `show`: staff, members, closed."""
    holds = select(StaffRole.id).where(StaffRole.account_id == Account.id, _held(now)).exists()
    is_staff = or_(Account.role == ADMINISTRATOR, holds)
    query = select(Account).where(Account.active if show != "closed" else ~Account.active)
    if show == "staff":
        query = query.where(or_(is_staff, Account.password_hash == NO_PASSWORD))
    elif show == "members":
        query = query.where(~is_staff)
    if words:
        query = query.where(
            or_(
                Account.name.icontains(words, autoescape=True),
                Account.email.icontains(words, autoescape=True),
            )
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(Account.role != ADMINISTRATOR, func.lower(Account.name), Account.id)
    return list(session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE))), int(total)


def find_person(session: Session, *, account_id: int) -> Account:
    """The account with this number. Raises NotFound."""
    found = session.get(Account, account_id) if account_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def roles_held(
    session: Session, *, account_ids: Collection[int], now: datetime
) -> dict[int, list[tuple[str, Plan | None]]]:
    """Account → the roles it holds now with their plans, None for every plan; one query."""
    query = (
        select(StaffRole.account_id, StaffRole.role, Plan)
        .outerjoin(Plan, Plan.id == StaffRole.plan_id)
        .where(StaffRole.account_id.in_(account_ids), _held(now))
        .order_by(StaffRole.plan_id.nulls_first(), StaffRole.role)
    )
    found: dict[int, list[tuple[str, Plan | None]]] = defaultdict(list)
    for account_id, role, plan in session.execute(query):
        found[account_id].append((role, plan))
    return found


def all_plans(session: Session) -> list[Plan]:
    """Every plan, drafts too, by slug; an installation has few."""
    return list(session.scalars(select(Plan).order_by(Plan.slug).limit(200)))


def _held(now: datetime) -> Any:
    return StaffRole.until.is_(None) | (StaffRole.until > now)


@dataclass(frozen=True)
class AuditFilter:
    """Which lines of the audit log; days are those of `zone`, both included."""

    zone: ZoneInfo
    plan_id: int | None = None
    action: str = ""
    since: date | None = None
    until: date | None = None


def _lines(wanted: AuditFilter) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if wanted.plan_id is not None:
        query = query.where(AuditEntry.plan_id == wanted.plan_id)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.since:
        query = query.where(AuditEntry.at >= datetime.combine(wanted.since, time(), wanted.zone))
    if wanted.until:
        after = wanted.until + timedelta(days=1)
        query = query.where(AuditEntry.at < datetime.combine(after, time(), wanted.zone))
    return query


def audit_lines(
    session: Session, *, wanted: AuditFilter, before: int | None
) -> tuple[list[AuditEntry], int | None]:
    """At most 50 lines older than line `before`, newest first, and where the next page begins."""
    query = _lines(wanted).order_by(AuditEntry.id.desc()).limit(LINES + 1)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    found = list(session.scalars(query))
    return found[:LINES], found[LINES - 1].id if len(found) > LINES else None


def every_line(session: Session, *, wanted: AuditFilter) -> Iterator[AuditEntry]:
    """All lines of the filter, oldest first, a thousand in memory at once."""
    query = _lines(wanted).order_by(AuditEntry.id).execution_options(yield_per=1000)
    for line in session.scalars(query):
        yield line
        session.expunge(line)


def names_of(session: Session, *, account_ids: Collection[int]) -> dict[int, str]:
    """Account → name, of those that still exist."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in session.execute(query)}
