"""Cast, change and withdraw votes. Votes are counted by the database; nothing here reads a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, false, func, select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant, ParticipantToken, StakeholderGroup
from mobility.consultation.models import POSITIONS, Phase, Vote
from mobility.consultation.phases import Refusal
from mobility.consultation.sql_votes import Kind, cast_statement
from mobility.errors import Closed, Forbidden, Invalid, NotFound
from mobility.plans.models import Measure, Plan, Segment
from mobility.plans.queries import check_code

OWN_VOICES = ("", "own")


class VotingClosed(Closed):
    """Voting is not open to this person now; `refusal` says why and what comes next."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__()


@dataclass(frozen=True)
class Who:
    """Who acts: a signed-in account, or the token of an anonymous participant."""

    account: Account | None
    token: str | None
    renew: Callable[[], str] | None = None
    """Gives a browser whose token has ended a new one."""


@dataclass(frozen=True)
class Ballot:
    """What was voted. `voice` is empty for one's own vote, else the slug of the group."""

    position: int
    condition: str | None = None
    reason: str | None = None
    voice: str = ""
    origin: bytes | None = None


def cast_vote(
    session: Session, *, slug: str, kind: Kind, code: str, who: Who, ballot: Ballot, now: datetime
) -> bool:
    """Count a vote, or change the one there is; True when anything changed.

    Raises NotFound, VotingClosed, Forbidden (group not one's own), Invalid for an unknown position.
    """
    if ballot.position not in POSITIONS:
        raise Invalid("position", _l("Choose one of the five positions."))
    check_code(slug + code)
    group_id = None
    if ballot.voice not in OWN_VOICES:
        scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
        group_id = _group(session, scene.plan_id, who, ballot.voice, now)
    statement = cast_statement(kind, by_account=who.account is not None, for_group=group_id is not None)
    values = {
        "slug": slug,
        "code": code,
        "speaker": who.account.id if who.account else accounts.token_hash(who.token or ""),
        "group_id": group_id,
        "position": ballot.position,
        "condition": ballot.condition or None,
        "reason": (ballot.reason or None) if group_id else None,
        "origin": ballot.origin,
        "channel": "web",
        "now": now,
    }
    connection = session.connection()
    row = _checked(connection.execute(statement, values).one_or_none())
    if row.participant_id is None:
        values["speaker"] = _make_participant(session, who)
        row = _checked(connection.execute(statement, values).one_or_none())
    if row.level < row.min_level:
        raise VotingClosed(Refusal("level", None, row.min_level))
    return bool(row.changed)


def withdraw_vote(
    session: Session, *, slug: str, kind: Kind, code: str, who: Who, voice: str, now: datetime
) -> bool:
    """Take back a live vote; True when there was one. Raises as `cast_vote`."""
    scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
    group_id = _group(session, scene.plan_id, who, voice, now)
    subject = Vote.segment_id if kind == "segment" else Vote.measure_id
    gone = delete(Vote).where(subject == scene.subject_id)
    if group_id is None:
        gone = gone.where(Vote.group_id.is_(None), Vote.participant_id == scene.participant_id)
    else:
        gone = gone.where(Vote.group_id == group_id)
    return session.execute(gone.returning(Vote.id)).first() is not None


def _scene(session: Session, *, slug: str, kind: Kind, code: str, who: Who, now: datetime) -> Any:
    """plan_id, subject_id, participant_id where votes may change now. Raises NotFound and VotingClosed."""
    check_code(slug + code)
    subject: Any = Segment if kind == "segment" else Measure
    is_speaker: ColumnElement[bool] = false()
    if who.account:
        is_speaker = Participant.account_id == who.account.id
    elif who.token:
        is_speaker = Participant.id.in_(
            select(ParticipantToken.participant_id).where(
                ParticipantToken.token_hash == accounts.token_hash(who.token),
                ParticipantToken.expires_at.is_(None) | (ParticipantToken.expires_at > now),
            )
        )
    query = (
        select(
            Plan.id.label("plan_id"),
            subject.id.label("subject_id"),
            subject.retired_at.is_not(None).label("retired"),
            func.coalesce(Phase.actions, []).label("actions"),
            Participant.id.label("participant_id"),
        )
        .join(subject, (subject.plan_id == Plan.id) & (subject.code == code))
        .outerjoin(Phase, (Phase.plan_id == Plan.id) & (Phase.opens_at <= now) & (Phase.closes_at > now))
        .outerjoin(Participant, is_speaker)
        .where(Plan.slug == slug, Plan.status != "draft")
    )
    return _checked(session.execute(query).one_or_none())


def _checked(row: Any) -> Any:
    """The row of a plan and subject that take votes now. Raises NotFound and VotingClosed."""
    if row is None:
        raise NotFound
    if "vote" not in row.actions or row.retired:
        raise VotingClosed(Refusal("never"))
    return row


def _make_participant(session: Session, who: Who) -> int | bytes:
    """Who speaks, made at the first vote; for a browser whose token has ended, somebody new."""
    if who.account:
        accounts.account_participant(session, account=who.account, create=True)
        return who.account.id
    token = who.token
    if token and accounts.token_participant(session, token=token, create=True) is None:
        token = who.renew() if who.renew else None
        if token:
            accounts.token_participant(session, token=token, create=True)
    if not token:
        raise Forbidden
    return accounts.token_hash(token)


def _group(session: Session, plan_id: int, who: Who, voice: str, now: datetime) -> int | None:
    """The group that speaks, None for one's own voice. Raises Forbidden for a group one is no delegate of."""
    if voice in OWN_VOICES:
        return None
    for group in voices_of(session, plan_id=plan_id, account=who.account, now=now):
        if group.slug == voice:
            return group.id
    raise Forbidden(_l("You are not a delegate of this group for this plan."))


def voices_of(
    session: Session, *, plan_id: int, account: Account | None, now: datetime
) -> list[StakeholderGroup]:
    """The groups a signed-in person may vote for in a plan."""
    if account is None:
        return []
    return accounts.delegated_groups(session, account_id=account.id, plan_id=plan_id, now=now)
