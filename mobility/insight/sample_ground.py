"""What invented feedback is invented about: the plan's real segments, measures, topics, phases and groups."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import text
from sqlalchemy.orm import Session

from mobility.errors import Invalid

NEAR = {"it": "Nei pressi di {street}", "en": "Near {street}"}

PLAN = """
SELECT p.id, c.srid, ST_AsBinary(p.boundary) AS boundary,
       (SELECT count(*) FROM comment WHERE plan_id = p.id AND channel = 'sample')
       + (SELECT count(*) FROM vote WHERE plan_id = p.id AND channel = 'sample') AS earlier
FROM plan p JOIN city c ON c.id = p.city_id WHERE p.slug = :slug
"""
SEGMENTS = """
SELECT s.id, s.measure_id, s.street, s.span, m.kind, ST_AsBinary(s.geom) AS shape
FROM segment s JOIN measure m ON m.id = s.measure_id
WHERE s.plan_id = :plan AND s.retired_at IS NULL ORDER BY s.code
"""
MEASURES = "SELECT id, kind FROM measure WHERE plan_id = :plan AND retired_at IS NULL ORDER BY code"
TOPICS = "SELECT id, slug FROM topic WHERE plan_id = :plan ORDER BY position"
GROUPS = """
SELECT g.id, g.kind FROM stakeholder_group g JOIN plan_group pg ON pg.group_id = g.id
WHERE plan_id = :plan AND g.active AND NOT EXISTS (
  SELECT FROM vote v WHERE v.plan_id = :plan AND v.group_id = g.id)
ORDER BY g.slug
"""
PHASES = """
SELECT id, CASE :action WHEN 'vote' THEN vote_level ELSE comment_level END AS level, opens_at, closes_at
FROM phase
WHERE plan_id = :plan AND :action = ANY (actions)
ORDER BY (opens_at <= :now) DESC, CASE WHEN opens_at <= :now THEN opens_at END DESC, opens_at LIMIT 1
"""


@dataclass(frozen=True)
class Stretch:
    """A segment as a place to comment on; `place` and `vicinity` are JSON, escaped for COPY."""

    id: int
    measure_id: int
    street: str
    kind: str
    place: str
    vicinity: str
    shape: BaseGeometry


@dataclass(frozen=True)
class Ground:
    """One plan. Windows are (from, to) in seconds since 1970; `earlier` counts the samples it holds."""

    plan_id: int
    srid: int
    boundary: BaseGeometry
    earlier: int
    segments: list[Stretch]
    measures: list[tuple[int, str]]
    topics: list[tuple[int, str]]
    groups: list[tuple[int, str]]
    level: int
    begins: str
    commenting: tuple[float, float]
    commenting_phase: int
    voting: tuple[float, float]
    voting_phase: int

    @property
    def subject_kinds(self) -> list[str]:
        """Kinds of all subjects of votes: segments first, then measures."""
        return [segment.kind for segment in self.segments] + [kind for _, kind in self.measures]

    @property
    def subject_keys(self) -> list[tuple[int | None, int | None]]:
        """(segment, measure) of all subjects, one of the two None."""
        keys: list[tuple[int | None, int | None]] = [(segment.id, None) for segment in self.segments]
        return [*keys, *((None, key) for key, _ in self.measures)]


def read_ground(session: Session, *, slug: str, now: datetime) -> Ground | None:
    """The plan with this slug, or None. Raises Invalid when nobody can comment or vote on it in any phase."""
    plan = session.execute(text(PLAN), {"slug": slug}).one_or_none()
    if plan is None:
        return None
    given = {"plan": plan.id}
    comment, vote = _phase(session, plan.id, "comment", now), _phase(session, plan.id, "vote", now)
    return Ground(
        plan_id=plan.id,
        srid=plan.srid,
        boundary=shapely.from_wkb(bytes(plan.boundary)),
        earlier=plan.earlier,
        segments=[_stretch(row) for row in session.execute(text(SEGMENTS), given)],
        measures=[(row.id, row.kind) for row in session.execute(text(MEASURES), given)],
        topics=[(row.id, row.slug) for row in session.execute(text(TOPICS), given)],
        groups=[(row.id, row.kind) for row in session.execute(text(GROUPS), given)],
        level=max(comment.level, vote.level),
        begins=min(comment.opens_at, vote.opens_at).isoformat(),
        commenting=_window(comment, now),
        commenting_phase=comment.id,
        voting=_window(vote, now),
        voting_phase=vote.id,
    )


def _phase(session: Session, plan_id: int, action: str, now: datetime) -> Any:
    """The newest phase with this action that has begun, else the first to come."""
    given = {"plan": plan_id, "action": action, "now": now}
    found = session.execute(text(PHASES), given).one_or_none()
    if found is None:
        raise Invalid("plan", f"The plan has no phase in which people may {action}.")
    return found


def _window(phase: Any, now: datetime) -> tuple[float, float]:
    opens = phase.opens_at.timestamp()
    return opens, max(opens + 1, min(phase.closes_at, now).timestamp())


def _stretch(row: Any) -> Stretch:
    place = {language: f"{row.street}, {span}" for language, span in row.span.items()}
    vicinity = {language: words.format(street=row.street) for language, words in NEAR.items()}
    shape = shapely.from_wkb(bytes(row.shape))
    return Stretch(
        row.id, row.measure_id, _escaped(row.street), row.kind, _json(place), _json(vicinity), shape
    )


def _json(value: dict[str, str]) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(value: str) -> str:
    """The text as COPY reads it back unchanged."""
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
