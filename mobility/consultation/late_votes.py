"""Votes that waited on a device without a connection: what somebody did last counts, whenever it arrives."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, or_, select, tuple_
from sqlalchemy.orm import Session

from mobility.consultation.models import Vote, VoteHistory
from mobility.consultation.models_proposals import VoteProposal
from mobility.consultation.proposals import Wish
from mobility.errors import Conflict


class Overtaken(Conflict):
    """The same person or group has voted, or withdrawn a vote, after this was said."""

    default = _l(
        "This waited on a device, and you have voted here again since, or withdrawn your vote. "
        "What you did last counts; this older one was not used."
    )


def check_not_overtaken(
    session: Session,
    *,
    kind: Literal["segment", "measure"],
    subject_id: int,
    participant_id: int | None,
    group_id: int | None,
    wish: Wish,
    said_at: datetime,
) -> None:
    """Raises Overtaken when something else was done about the subject after `said_at`.

    The very same vote is no obstacle, nor is one withdrawal to another: it may be this one, whose answer got
    lost. A group's vote is also overtaken by what its delegates proposed since.
    """
    key = f"{kind}_id"
    live = [getattr(Vote, key) == subject_id, Vote.changed_at > said_at]
    gone = [getattr(VoteHistory, key) == subject_id, VoteHistory.ended_at > said_at]
    other = tuple_(Vote.position, Vote.condition, Vote.reason).is_distinct_from(
        (wish.position, wish.condition, wish.reason)
    )
    for model, where in ((Vote, live), (VoteHistory, gone)):
        mine = model.participant_id == participant_id
        where.append(model.group_id == group_id if group_id is not None else mine & model.group_id.is_(None))
    ways = [exists().where(*live, other)]
    if wish.position is not None:
        ways.append(exists().where(*gone, VoteHistory.ending == "withdrawn"))
    if group_id is not None:
        asked = getattr(VoteProposal, key) == subject_id, VoteProposal.group_id == group_id
        differs = tuple_(VoteProposal.position, VoteProposal.condition, VoteProposal.reason)
        later = VoteProposal.created_at > said_at
        ways.append(
            exists().where(
                *asked, later, differs.is_distinct_from((wish.position, wish.condition, wish.reason))
            )
        )
    if session.scalar(select(or_(*ways))):
        raise Overtaken
