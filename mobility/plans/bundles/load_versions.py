"""Versions of measures: what each said is kept, and a changed one gets its next version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
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
  WHERE v.snapshot <> now.snapshot
  RETURNING measure_id, version)
UPDATE measure m SET version = changed.version, updated_at = :now FROM changed WHERE m.id = changed.measure_id
RETURNING m.id
"""  # noqa: S608 (our own statement)
).bindparams(bindparam("notes", type_=JSONB))


def keep_versions(session: Session, plan_id: int, now: datetime, changes: Changes | None = None) -> None:
    """Keeps what each measure says that has no version yet: before a load changes it, and after it is new."""
    kept = session.execute(_KEEP, {"plan": plan_id, "now": now}).all()
    if changes is not None:
        changes.of("measure_version").created += len(kept)


def publish_versions(
    session: Session, plan_id: int, notes: Mapping[str, Mapping[str, str]], now: datetime, changes: Changes
) -> list[str]:
    """Gives every measure that says something else its next version; returns their codes.

    `notes` are the city's words about the change, by code of the measure. Sends `version_published`.
    """
    keep_versions(session, plan_id, now, changes)
    values = {"plan": plan_id, "now": now, "notes": dict(notes)}
    ids = list(session.scalars(_NEXT, values))
    changes.of("measure_version").created += len(ids)
    session.expire_all()
    measures = [session.get_one(Measure, each) for each in sorted(ids)]
    for measure in measures:
        signals.version_published.send(session, measure=measure, version=measure.version, now=now)
    return sorted(measure.code for measure in measures)
