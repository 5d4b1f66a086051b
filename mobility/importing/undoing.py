"""Undoing the last load: earlier rows come back; what people said meanwhile is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.errors import Conflict
from mobility.importing import journal
from mobility.importing.kinds import ALL, Kind, geometry_column
from mobility.importing.loading import changed_measures, lock, settle
from mobility.importing.models import FileImport, ImportFeature, ImportKey, ImportRow
from mobility.importing.preparing import place_of
from mobility.importing.undo_voices import (
    gave_way,
    give_comments_back,
    return_voices,
    revive_votes,
    spoken_of,
)
from mobility.plans.bundles.load_versions import keep_versions
from mobility.plans.bundles.writing import table
from mobility.plans.models import Segment, SegmentLineage

_NOT_LAST = _l("Only the last load can be undone. Undo the later one first.")
_CHANGED = _l("These were changed since the load, so undoing it would lose that: %(codes)s.")
_USED = _l("Stretches that were added later belong to a measure of this load: %(codes)s. Move them first.")


def why_not(session: Session, job: FileImport) -> str:
    """Why the load cannot be undone, in words; empty when it can."""
    if job.state != "loaded":
        return str(_NOT_LAST)
    later = exists().where(
        FileImport.plan_id == job.plan_id, FileImport.state == "loaded", FileImport.loaded_at > job.loaded_at
    )
    if session.scalar(select(later)):
        return str(_NOT_LAST)
    kind = ALL[str(job.kind)]
    rows = journal.kept(session, job.id, kind.table)
    codes = _changed_since(session, kind, rows)
    if codes:
        return str(_CHANGED) % {"codes": ", ".join(codes[:10])}
    used = _used_since(session, kind, rows)
    return str(_USED) % {"codes": ", ".join(used[:10])} if used else ""


def undo_import(
    session: Session, job: FileImport, *, account_id: int | None, now: datetime
) -> dict[str, Any]:
    """Puts the earlier rows back; returns what it did. Raises Conflict when something later depends on it.

    Comments about stretches of the load go to the stretches that come back, the nearest first. Votes on them
    stay with them: such a stretch is retired, not deleted.
    """
    lock(session)
    reason = why_not(session, job)
    if reason:
        raise Conflict(reason)
    kind, place = ALL[str(job.kind)], place_of(session, job.plan_id)
    rows = journal.kept(session, job.id, kind.table)
    keep_versions(session, place.plan_id, now)
    redrawn = changed_measures(session, job, kind)
    for row in rows:
        if row.before is not None:
            journal.put_back(session, kind.table, row)
    done = {"restored": sum(row.before is not None for row in rows), "votes": 0, "comments": 0, "retired": 0}
    if kind.name == "segments":
        former = gave_way(session, job)
        mine = (SegmentLineage.plan_id == place.plan_id, SegmentLineage.happened_at == job.loaded_at)
        session.execute(delete(SegmentLineage).where(*mine))
        return_voices(session, job)
        done["votes"] = revive_votes(session, job, former)
        done["comments"] = give_comments_back(session, job, now)
    made = [row.row_id for row in rows if row.before is None]
    done["retired"] = _take_away(session, kind, made, now)
    done["removed"] = len(made) - done["retired"]
    _forget(session, job, kind)
    settle(session, place, kind, now, notes={}, redrawn=redrawn)
    job.state, job.undone_at, job.undone_by, job.updated_at = "undone", now, account_id, now
    record(
        session, action="import.undo", account_id=account_id, plan_id=place.plan_id,
        subject="file_import", subject_id=job.id, details={"kind": kind.name, **done},
    )  # fmt: skip
    session.expire_all()
    return done


def _changed_since(session: Session, kind: Kind, rows: Sequence[ImportRow]) -> list[str]:
    """Codes of rows that are no longer as the load left them."""
    current = journal.again(session, kind.table, geometry_column(kind), [row.row_id for row in rows])
    changed = [row for row in rows if current.get(row.row_id) != row.after]
    return sorted(str((row.after or row.before or {}).get("code", kind.name)) for row in changed)


def _used_since(session: Session, kind: Kind, rows: Sequence[ImportRow]) -> list[str]:
    """Codes of stretches in use whose measure this load made."""
    made = [row.row_id for row in rows if row.before is None]
    if kind.name != "measures" or not made:
        return []
    used = select(Segment.code).where(Segment.measure_id.in_(made), Segment.retired_at.is_(None))
    return list(session.scalars(used.order_by(Segment.code)))


def _take_away(session: Session, kind: Kind, made: Sequence[int], now: datetime) -> int:
    """Deletes the rows that the load made; those that something holds are retired. Returns how many."""
    spoken = spoken_of(session, kind, made)
    kept = sorted(spoken)
    for row_id in [row_id for row_id in made if row_id not in spoken]:
        try:
            with session.begin_nested():
                journal.remove(session, kind.table, [row_id])
        except IntegrityError:
            kept.append(row_id)
    if kept:
        target = table(kind.table)
        session.execute(update(target).where(target.c.id.in_(kept)).values(retired_at=now))
    return len(kept)


def _forget(session: Session, job: FileImport, kind: Kind) -> None:
    """Stable ids lead to no code of this load any more."""
    made = select(ImportFeature.code).where(
        ImportFeature.import_id == job.id, ImportFeature.change == "added"
    )
    mine = (ImportKey.plan_id == job.plan_id, ImportKey.kind == kind.name, ImportKey.code.in_(made))
    session.execute(delete(ImportKey).where(*mine).execution_options(synchronize_session=False))
