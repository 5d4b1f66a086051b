"""Comments that can be answered together: suggested by place and words, confirmed by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.answers.models import Case, Cluster
from mobility.consultation.exact import SQL_POINT, SQL_SEGMENT
from mobility.consultation.models import Comment
from mobility.errors import Invalid

NEAR_M = 100.0
COARSELY = 0.012
"""Degrees: no place that is kept is farther from the coarse one, by which the index finds it."""
SUGGESTED = 12
TITLE_LIMIT = 120
LEAST = 0.18
"""Share of words or of three-letter pieces in common from which a comment near by is suggested."""

ALIKE = """
WITH mine AS (
  SELECT id, plan_id, topic_id, {segment} AS segment_id, {point} AS geom, left(text, 600) AS words,
    tsvector_to_array(search) AS lexemes, scope FROM comment WHERE id = :comment
), near AS (
  SELECT comment.id, comment.topic_id = mine.topic_id AS same_topic,
    {segment} IS NOT NULL AND {segment} = mine.segment_id AS same_segment,
    similarity(left(comment.text, 600), mine.words) AS alike,
    (SELECT count(*) FROM unnest(tsvector_to_array(comment.search)) w WHERE w = ANY (mine.lexemes))::float
      / greatest(least(length(comment.search), cardinality(mine.lexemes)), 3) AS shared
  FROM comment JOIN comment_case k ON k.comment_id = comment.id, mine
  WHERE comment.plan_id = mine.plan_id AND comment.id <> mine.id AND comment.status = 'published'
    AND comment.erased_at IS NULL
    AND k.state IN ('received', 'in_progress')
    AND (CAST(:office AS bigint) IS NULL OR k.office_id = :office)
    AND ({segment} = mine.segment_id
      OR (comment.geom && ST_Expand(mine.geom, :degrees + :coarsely) AND
          ST_DWithin({point}::geography, mine.geom::geography, :near))
      OR (mine.geom IS NULL AND comment.geom IS NULL))
  ORDER BY comment.id DESC LIMIT 400
)
SELECT id FROM near WHERE greatest(alike, shared) + CASE WHEN same_topic THEN 0.1 ELSE 0 END >= :least
ORDER BY greatest(alike, shared) + CASE WHEN same_topic THEN 0.2 ELSE 0 END
  + CASE WHEN same_segment THEN 0.1 ELSE 0 END DESC, id LIMIT :limit
""".replace("{point}", SQL_POINT).replace("{segment}", SQL_SEGMENT)


def suggest(session: Session, *, comment_id: int, office_id: int | None) -> list[int]:
    """Open cases of the office on the same stretch or within 100 m that say much the same, best first."""
    values = {
        "comment": comment_id,
        "office": office_id,
        "near": NEAR_M,
        "degrees": NEAR_M / 70_000,
        "coarsely": COARSELY,
        "least": LEAST,
        "limit": SUGGESTED,
    }
    return [row.id for row in session.execute(text(ALIKE), values)]


def form_cluster(
    session: Session,
    *,
    plan_id: int,
    comment_ids: Sequence[int],
    title: str,
    account_id: int,
    now: datetime,
) -> Cluster:
    """A named cluster of open cases of one office; a case leaves the cluster it was in before.

    Raises Invalid for fewer than two cases, for cases of several offices, and without a name.
    """
    name = " ".join(title.split())
    if not name or len(name) > TITLE_LIMIT:
        raise Invalid(
            "title", _l("Give the group a name of at most %(count)d characters.", count=TITLE_LIMIT)
        )
    query = (
        select(Case)
        .join(Comment, Comment.id == Case.comment_id)
        .where(Case.comment_id.in_(list(comment_ids)), Case.plan_id == plan_id)
        .where(Case.state.in_(("received", "in_progress")))
        .order_by(Case.comment_id)
        .with_for_update(of=Case)
    )
    cases = list(session.scalars(query))
    if len(cases) < 2:
        raise Invalid("comments", _l("Tick at least one more comment to answer together."))
    if len({case.office_id for case in cases}) > 1:
        raise Invalid("comments", _l("These comments belong to several offices. Reassign them first."))
    cluster = Cluster(plan_id=plan_id, title=name, account_id=account_id, created_at=now)
    session.add(cluster)
    session.flush()
    change = update(Case).where(Case.comment_id.in_([case.comment_id for case in cases]))
    session.execute(change.values(cluster_id=cluster.id, updated_at=now))
    record(
        session,
        action="cluster.form",
        account_id=account_id,
        plan_id=plan_id,
        subject="cluster",
        subject_id=cluster.id,
        details={"comments": len(cases)},
    )
    return cluster


def members_of(session: Session, *, cluster_id: int) -> list[int]:
    """The comments of a cluster, oldest first."""
    query = select(Case.comment_id).where(Case.cluster_id == cluster_id).order_by(Case.comment_id)
    return list(session.scalars(query.limit(500)))
