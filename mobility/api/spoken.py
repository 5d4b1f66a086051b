"""What people said, as the API reads it: published comments with their answers, replies, counts, results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.answers.models import Answer, AnswerComment, Case
from mobility.api.paging import Order
from mobility.api.queries import by_stance, geometry_of
from mobility.consultation.conversation.models import Reply
from mobility.consultation.filters import CommentFilter
from mobility.consultation.models import STANCES, Comment, CommentCell, Phase, Topic
from mobility.errors import NotFound
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
            Phase.slug.label("phase"), Measure.code.label("measure"), Segment.code.label("segment"),
            Comment.measure_version, Comment.place,
            geometry_of(func.coalesce(Comment.drawing, Comment.geom)).label("geometry"),
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
    return wanted.apply(query, plan_id), Order((Comment.id,), (int,), backwards=backwards)


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
    """Subject id → published comments by stance, in the order of STANCES; one query."""
    if not ids:
        return {}
    query: Any = (
        select(column, *by_stance(Comment.stance, STANCES))
        .where(column.in_(ids), Comment.status == "published")
        .group_by(column)
    )
    return {row[0]: tuple(row[1:]) for row in session.execute(query)}


def cells(plan_id: int, wanted: CommentFilter, *, zoom: int) -> tuple[Any, Order]:
    """Cells with published comments, rolled up from the counts the database keeps."""
    level = stored_level(zoom)
    shift: Any = literal_column(str(level - zoom))
    x, y = (column.op(">>")(shift) for column in (CommentCell.x, CommentCell.y))
    query: Any = select(x.label("x"), y.label("y"), *by_stance(CommentCell.stance, STANCES, CommentCell.n))
    query = query.where(CommentCell.plan_id == plan_id, CommentCell.z == level)
    if wanted.stance:
        query = query.where(CommentCell.stance == wanted.stance)
    for value, column, table in (
        (wanted.topic, CommentCell.topic_id, Topic),
        (wanted.phase, CommentCell.phase_id, Phase),
    ):
        if value:
            key = select(table.id).where(table.plan_id == plan_id, table.slug == value)
            query = query.where(column == key.scalar_subquery())
    counted = query.group_by(x, y).having(func.sum(CommentCell.n) > 0).subquery()
    return select(*counted.c), Order((counted.c.x, counted.c.y), (int, int))
