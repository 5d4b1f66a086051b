"""Reading what people said: phases, topics, comments in pages, one's own votes, figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import Comment, CommentCell, Phase, Topic, Vote, VoteTally
from mobility.consultation.phases import Step, ended
from mobility.errors import NotFound
from mobility.heritage.models import HeritagePlace
from mobility.media.models import Photo
from mobility.plans.models import Measure, Plan, Segment

PAGE = 20
COUNT_CAP = 1000
"""Lists are counted up to here; beyond it they say "more than"."""
SMALLEST_Z = 12


@dataclass(frozen=True)
class Figures:
    """What the head of a plan says in numbers."""

    measures: int
    segments: int
    comments: int
    votes: int
    """Of people; those of groups are never added to them."""
    group_votes: int


@dataclass(frozen=True)
class CommentPage:
    """One page of a list; `before` is the key of the next page, None on the last one.

    In a list by endorsements `endorsed` is the first part of that key.
    """

    rows: Sequence[Any]
    before: int | None
    endorsed: int | None = None


def phases_of(session: Session, *, plan_id: int) -> list[Phase]:
    """The phases in order of time."""
    return list(session.scalars(select(Phase).where(Phase.plan_id == plan_id).order_by(Phase.opens_at)))


def step_of(phase: Phase) -> Step:
    """The phase as the pure rules know it."""
    return Step(
        id=phase.id,
        slug=phase.slug,
        actions=frozenset(phase.actions),
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
        comment_level=phase.comment_level,
        vote_level=phase.vote_level,
        results=phase.results,
        moderation=phase.moderation,
    )


def steps_of(phases: Sequence[Phase], plan: Plan) -> list[Step]:
    """The phases as the pure rules know them; once the plan is concluded or archived nothing is written."""
    return ended([step_of(phase) for phase in phases], plan.concluded_at or plan.archived_at)


def topics_of(session: Session, *, plan_id: int) -> list[Topic]:
    """The topics in the order of the bundle."""
    return list(session.scalars(select(Topic).where(Topic.plan_id == plan_id).order_by(Topic.position)))


def figures(session: Session, *, plan_id: int) -> Figures:
    """Measures, segments, published comments and live votes, from kept counts, in one query."""
    row = session.execute(
        select(
            _count(Measure, plan_id), _count(Segment, plan_id),
            select(func.coalesce(func.sum(CommentCell.n), 0))
            .where(CommentCell.plan_id == plan_id, CommentCell.z == SMALLEST_Z).scalar_subquery()
            + whole_plan_count(plan_id),
            _votes(plan_id, VoteTally.group_id == 0), _votes(plan_id, VoteTally.group_id != 0),
        )
    ).one()  # fmt: skip
    return Figures(*(int(n) for n in row))


def _votes(plan_id: int, whose: Any) -> Any:
    query = select(func.coalesce(func.sum(VoteTally.n), 0))
    return query.where(VoteTally.plan_id == plan_id, whose).scalar_subquery()


def whole_plan_count(plan_id: int) -> Any:
    """Public comments about the whole plan, which no cell counts, as SQL."""
    query = select(func.count()).select_from(Comment)
    about = (Comment.plan_id == plan_id, Comment.geom.is_(None), Comment.status == "published")
    return query.where(*about).scalar_subquery()


def _count(table: Any, plan_id: int) -> Any:
    return (
        select(func.count())
        .select_from(table)
        .where(table.plan_id == plan_id, table.retired_at.is_(None))
        .scalar_subquery()
    )


def _public() -> Any:
    return (
        select(
            Comment.id, Comment.stance, Comment.text, Comment.place, Comment.status, Comment.language,
            Comment.channel, Comment.created_at, Comment.hidden_reason, Comment.plan_id,
            Comment.measure_version, Measure.version.label("version_now"),
            Comment.participant_id, Comment.endorsements, Comment.replies, Comment.erased_at,
            func.ST_X(Comment.geom).label("lon"), func.ST_Y(Comment.geom).label("lat"),
            Topic.slug.label("topic"), Topic.label.label("topic_label"),
            Segment.code.label("segment_code"), Segment.street.label("street"), Segment.span.label("span"),
            Measure.code.label("measure_code"), Measure.title.label("measure_title"),
            Comment.scope, Comment.edited_at,
            Comment.perceived_effect, HeritagePlace.name.label("effect_place"),
            select(func.count()).where(Photo.comment_id == Comment.id).scalar_subquery().label("photo_count"),
        )
        .join(Topic, Topic.id == Comment.topic_id)
        .outerjoin(Segment, Segment.id == Comment.segment_id)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .outerjoin(HeritagePlace, HeritagePlace.id == Comment.heritage_place_id)
    )  # fmt: skip


def comment_page(
    session: Session,
    *,
    plan_id: int,
    wanted: CommentFilter,
    before: int | None = None,
    endorsed: int | None = None,
    by_endorsements: bool = False,
    limit: int = PAGE,
) -> CommentPage:
    """The newest comments that are meant, older than the comment `before`; one query.

    `by_endorsements`: those that most people agree with first, and of equal ones the newest; `endorsed` and
    `before` are then the key of the last one that was shown.
    """
    query = wanted.apply(_public(), plan_id)
    key, order = tuple_(Comment.id), [Comment.id.desc()]
    last: tuple[int | None, ...] = (before,)
    if by_endorsements:
        key, order = tuple_(Comment.endorsements, Comment.id), [Comment.endorsements.desc(), *order]
        last = (endorsed, before)
    if None not in last:
        query = query.where(key < last)
    rows = list(session.execute(query.order_by(*order).limit(limit + 1)))
    more = rows[limit - 1] if len(rows) > limit else None
    return CommentPage(rows[:limit], more.id if more else None, more.endorsements if more else None)


def newest_comments(session: Session, *, plan_id: int, limit: int) -> list[int]:
    """The numbers of the newest public comments; one query."""
    public = Comment.plan_id == plan_id, Comment.status == "published", Comment.erased_at.is_(None)
    query = select(Comment.id).where(*public).order_by(Comment.id.desc()).limit(limit)
    return list(session.scalars(query))


def count_comments(session: Session, *, plan_id: int, wanted: CommentFilter) -> int:
    """How many comments are meant, counted no further than one beyond `COUNT_CAP`."""
    found = wanted.apply(select(literal(1)).select_from(Comment), plan_id).limit(COUNT_CAP + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def find_comment(session: Session, *, plan_id: int, comment_id: int) -> Any:
    """One comment, whatever its status. Raises NotFound."""
    if comment_id >= 2**63:
        raise NotFound
    query = _public().where(Comment.plan_id == plan_id, Comment.id == comment_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def comments_by_id(session: Session, *, plan_id: int, ids: Sequence[int]) -> list[Any]:
    """Public comments with these ids, in the order of the ids."""
    if not ids:
        return []
    query = _public().where(Comment.plan_id == plan_id, Comment.id.in_(ids), Comment.status == "published")
    rows = {row.id: row for row in session.execute(query)}
    return [rows[each] for each in ids if each in rows]


def stance_counts(
    session: Session, *, segment_id: int | None = None, measure_id: int | None = None
) -> dict[str, int]:
    """Published comments by stance on a segment or on a measure with its segments."""
    about = Comment.segment_id == segment_id if segment_id else Comment.measure_id == measure_id
    query = select(Comment.stance, func.count()).where(about, Comment.status == "published")
    return {row[0]: row[1] for row in session.execute(query.group_by(Comment.stance))}


def my_votes(
    session: Session,
    *,
    participant_id: int | None,
    group_ids: Iterable[int] = (),
    segment_id: int | None = None,
    measure_id: int | None = None,
) -> dict[int | None, Vote]:
    """Live votes on one subject by capacity: None for one's own, the group's id for each group."""
    groups = list(group_ids)
    if participant_id is None and not groups:
        return {}
    about = Vote.segment_id == segment_id if segment_id else Vote.measure_id == measure_id
    own = (Vote.participant_id == participant_id) & Vote.group_id.is_(None)
    query = select(Vote).where(about, own | Vote.group_id.in_(groups) if groups else own)
    return {vote.group_id: vote for vote in session.scalars(query)}


def has_voted(session: Session, *, plan_id: int, participant_id: int | None) -> bool:
    """Whether the person has any live vote of one's own in the plan."""
    if participant_id is None:
        return False
    query = select(Vote.id).where(Vote.plan_id == plan_id, Vote.participant_id == participant_id).limit(1)
    return session.scalar(query) is not None


def group_votes(
    session: Session, *, segment_id: int | None = None, measure_id: int | None = None
) -> list[Any]:
    """Live votes cast for groups on one subject, with the group's name: public by the group's own choice."""
    about = Vote.segment_id == segment_id if segment_id else Vote.measure_id == measure_id
    query = (
        select(StakeholderGroup.slug, StakeholderGroup.name, Vote.position, Vote.condition, Vote.reason)
        .join(StakeholderGroup, StakeholderGroup.id == Vote.group_id)
        .where(about)
        .order_by(StakeholderGroup.slug)
        .limit(200)
    )
    return list(session.execute(query))
