"""Loading an import into the plan: one transaction, with what undoing it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.errors import Conflict
from mobility.importing import journal
from mobility.importing.kinds import ALL, Kind
from mobility.importing.known import Place
from mobility.importing.models import FileImport, ImportFeature, ImportKey
from mobility.importing.preparing import place_of
from mobility.importing.writing import write_boundary, write_lines
from mobility.plans.bundles.load import LOCK
from mobility.plans.bundles.load_heritage import renew_intersections
from mobility.plans.bundles.load_versions import keep_versions, publish_versions
from mobility.plans.bundles.writing import Changes
from mobility.plans.models import Measure, Plan, Segment
from mobility.screening.queries import unscreened_measures

Tell = Callable[[float, str], None]
_BATCH = 1000
STALE = _l("The plan was changed since this comparison. Compare again, then load.")


def load_import(
    session: Session, job: FileImport, *, account_id: int | None, now: datetime, tell: Tell
) -> dict[str, Any]:
    """Writes the lines that are not left out; returns what it did. Raises Conflict when it may not."""
    lock(session)
    kind, place = ALL[str(job.kind)], place_of(session, job.plan_id)
    lines = _lines(session, job)
    before = journal.take(session, kind, place)
    spoken = _former_ids(session, place, lines)
    voices = {name: journal.take_spoken(session, name, spoken) for name in journal.SPOKEN}
    keep_versions(session, place.plan_id, now)
    unscreened = _unscreened(session, place.plan_id)
    tell(0.2, "loading")
    if kind.name == "boundary":
        write_boundary(session, place, lines, now)
        carried = None
    else:
        carried = write_lines(session, kind, place, lines, now, job.name)
    tell(0.7, "measuring")
    done: dict[str, Any] = {"rows": _keep(session, job, kind, place, before, voices)}
    if carried is not None:
        done |= {"votes": carried.votes, "comments": carried.comments}
    _remember_keys(session, job, kind)
    changed = changed_measures(session, job, kind)
    done["versions"] = settle(session, place, kind, now, notes=dict(job.note), redrawn=changed)
    if kind.name in ("segments", "measures"):
        _refuse_unscreened(session, place.plan_id, already=unscreened)
    job.state, job.loaded_at, job.updated_at = "loaded", now, now
    job.revision = session.get_one(Plan, place.plan_id).revision
    job.summary = {**job.summary, "done": done}
    counts = dict(job.summary.get("changes", {}))
    details = {"kind": kind.name, "rows": done["rows"], **counts}
    record(
        session, action="import.load", account_id=account_id, plan_id=place.plan_id,
        subject="file_import", subject_id=job.id, details=details,
    )  # fmt: skip
    return done


def _unscreened(session: Session, plan_id: int) -> set[str]:
    return {measure.code for measure in unscreened_measures(session, plan_id=plan_id)}


def _refuse_unscreened(session: Session, plan_id: int, *, already: Collection[str]) -> None:
    """Raises Conflict when the load put measures near heritage before the public that nobody has screened.

    A draft may be loaded: it cannot open before they are.
    """
    if session.get_one(Plan, plan_id).status == "draft":
        return
    codes = sorted(_unscreened(session, plan_id) - set(already))
    if codes:
        raise Conflict(
            _l(
                "These measures would touch a property or a buffer zone, and no expert has screened them: "
                "%(codes)s. Screen them first, or sign that they do not interact. Nothing was loaded.",
                codes=", ".join(codes),
            )
        )


def lock(session: Session) -> None:
    """Waits until no other load is under way, and holds others back until the end of the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def settle(
    session: Session,
    place: Place,
    kind: Kind,
    now: datetime,
    *,
    notes: dict[str, str],
    redrawn: Collection[int],
) -> list[str]:
    """After rows changed: versions of measures, shares of heritage zones, and the revisions of plans."""
    changes = Changes()
    session.expire_all()
    plans = [place.plan_id]
    if kind.owner == "city":
        plans = list(session.scalars(select(Plan.id).where(Plan.city_id == place.city_id).order_by(Plan.id)))
    if kind.name in ("segments", "zones"):
        for plan_id in plans:
            renew_intersections(session, plan_id=plan_id, changes=changes)
    versions: list[str] = []
    if kind.name in ("segments", "measures"):
        every = dict.fromkeys(_codes(session, place.plan_id), notes) if notes else {}
        versions = publish_versions(session, place.plan_id, every, now, changes, redrawn=redrawn)
    if kind.name != "census":
        grown = (
            update(Plan)
            .where(Plan.id.in_(plans))
            .values(revision=Plan.revision + 1, updated_at=now, edited_at=now)
        )
        session.execute(grown.execution_options(synchronize_session=False))
    session.expire_all()
    return versions


def changed_measures(session: Session, job: FileImport, kind: Kind) -> set[int]:
    """The measures whose stretches this import wrote, before or after."""
    if kind.name != "segments":
        return set()
    rows = journal.kept(session, job.id, "segment")
    return {int(state["measure_id"]) for row in rows for state in (row.before, row.after) if state}


def _codes(session: Session, plan_id: int) -> list[str]:
    return list(session.scalars(select(Measure.code).where(Measure.plan_id == plan_id)))


def _lines(session: Session, job: FileImport) -> list[ImportFeature]:
    """What will be written. Raises Conflict when errors are left or the plan has changed since."""
    mine = ImportFeature.import_id == job.id
    bad = select(func.count()).where(mine, ImportFeature.errors > 0, ImportFeature.excluded.is_(False))
    if session.scalar(bad):
        raise Conflict(_l("Some features have errors. Mend the file, or leave these features out."))
    revision = session.scalar(select(Plan.revision).where(Plan.id == job.plan_id))
    if job.summary.get("revision") != revision:
        raise Conflict(STALE)
    wanted = ImportFeature.change.in_(("added", "changed", "removed"))
    query = select(ImportFeature).where(mine, wanted, ImportFeature.excluded.is_(False))
    lines = list(session.scalars(query.order_by(ImportFeature.position)))
    if not lines:
        raise Conflict(_l("There is nothing to load: the plan has all of it already."))
    return lines


def _former_ids(session: Session, place: Place, lines: Collection[ImportFeature]) -> list[int]:
    """Stretches whose votes and comments move, and those on which others arrive."""
    codes = {code for line in lines if line.former for code in (line.code, *line.former)}
    query = select(Segment.id).where(Segment.plan_id == place.plan_id, Segment.code.in_(codes))
    return list(session.scalars(query)) if codes else []


def _keep(
    session: Session,
    job: FileImport,
    kind: Kind,
    place: Place,
    before: journal.Rows,
    voices: dict[str, journal.Rows],
) -> int:
    session.flush()
    n = journal.keep(session, job.id, kind.table, before, journal.take(session, kind, place))
    for name, rows in voices.items():
        journal.keep(session, job.id, name, rows, journal.again(session, name, "", list(rows)))
    return n


def _remember_keys(session: Session, job: FileImport, kind: Kind) -> None:
    """Which code each stable id of the file has, also where nothing changed."""
    mine = (ImportFeature.import_id == job.id, ImportFeature.excluded.is_(False), ImportFeature.errors == 0)
    query = select(ImportFeature.source_key, ImportFeature.code).where(*mine, ImportFeature.source_key != "")
    rows = [
        {"plan_id": job.plan_id, "kind": kind.name, "source_key": key, "code": code}
        for key, code in session.execute(query.order_by(ImportFeature.position))
    ]
    for start in range(0, len(rows), _BATCH):
        statement = insert(ImportKey).values(rows[start : start + _BATCH])
        keys = ["plan_id", "kind", "source_key"]
        session.execute(
            statement.on_conflict_do_update(index_elements=keys, set_={"code": statement.excluded.code})
        )
