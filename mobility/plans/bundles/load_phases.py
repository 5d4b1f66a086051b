"""Loading phases: local times to instants, and the shift that opens a demonstration now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from mobility.plans.bundles.model import PhaseRecord
from mobility.plans.bundles.writing import Changes, Row, columns, remove, table

_PHASE = ("slug", "title", "summary", "actions", "results", "moderation", "languages")
_DAY = timedelta(days=1)
_ASIDE = timedelta(days=200 * 365)
"""How far phases are moved out of the way while they are rewritten, so that none overlaps another."""


def load_phases(
    session: Session,
    phases: Sequence[PhaseRecord],
    plan_id: int,
    zone: ZoneInfo,
    changes: Changes,
    *,
    open_at: datetime | None,
) -> int:
    """Writes the phases of a plan; returns by how many days they were shifted.

    With `open_at` they are shifted by whole days so that the first phase that opens voting contains that
    instant; a shift already stored stays as long as it does so.
    """
    target = table("phase")
    found = session.execute(select(target).where(target.c.plan_id == plan_id)).mappings()
    before = {str(row["slug"]): dict(row) for row in found}
    days = 0 if open_at is None else shift_days(phases, zone, open_at, _stored_shift(phases, before, zone))
    rows = [_row(phase, plan_id, zone, days) for phase in phases]
    if _same(rows, before):
        return days
    kept = [phase.slug for phase in phases]
    remove(session, "phase", changes, target.c.plan_id == plan_id, target.c.slug.not_in(kept))
    for slug in before.keys() & set(kept):
        _write(
            session,
            before[slug]["id"],
            {key: before[slug][key] + _ASIDE for key in ("opens_at", "closes_at")},
        )
    for row in rows:
        old = before.get(row["slug"])
        if old is None:
            session.execute(insert(target).values(row))
            changes.of("phase").created += 1
        else:
            _write(session, old["id"], row)
            changes.of("phase").updated += any(old[key] != value for key, value in row.items())
    return days


def shift_days(phases: Sequence[PhaseRecord], zone: ZoneInfo, now: datetime, stored: int = 0) -> int:
    """By how many days phases must move so that the first one with voting contains `now`.

    0 when it already does or no phase has voting; `stored` when that shift does; else the shift after
    which a third of the phase has passed, or that opens it today if it is short.
    """
    phase = next((phase for phase in phases if "vote" in phase.actions), None)
    if phase is None:
        return 0
    for days in (0, stored):
        opens, closes = (_instant(t, zone, days) for t in (phase.opens_at, phase.closes_at))
        if opens <= now < closes:
            return days
    local = now.astimezone(zone).replace(tzinfo=None)
    length = phase.closes_at - phase.opens_at
    early = (local - phase.opens_at - length / 3) // _DAY
    return early if local - phase.opens_at - early * _DAY < length else (local - phase.opens_at) // _DAY


def _stored_shift(phases: Sequence[PhaseRecord], before: dict[str, Row], zone: ZoneInfo) -> int:
    for phase in phases:
        if phase.slug in before and "vote" in phase.actions:
            opens = before[phase.slug]["opens_at"].astimezone(zone).replace(tzinfo=None)
            return int((opens - phase.opens_at) / _DAY)
    return 0


def _instant(local: datetime, zone: ZoneInfo, days: int) -> datetime:
    return (local + days * _DAY).replace(tzinfo=zone).astimezone(UTC)


def _row(phase: PhaseRecord, plan_id: int, zone: ZoneInfo, days: int) -> Row:
    times = {key: _instant(getattr(phase, key), zone, days) for key in ("opens_at", "closes_at")}
    return {**columns(phase, _PHASE), **_levels(phase), **times, "plan_id": plan_id}


def _levels(phase: PhaseRecord) -> Row:
    """The least levels: each its own, else the one for both."""
    own = {"comment_level": phase.comment_level, "vote_level": phase.vote_level}
    return {name: (phase.min_level or 0) if level is None else level for name, level in own.items()}


def _same(rows: Sequence[Row], before: dict[str, Row]) -> bool:
    if {row["slug"] for row in rows} != before.keys():
        return False
    return all(before[row["slug"]][key] == value for row in rows for key, value in row.items())


def _write(session: Session, phase_id: int, values: dict[str, Any]) -> None:
    target = table("phase")
    session.execute(update(target).where(target.c.id == phase_id).values(values))
