"""What left the bundle: nothing people spoke about is dropped unless the operator says what becomes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, literal, select, update
from sqlalchemy.orm import Session

from mobility.errors import Conflict, Invalid
from mobility.plans.bundles.model import Bundle
from mobility.plans.bundles.writing import Changes, remove, table


@dataclass(frozen=True)
class Spoken:
    """Something the bundle no longer holds, and how much people said about it."""

    kind: str
    code: str
    votes: int
    comments: int

    def __str__(self) -> str:
        return f"{self.kind} {self.code} ({self.votes} votes, {self.comments} comments)"


class LoadRefused(Conflict):
    """The bundle would drop what people spoke about; `spoken` lists it."""

    def __init__(self, spoken: list[Spoken]) -> None:
        self.spoken = spoken
        listed = "; ".join(str(each) for each in spoken)
        super().__init__(f"{_REFUSED} {listed}. {_REMEDY}")


_REFUSED = _l("The bundle no longer holds what people have already voted or commented on:")
_REMEDY = _l(
    "Put it back, retire what is missing, or name the segment that takes over its votes. Phases and topics "
    "that were used can only be kept."
)


def check_moves(moves: Mapping[str, str], bundle: Bundle) -> None:
    """Raises Invalid when votes would move away from a segment that stays, or to one that does not exist."""
    codes = {segment.code for segment in bundle.segments}
    for old, new in moves.items():
        if old in codes:
            raise Invalid("moves", _l("Segment %(code)s is still in the bundle.", code=old))
        if new not in codes:
            raise Invalid("moves", _l("Segment %(code)s is not in the bundle.", code=new))


def refuse_losses(
    session: Session,
    bundle: Bundle,
    plan_id: int,
    moves: Collection[str],
    *,
    retire: bool,
    phases: bool = True,
) -> None:
    """Raises LoadRefused when something with votes or comments left the bundle and nobody said what to do.

    `phases` says whether those of the bundle are loaded at all.
    """
    spoken = [*(_phases(session, bundle, plan_id) if phases else ()), *_topics(session, bundle, plan_id)]
    if not retire:
        kept = {segment.code for segment in bundle.segments} | set(moves)
        spoken += _subjects(session, "segment", kept, plan_id)
        spoken += _subjects(session, "measure", {m.code for m in bundle.measures}, plan_id, moves)
    if spoken:
        raise LoadRefused(spoken)


def drop_missing(
    session: Session, bundle: Bundle, plan_id: int, now: datetime, changes: Changes
) -> list[str]:
    """Deletes segments, measures, packages and topics that left the bundle; retires those with a voice.

    Returns the codes of what was retired now.
    """
    retired: list[str] = []
    measures, packages, topics = table("measure"), table("measure_package"), table("topic")
    for kind, codes in (
        ("segment", [segment.code for segment in bundle.segments]),
        ("measure", [measure.code for measure in bundle.measures]),
    ):
        target = table(kind)
        gone = (target.c.plan_id == plan_id, target.c.code.not_in(codes))
        silent = ~_has_voice(kind)
        remove(session, kind, changes, *gone, silent)
        rest = update(target).where(*gone, target.c.retired_at.is_(None)).values(retired_at=now)
        newly = list(session.execute(rest.returning(target.c.code)).scalars())
        changes.of(kind).updated += len(newly)
        retired += newly
    used = exists().where(measures.c.package_id == packages.c.id)
    held = [package.code for package in bundle.packages]
    remove(
        session,
        "measure_package",
        changes,
        packages.c.plan_id == plan_id,
        packages.c.code.not_in(held),
        ~used,
    )
    slugs = [topic.slug for topic in bundle.topics]
    remove(session, "topic", changes, topics.c.plan_id == plan_id, topics.c.slug.not_in(slugs))
    return sorted(retired)


def _has_voice(kind: str) -> Any:
    """Whether a segment or measure has votes or comments, or a measure still has segments."""
    target, votes, comments, segments = table(kind), table("vote_tally"), table("comment"), table("segment")
    voted = exists().where(votes.c[f"{kind}_id"] == target.c.id)
    voice = voted | exists().where(_about(kind, comments) == target.c.id)
    if kind == "measure":
        voice = voice | exists().where(segments.c.measure_id == target.c.id)
    return voice


def _about(kind: str, comments: Any) -> Any:
    """What a comment is about, also where only its author and staff read it."""
    if kind == "measure":
        return comments.c.measure_id
    return func.coalesce(comments.c.exact_segment_id, comments.c.segment_id)


def _subjects(
    session: Session, kind: str, kept: Collection[str], plan_id: int, moves: Collection[str] = ()
) -> list[Spoken]:
    """Segments or measures outside `kept`, not retired yet, about which people spoke."""
    target, votes, comments = table(kind), table("vote_tally"), table("comment")
    column = f"{kind}_id"
    counted = select(func.coalesce(func.sum(votes.c.n), 0)).where(votes.c[column] == target.c.id)
    said = select(func.count()).select_from(comments).where(_about(kind, comments) == target.c.id)
    if kind == "measure":
        segments = table("segment")
        moved = select(segments.c.id).where(segments.c.plan_id == plan_id, segments.c.code.in_(list(moves)))
        said = said.where(comments.c.segment_id.is_(None) | comments.c.segment_id.not_in(moved))
    query = select(target.c.code, counted.scalar_subquery(), said.scalar_subquery()).where(
        target.c.plan_id == plan_id, target.c.code.not_in(list(kept)), target.c.retired_at.is_(None)
    )
    return _heard(session, kind, query.order_by(target.c.code))


def _phases(session: Session, bundle: Bundle, plan_id: int) -> list[Spoken]:
    target = table("phase")
    counts = [
        select(func.count())
        .select_from(table(name))
        .where(table(name).c.phase_id == target.c.id)
        .scalar_subquery()
        for name in ("vote", "vote_history", "comment")
    ]
    query = select(target.c.slug, counts[0] + counts[1], counts[2]).where(
        target.c.plan_id == plan_id, target.c.slug.not_in([phase.slug for phase in bundle.phases])
    )
    return _heard(session, "phase", query)


def _topics(session: Session, bundle: Bundle, plan_id: int) -> list[Spoken]:
    target, comments = table("topic"), table("comment")
    said = select(func.count()).select_from(comments).where(comments.c.topic_id == target.c.id)
    query = select(target.c.slug, literal(0), said.scalar_subquery()).where(
        target.c.plan_id == plan_id, target.c.slug.not_in([topic.slug for topic in bundle.topics])
    )
    return _heard(session, "topic", query)


def _heard(session: Session, kind: str, query: Select[Any]) -> list[Spoken]:
    found = session.execute(query).all()
    return [Spoken(kind, code, int(votes), int(said)) for code, votes, said in found if votes or said]
