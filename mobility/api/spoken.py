"""What people said, as the API reads it: published comments with their answers, replies, counts, results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import case, func, literal_column, not_, select
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.answers.models import Answer, AnswerComment, Case
from mobility.api.paging import Order
from mobility.api.queries import by_stance, geometry_of
from mobility.consultation.conversation.models import Reply
from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import STANCES, Comment, CommentCell, Phase, Topic
from mobility.errors import NotFound
from mobility.exports.privacy import LEAST, PUBLIC_SHAPE, is_sensitive, public_conditions
from mobility.heritage.models import HeritagePlace
from mobility.insight.cells import stored_level
from mobility.offices.models import Office
from mobility.plans.models import Measure, Segment

MOST_COMMENTS = 200
"""Comments named with one answer."""


def comments(plan_id: int, wanted: CommentFilter, *, backwards: bool) -> tuple[Any, Order]:
    """Published comments that are meant, with the state of their cases."""
    query: Any = (
        select(
            Comment.id, Comment.text, Comment.scope, Comment.stance, Topic.slug.label("topic"),
            Phase.slug.label("phase"), Measure.code.label("measure"),
            case((not_(is_sensitive()), Segment.code)).label("segment"), Comment.measure_version,
            case((not_(is_sensitive()), Comment.place), else_=literal_column("'{}'::jsonb")).label("place"),
            geometry_of(literal_column(PUBLIC_SHAPE)).label("geometry"), is_sensitive().label("coarse_place"),
            Comment.perceived_effect, HeritagePlace.code.label("heritage_place"), Comment.channel,
            Comment.language, Comment.created_at, Comment.edited_at, Comment.endorsements, Comment.replies,
            Office.slug.label("office"), Case.state, Case.due_at, Case.answered_at, Case.answer_id,
        )
        .join(Topic, Topic.id == Comment.topic_id)
        .join(Phase, Phase.id == Comment.phase_id)
        .outerjoin(Segment, Segment.id == Comment.segment_id)
        .outerjoin(Measure, Measure.id == Comment.measure_id)
        .outerjoin(HeritagePlace, HeritagePlace.id == Comment.heritage_place_id)
        .outerjoin(Case, Case.comment_id == Comment.id)
        .outerjoin(Office, Office.id == Case.office_id)
    )  # fmt: skip
    return query.where(*public_conditions(wanted, plan_id)), Order((Comment.id,), (int,), backwards=backwards)


def one_comment(session: Session, *, plan_id: int, comment_id: int) -> Any:
    """A published comment. Raises NotFound, also for one that is hidden or withdrawn."""
    if comment_id >= 2**63:
        raise NotFound
    query = comments(plan_id, CommentFilter(), backwards=True)[0].where(Comment.id == comment_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def replies(comment_id: int) -> tuple[Any, Order]:
    query: Any = (
        select(
            Reply.id, Reply.side, Reply.voice, StakeholderGroup.slug.label("group"), Reply.text,
            Reply.language, Reply.created_at,
        )
        .outerjoin(StakeholderGroup, StakeholderGroup.id == Reply.group_id)
        .where(Reply.comment_id == comment_id, Reply.status == "published")
    )  # fmt: skip
    return query, Order((Reply.id,), (int,))


def _answers() -> Any:
    return (
        select(
            Answer.id, Office.slug.label("office"), Answer.language, Answer.text, Answer.published_at,
            Answer.replaces_id,
        )
        .join(Office, Office.id == Answer.office_id)
        .where(Answer.state == "published")
    )  # fmt: skip


def answers(plan_id: int) -> tuple[Any, Order]:
    """Published answers to at least one public comment, the newest first."""
    public = (
        select(AnswerComment.answer_id)
        .join(Comment, Comment.id == AnswerComment.comment_id)
        .where(AnswerComment.answer_id == Answer.id, Comment.status == "published")
        .exists()
    )
    return _answers().where(Answer.plan_id == plan_id, public), Order((Answer.id,), (int,), backwards=True)


def answers_of(comment_id: int) -> tuple[Any, Order]:
    """Published answers to one comment, the newest first."""
    query = _answers().join(AnswerComment, AnswerComment.answer_id == Answer.id)
    return query.where(AnswerComment.comment_id == comment_id), Order((Answer.id,), (int,), backwards=True)


def answers_by_id(session: Session, *, ids: Iterable[int]) -> list[Any]:
    """Published answers with these numbers; one query."""
    wanted = sorted(set(ids))
    return list(session.execute(_answers().where(Answer.id.in_(wanted)))) if wanted else []


def answered_comments(session: Session, *, answer_ids: Iterable[int]) -> dict[int, list[int]]:
    """Answer → the public comments it answers, the first `MOST_COMMENTS` of each; one query."""
    ids = sorted(set(answer_ids))
    if not ids:
        return {}
    place = func.row_number().over(partition_by=AnswerComment.answer_id, order_by=AnswerComment.comment_id)
    numbered = (
        select(AnswerComment.answer_id, AnswerComment.comment_id, place.label("place"))
        .join(Comment, Comment.id == AnswerComment.comment_id)
        .where(AnswerComment.answer_id.in_(ids), Comment.status == "published")
        .subquery()
    )
    found: dict[int, list[int]] = {}
    for row in session.execute(select(numbered).where(numbered.c.place <= MOST_COMMENTS)):
        found.setdefault(row.answer_id, []).append(row.comment_id)
    return {key: sorted(numbers) for key, numbers in found.items()}


def stance_counts(session: Session, *, column: Any, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Subject id → published comments by stance, in the order of STANCES; one query.

    Sensitive topics count where enough comments speak about them.
    """
    if not ids:
        return {}
    by_topic = (
        select(column.label("subject"), *by_stance(Comment.stance, STANCES))
        .join(Topic, Topic.id == Comment.topic_id)
        .where(column.in_(ids), Comment.status == "published")
        .group_by(column, Topic.id)
        .having(not_(Topic.sensitive) | (func.count() >= LEAST))
        .subquery()
    )
    sums = [func.sum(by_topic.c[f"s_{stance}"]) for stance in STANCES]
    query = select(by_topic.c.subject, *sums).group_by(by_topic.c.subject)
    return {row[0]: tuple(int(n) for n in row[1:]) for row in session.execute(query)}


def cells(plan_id: int, wanted: CommentFilter, *, zoom: int) -> tuple[Any, Order]:
    """Cells with published comments, rolled up from the counts the database keeps.

    Sensitive topics count in cells in which enough comments speak about them.
    """
    level = stored_level(zoom)
    shift: Any = literal_column(str(level - zoom))
    x, y = (column.op(">>")(shift) for column in (CommentCell.x, CommentCell.y))
    query: Any = (
        select(x.label("x"), y.label("y"), *by_stance(CommentCell.stance, STANCES, CommentCell.n))
        .join(Topic, Topic.id == CommentCell.topic_id)
        .where(CommentCell.plan_id == plan_id, CommentCell.z == level)
    )
    if wanted.stance:
        query = query.where(CommentCell.stance == wanted.stance)
    if wanted.topic:
        query = query.where(Topic.slug == wanted.topic)
    if wanted.phase:
        key = select(Phase.id).where(Phase.plan_id == plan_id, Phase.slug == wanted.phase)
        query = query.where(CommentCell.phase_id == key.scalar_subquery())
    enough = not_(Topic.sensitive) | (func.sum(CommentCell.n) >= LEAST)
    by_topic = query.group_by(x, y, Topic.id).having(enough & (func.sum(CommentCell.n) > 0)).subquery()
    sums = [func.sum(by_topic.c[f"s_{stance}"]).label(stance) for stance in STANCES]
    counted = select(by_topic.c.x, by_topic.c.y, *sums).group_by(by_topic.c.x, by_topic.c.y).subquery()
    return select(*counted.c), Order((counted.c.x, counted.c.y), (int, int))
