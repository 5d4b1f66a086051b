"""What becomes of votes and comments when a segment is divided, joined with another, moved or replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from mobility.errors import Invalid
from mobility.plans.bundles.load_moves import move_feedback
from mobility.plans.models import LINEAGE, Segment, SegmentLineage

DEEPEST = 20
"""How many generations are followed back; a guard against circles, which the desk cannot make."""
_TO_PARTS = text("""
    UPDATE comment c SET segment_id = part.id, measure_id = part.measure_id
    FROM (
      SELECT DISTINCT ON (said.id) said.id AS comment_id, s.id, s.measure_id
      FROM comment said JOIN segment s ON s.id = ANY(:parts)
      WHERE :old IN (said.segment_id, said.exact_segment_id)
      ORDER BY said.id, ST_Distance(s.geom, coalesce(said.exact_geom, said.geom)) NULLS LAST, s.id
    ) part
    WHERE c.id = part.comment_id RETURNING c.id
""")

_FOLLOWS = text("""
    INSERT INTO follow (participant_id, kind, plan_id, segment_id, rhythm, since)
    SELECT f.participant_id, 'segment', f.plan_id, part.id, f.rhythm, f.since
    FROM follow f CROSS JOIN unnest(CAST(:parts AS bigint[])) AS part (id)
    WHERE f.segment_id = :old AND f.kind = 'segment' AND f.stopped_at IS NULL
    ON CONFLICT DO NOTHING
""")
_ANCESTORS = text("""
    WITH RECURSIVE chain AS (
      SELECT old_id, kind, happened_at, 1 AS depth FROM segment_lineage
      WHERE new_id = :segment AND kind <> 'moved'
      UNION
      SELECT l.old_id, l.kind, l.happened_at, c.depth + 1 FROM segment_lineage l
      JOIN chain c ON l.new_id = c.old_id WHERE l.kind <> 'moved' AND c.depth < :deepest)
    SELECT s.id, s.code, s.street, s.span, min(c.happened_at) FROM chain c JOIN segment s ON s.id = c.old_id
    WHERE c.kind = 'split' GROUP BY s.id ORDER BY 5 DESC, s.code
""")


@dataclass(frozen=True)
class Carried:
    """How many votes and comments found another segment."""

    votes: int = 0
    comments: int = 0

    def __add__(self, other: Carried) -> Carried:
        return Carried(self.votes + other.votes, self.comments + other.comments)


@dataclass(frozen=True)
class Ancestor:
    """A segment of which another one was a part: its votes speak of the whole, never of the part."""

    id: int
    code: str
    street: str
    span: dict[str, str]
    divided_at: datetime


def apply_lineage(
    session: Session,
    *,
    plan_id: int,
    old_id: int,
    new_ids: Sequence[int],
    kind: str,
    now: datetime,
    moved_m: float | None = None,
) -> Carried:
    """Writes down what became of a segment and takes along what people said; returns how much moved.

    `split`: the old segment is retired and keeps its votes, its comments go to the nearest part. `merged` and
    `replaced`: votes and comments move to the one new segment, each person's latest vote stays live, the old
    segment is retired. `moved`: old and new are the same segment, nothing moves. Who follows the old segment
    follows the new ones, which must exist already. Raises Invalid for segments of another plan, or a number
    of them that the kind does not allow.
    """
    codes = _check(session, plan_id, old_id, new_ids, kind)
    session.execute(
        insert(SegmentLineage),
        [
            {"plan_id": plan_id, "old_id": old_id, "new_id": new_id, "kind": kind, "happened_at": now}
            | {"moved_m": moved_m}
            for new_id in new_ids
        ],
    )
    if kind == "moved":
        return Carried()
    retired = update(Segment).where(Segment.id == old_id, Segment.retired_at.is_(None))
    session.execute(retired.values(retired_at=now).execution_options(synchronize_session=False))
    session.execute(_FOLLOWS, {"parts": list(new_ids), "old": old_id})
    if kind == "split":
        carried = Carried(comments=give_comments(session, old_id=old_id, new_ids=new_ids))
    else:
        carried = Carried(*move_feedback(session, {codes[old_id]: codes[new_ids[0]]}, plan_id))
    session.expire_all()
    return carried


def give_comments(session: Session, *, old_id: int, new_ids: Sequence[int]) -> int:
    """Comments on a segment go to the nearest of others, by their exact place; returns how many."""
    return len(session.execute(_TO_PARTS, {"parts": list(new_ids), "old": old_id}).all())


def _check(session: Session, plan_id: int, old_id: int, new_ids: Sequence[int], kind: str) -> dict[int, str]:
    """The codes of the segments, which are locked: who votes on one meanwhile waits."""
    session.flush()
    wanted = {old_id, *new_ids}
    query = select(Segment.id, Segment.code).where(Segment.plan_id == plan_id, Segment.id.in_(wanted))
    codes = {row.id: row.code for row in session.execute(query.order_by(Segment.id).with_for_update())}
    if kind not in LINEAGE or codes.keys() != wanted or len(set(new_ids)) != len(new_ids):
        raise Invalid("segment", _l("These stretches do not belong to the plan."))
    enough = len(new_ids) >= 2 if kind == "split" else len(new_ids) == 1
    if not enough or (old_id in new_ids) != (kind == "moved"):
        raise Invalid("segment", _l("A stretch is divided into two or more, and joined with one."))
    return codes


def ancestors_of(session: Session, segment_id: int) -> list[Ancestor]:
    """The segments this one was once a part of, the latest division first.

    A part that was divided again, or joined with another, leads on to what it came from.
    """
    rows = session.execute(_ANCESTORS, {"segment": segment_id, "deepest": DEEPEST})
    return [Ancestor(*row) for row in rows]
