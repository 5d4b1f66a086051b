"""Reading the conversation about comments: who agrees, who replies; a fixed number of queries a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.models import StakeholderGroup
from mobility.consultation.conversation.models import SIDES, Endorsement, Reply
from mobility.errors import NotFound

FOLDED = 5
"""Replies of a side shown at first."""
MOST = 200
"""Replies of a side on one page; more than that nobody reads."""


@dataclass(frozen=True)
class Reader:
    """Who reads a page of comments, and what this person said to them; `open` when one may join in now."""

    participant_id: int | None = None
    endorsed: frozenset[int] = frozenset()
    open: bool = False


def reader_of(
    session: Session, *, participant_id: int | None, comment_ids: Iterable[int], open_: bool
) -> Reader:
    """What the reader said to these comments; no query for somebody who has said nothing anywhere."""
    if participant_id is None:
        return Reader(None, frozenset(), open_)
    ids = list(comment_ids)
    query = select(Endorsement.comment_id).where(
        Endorsement.participant_id == participant_id, Endorsement.comment_id.in_(ids)
    )
    return Reader(participant_id, frozenset(session.scalars(query)) if ids else frozenset(), open_)


def replies_of(session: Session, *, comment_id: int, participant_id: int | None) -> Sequence[Any]:
    """The replies of a comment, oldest first: public and hidden ones, and one's own that wait; one query."""
    mine = Reply.participant_id == participant_id
    number = func.row_number().over(partition_by=Reply.side, order_by=Reply.id).label("number")
    public = Reply.status.in_(("published", "hidden"))
    seen = public if participant_id is None else public | (mine & (Reply.status == "pending"))
    found = select(Reply.id.label("key"), number).where(Reply.comment_id == comment_id, seen).subquery()
    query = (
        select(
            Reply.id, Reply.side, Reply.text, Reply.language, Reply.voice, Reply.status, Reply.hidden_reason,
            Reply.participant_id, Reply.created_at, Reply.edited_at, Reply.erased_at,
            StakeholderGroup.name.label("group_name"), StakeholderGroup.slug.label("group"),
        )
        .join(found, found.c.key == Reply.id)
        .outerjoin(StakeholderGroup, StakeholderGroup.id == Reply.group_id)
        .where((found.c.number <= MOST) | mine)
        .order_by(Reply.id)
    )  # fmt: skip
    return list(session.execute(query))


def find_reply(session: Session, *, plan_id: int, comment_id: int, reply_id: int) -> Reply:
    """One public reply of a comment. Raises NotFound."""
    wanted = select(Reply).where(
        Reply.plan_id == plan_id, Reply.comment_id == comment_id, Reply.id == reply_id
    )
    reply = session.scalar(wanted) if reply_id < 2**63 else None
    if reply is None or reply.status in ("pending", "withdrawn"):
        raise NotFound
    return reply


def sides_open(rows: Sequence[Any], participant_id: int | None) -> list[str]:
    """The sides on which the reader has no reply yet."""
    taken = {row.side for row in rows if participant_id is not None and row.participant_id == participant_id}
    return [side for side in SIDES if side not in taken]
