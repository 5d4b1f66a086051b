"""Proves that the counts the database keeps equal a full recount, and mends them when they do not."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mobility.errors import Conflict, NotFound
from mobility.plans.models import Plan

VOTES = """
SELECT coalesce(segment_id, 0) AS segment_id, coalesce(measure_id, 0) AS measure_id,
       coalesce(group_id, 0) AS group_id, identity_level, position, plan_id, count(*) AS n
FROM vote WHERE set_aside_id IS NULL AND (CAST(:plan AS bigint) IS NULL OR plan_id = :plan)
GROUP BY 1, 2, 3, 4, 5, 6
"""
REMAINING = """
SELECT coalesce(segment_id, 0) AS segment_id, coalesce(measure_id, 0) AS measure_id,
       CAST(0 AS bigint) AS group_id, identity_level, position, plan_id, sum(n) AS n
FROM vote_count WHERE set_aside_id IS NULL AND (CAST(:plan AS bigint) IS NULL OR plan_id = :plan)
GROUP BY 1, 2, 3, 4, 5, 6
"""
"""What is left of votes whose single ones were destroyed."""
ALL_VOTES = (
    "SELECT segment_id, measure_id, group_id, identity_level, position, plan_id, sum(n)::bigint AS n "  # noqa: S608
    f"FROM ({VOTES} UNION ALL {REMAINING}) AS counted GROUP BY 1, 2, 3, 4, 5, 6"
)
CELLS = """
SELECT plan_id, z, cell_x >> (18 - z) AS x, cell_y >> (18 - z) AS y, phase_id, topic_id, stance, count(*) AS n
FROM comment, (VALUES (18), (15), (12)) AS stored (z)
WHERE status = 'published' AND geom IS NOT NULL AND (CAST(:plan AS bigint) IS NULL OR plan_id = :plan)
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
KEYS = {
    "vote_tally": ("segment_id", "measure_id", "group_id", "identity_level", "position", "plan_id"),
    "comment_cell": ("plan_id", "z", "x", "y", "phase_id", "topic_id", "stance"),
}
COUNTS = {"vote_tally": ALL_VOTES, "comment_cell": CELLS}
SOURCES = {"vote_tally": "vote", "comment_cell": "comment"}


@dataclass(frozen=True)
class Difference:
    """One kept count that is not what counting gives."""

    table: str
    key: dict[str, object]
    kept: int
    counted: int

    def __str__(self) -> str:
        key = ", ".join(f"{name} {value}" for name, value in self.key.items())
        return f"{self.table}: {key}: kept {self.kept}, counted {self.counted}"


def recount(session: Session, *, plan: str | None = None, repair: bool = False) -> list[Difference]:
    """Every kept count that differs from a full recount, of one plan (by slug) or of all.

    With `repair` the kept counts are made anew; writers wait meanwhile. Raises NotFound for an unknown plan.
    """
    plan_id = session.scalar(select(Plan.id).where(Plan.slug == plan)) if plan else None
    if plan and plan_id is None:
        raise NotFound
    if repair:
        session.execute(text("LOCK TABLE comment, vote IN SHARE MODE"))
    found = [row for table in KEYS for row in _differences(session, table, plan_id)]
    if repair:
        for table in {row.table for row in found}:
            _replace(session, table, plan_id)
    return found


def check_votes_kept(plan: Plan) -> None:
    """Raises Conflict for a plan of which only the counts are left: nobody could change a vote any more."""
    if plan.votes_thinned_at is not None:
        raise Conflict(
            _l("The single votes of this plan were destroyed after its decision, so it cannot open again.")
        )


def _differences(session: Session, table: str, plan_id: int | None) -> list[Difference]:
    keys = KEYS[table]
    same = " AND ".join(f"k.{key} = c.{key}" for key in keys)
    chosen = ", ".join(f"coalesce(k.{key}, c.{key}) AS {key}" for key in keys)
    statement = (
        f"SELECT {chosen}, coalesce(k.n, 0) AS kept, coalesce(c.n, 0) AS counted "  # noqa: S608 (our constants)
        f"FROM (SELECT * FROM {table} WHERE CAST(:plan AS bigint) IS NULL OR plan_id = :plan) AS k "
        f"FULL JOIN ({COUNTS[table]}) AS c ON {same} "
        "WHERE coalesce(k.n, 0) <> coalesce(c.n, 0) ORDER BY 1, 2, 3, 4"
    )
    rows = session.execute(text(statement), {"plan": plan_id}).mappings()
    return [Difference(table, {key: row[key] for key in keys}, row["kept"], row["counted"]) for row in rows]


def _replace(session: Session, table: str, plan_id: int | None) -> None:
    keys = ", ".join(KEYS[table])
    values = {"plan": plan_id}
    session.execute(
        text(f"DELETE FROM {table} WHERE CAST(:plan AS bigint) IS NULL OR plan_id = :plan"),  # noqa: S608
        values,
    )
    session.execute(
        text(f"INSERT INTO {table} ({keys}, n) SELECT {keys}, n FROM ({COUNTS[table]}) AS c"),  # noqa: S608
        values,
    )
