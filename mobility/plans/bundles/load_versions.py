"""Versions of measures: what each said is kept, and a changed one gets its next version.

What was drawn (`drawn` in the snapshot: outlines, and the codes behind names) belongs to a version too, but a
line drawn more exactly makes no version of its own, unless whoever publishes says that it was drawn anew.
Snapshots from before outlines were kept have none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import BigInteger, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from mobility import signals
from mobility.plans.bundles.writing import Changes
from mobility.plans.models import Measure

_SNAPSHOT = (Path(__file__).parents[1] / "sql" / "snapshot.sql").read_text("utf-8")
_KEEP = text(
    f"""
INSERT INTO measure_version (measure_id, version, snapshot, published_at)
SELECT now.measure_id, now.version, now.snapshot, :now FROM ({_SNAPSHOT}) now
WHERE NOT EXISTS (SELECT FROM measure_version v WHERE v.measure_id = now.measure_id)
RETURNING measure_id
"""  # noqa: S608 (our own statement)
)
_NEXT = text(
    f"""
WITH changed AS (
  INSERT INTO measure_version (measure_id, version, snapshot, note, published_at)
  SELECT now.measure_id, now.version + 1, now.snapshot, coalesce(:notes -> m.code, '{{}}'::jsonb), :now
  FROM ({_SNAPSHOT}) now
  JOIN measure m ON m.id = now.measure_id
  JOIN measure_version v ON v.measure_id = now.measure_id AND v.version = now.version
  WHERE v.snapshot - 'drawn' <> now.snapshot - 'drawn'
    OR v.snapshot <> now.snapshot AND now.measure_id = ANY(:redrawn)
  RETURNING measure_id, version)
UPDATE measure m SET version = changed.version, updated_at = :now FROM changed WHERE m.id = changed.measure_id
RETURNING m.id
"""  # noqa: S608 (our own statement)
).bindparams(bindparam("notes", type_=JSONB), bindparam("redrawn", type_=ARRAY(BigInteger)))

_AMEND = text(
    f"""
UPDATE measure_version v SET snapshot = now.snapshot
FROM ({_SNAPSHOT}) now
WHERE v.measure_id = now.measure_id AND v.version = now.version AND v.snapshot <> now.snapshot
RETURNING v.measure_id
"""  # noqa: S608 (our own statement)
)
_DRAWN = text(
    f"""
UPDATE measure_version v SET snapshot = now.snapshot FROM ({_SNAPSHOT}) now
WHERE v.measure_id = now.measure_id AND v.version = now.version AND v.snapshot <> now.snapshot
  AND v.snapshot - 'drawn' = now.snapshot - 'drawn'
"""  # noqa: S608 (our own statement)
)


def amend_versions(session: Session, plan_id: int) -> int:
    """Lets the current versions say what the measures say now, without a new version; returns how many did.

    Only for what is no change of a measure: a text that is now there in one more language.
    """
    return len(session.execute(_AMEND, {"plan": plan_id}).all())


def keep_versions(session: Session, plan_id: int, now: datetime, changes: Changes | None = None) -> None:
    """Keeps what each measure says that has no version yet: before a load changes it, and after it is new.

    The versions of today also get the outlines of today.
    """
    kept = session.execute(_KEEP, {"plan": plan_id, "now": now}).all()
    session.execute(_DRAWN, {"plan": plan_id})
    if changes is not None:
        changes.of("measure_version").created += len(kept)


def publish_versions(
    session: Session,
    plan_id: int,
    notes: Mapping[str, Mapping[str, str]],
    now: datetime,
    changes: Changes,
    *,
    redrawn: Collection[int] = (),
) -> list[str]:
    """Gives every measure that says something else its next version; returns their codes.

    `notes` are the city's words about the change, by code of the measure. `redrawn` are the measures whose
    outlines count as a change. Sends `version_published`.
    """
    values = {"plan": plan_id, "now": now, "notes": dict(notes), "redrawn": list(redrawn)}
    ids = list(session.scalars(_NEXT, values))
    session.flush()
    keep_versions(session, plan_id, now, changes)
    changes.of("measure_version").created += len(ids)
    session.expire_all()
    measures = [session.get_one(Measure, each) for each in sorted(ids)]
    for measure in measures:
        signals.version_published.send(session, measure=measure, version=measure.version, now=now)
    return sorted(measure.code for measure in measures)
