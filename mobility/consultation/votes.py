"""Cast, change and withdraw votes. Votes are counted by the database; nothing here reads a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, false, func, select
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant, ParticipantToken, StakeholderGroup
from mobility.consultation import proposals
from mobility.consultation.late_votes import check_not_overtaken
from mobility.consultation.models import POSITIONS, Phase, Vote
from mobility.consultation.models_proposals import VoteProposal
from mobility.consultation.phases import Refusal
from mobility.consultation.proposals import TWO, Wish
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
    said_at: datetime | None = None
    """When it was said, if it waited on a device: then it gives way to what the same person did later."""


@dataclass(frozen=True)
class Done:
    """What became of it: a vote counted or taken back, or a proposal that a second delegate must confirm."""

    what: Literal["counted", "same", "withdrawn", "nothing", "proposed"]
    group_id: int | None = None
    proposal_id: int | None = None
    """The proposal that waits now."""


class Blocked(Forbidden):
    """The city has stopped contributions of this participant."""

    default = _l(
        "The city has stopped contributions from here after its rules were broken. This vote is not counted. "
        "If you think that is a mistake, write to the city: the address is in the imprint."
    )


def cast_vote(
    session: Session, *, slug: str, kind: Kind, code: str, who: Who, ballot: Ballot, now: datetime
) -> Done:
    """Count a vote, or change the one there is; for a group in which two must agree, propose it.

    Raises NotFound, VotingClosed, Forbidden (group not one's own), Blocked, Invalid for an unknown position,
    Overtaken for a vote that waited on a device while a later one was sent.
    """
    if ballot.position not in POSITIONS:
        raise Invalid("position", _l("Choose one of the five positions."))
    check_code(slug + code)
    if ballot.voice in OWN_VOICES:
        return _count(
            session, slug=slug, kind=kind, code=code, who=who, ballot=ballot, group_id=None, now=now
        )
    scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
    group = _group(session, scene.plan_id, who, ballot.voice, now)
    if group.rule == TWO:
        wish = Wish(ballot.position, ballot.condition or None, ballot.reason or None)
        _give_way(session, scene, kind, group.id, wish, ballot.said_at)
        return _propose(session, scene, kind, who, group.id, wish, now, slug=slug, code=code)
    proposals.replace_waiting(
        session, group_id=group.id, **_about(kind, scene), account_id=_account(who), now=now
    )
    return _count(
        session, slug=slug, kind=kind, code=code, who=who, ballot=ballot, group_id=group.id, now=now
    )


def _count(
    session: Session,
    *,
    slug: str,
    kind: Kind,
    code: str,
    who: Who,
    ballot: Ballot,
    group_id: int | None,
    now: datetime,
) -> Done:
    """Write the vote in one statement. Raises as `cast_vote`."""
    waited = ballot.said_at is not None
    statement = cast_statement(
        kind, by_account=who.account is not None, for_group=group_id is not None, waited=waited
    )
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
    if waited:
        values["said_at"] = ballot.said_at
        scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
        wish = Wish(ballot.position, ballot.condition or None, (ballot.reason or None) if group_id else None)
        _give_way(session, scene, kind, group_id, wish, ballot.said_at)
    connection = session.connection()
    row = _checked(connection.execute(statement, values).one_or_none())
    if row.participant_id is None:
        values["speaker"] = _make_participant(session, who, now)
        row = _checked(connection.execute(statement, values).one_or_none())
    if row.blocked:
        raise Blocked
    if row.level < row.min_level:
        raise VotingClosed(Refusal("level", None, row.min_level))
    if waited and not row.changed:
        _give_way(session, scene, kind, group_id, wish, ballot.said_at)
    return Done("counted" if row.changed else "same", group_id)


def _give_way(
    session: Session, scene: Any, kind: Kind, group_id: int | None, wish: Wish, said_at: datetime | None
) -> None:
    """Raises Overtaken for what waited on a device when the same voice did something else since."""
    if said_at is None:
        return
    check_not_overtaken(
        session,
        kind=kind,
        subject_id=scene.subject_id,
        participant_id=scene.participant_id,
        group_id=group_id,
        wish=wish,
        said_at=said_at,
    )


def withdraw_vote(
    session: Session,
    *,
    slug: str,
    kind: Kind,
    code: str,
    who: Who,
    voice: str,
    said_at: datetime | None = None,
    now: datetime,
) -> Done:
    """Take back a live vote; for a group in which two must agree, propose that. Raises as `cast_vote`."""
    scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
    if voice in OWN_VOICES:
        _give_way(session, scene, kind, None, Wish(None), said_at)
        own = Vote.group_id.is_(None), Vote.participant_id == scene.participant_id
        return Done("withdrawn" if _delete(session, kind, scene, *own) else "nothing")
    group = _group(session, scene.plan_id, who, voice, now)
    _give_way(session, scene, kind, group.id, Wish(None), said_at)
    mine = Vote.group_id == group.id
    if group.rule == TWO:
        subject = Vote.segment_id if kind == "segment" else Vote.measure_id
        if session.scalar(select(Vote.id).where(subject == scene.subject_id, mine)) is None:
            return Done("nothing", group.id)
        return _propose(session, scene, kind, who, group.id, Wish(None), now, slug=slug, code=code)
    proposals.replace_waiting(
        session, group_id=group.id, **_about(kind, scene), account_id=_account(who), now=now
    )
    return Done("withdrawn" if _delete(session, kind, scene, mine) else "nothing", group.id)


def confirm_vote(
    session: Session,
    *,
    slug: str,
    kind: Kind,
    code: str,
    who: Who,
    voice: str,
    proposal_id: int,
    now: datetime,
) -> Done:
    """A second delegate agrees: what was proposed is done, once.

    Raises as `cast_vote`, and Conflict when the proposal waits no longer.
    """
    scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
    group = _group(session, scene.plan_id, who, voice, now)
    found = proposals.find_proposal(session, group_id=group.id, proposal_id=proposal_id)
    if (found.segment_id or found.measure_id) != scene.subject_id:
        raise NotFound
    if found.outcome == "counted" and found.ended_by == _account(who):
        return Done("same", group.id)
    return _carry_out(session, scene, kind, who, found, now, slug=slug, code=code)


def _propose(
    session: Session, scene: Any, kind: Kind, who: Who, group_id: int, wish: Wish, now: datetime, **place: str
) -> Done:
    """Put it before the other delegates; when it is what another one proposed, it is agreed."""
    if scene.blocked:
        raise Blocked
    about, account_id = _about(kind, scene), _account(who)
    before = proposals.waiting_on(session, group_id=group_id, **about)
    if before and before.proposed_by != account_id and proposals.wish_of(before) == wish:
        return _carry_out(session, scene, kind, who, before, now, **place)
    made = proposals.propose(
        session, plan_id=scene.plan_id, group_id=group_id, **about, wish=wish, account_id=account_id, now=now
    )
    return Done("same" if before is made else "proposed", group_id, made.id)


def _carry_out(
    session: Session, scene: Any, kind: Kind, who: Who, found: VoteProposal, now: datetime, **place: str
) -> Done:
    """Do what was proposed and end the proposal."""
    account_id = _account(who)
    proposals.require_second(session, proposal=found, account_id=account_id, now=now)
    proposals.end(found, "counted", account_id=account_id, now=now)
    session.flush()
    if found.position is None:
        _delete(session, kind, scene, Vote.group_id == found.group_id)
        return Done("withdrawn", found.group_id)
    ballot = Ballot(found.position, found.condition, found.reason)
    _count(session, kind=kind, who=who, ballot=ballot, group_id=found.group_id, now=now, **place)
    return Done("counted", found.group_id)


def _delete(session: Session, kind: Kind, scene: Any, *whose: ColumnElement[bool]) -> bool:
    subject = Vote.segment_id if kind == "segment" else Vote.measure_id
    gone = delete(Vote).where(subject == scene.subject_id, *whose).returning(Vote.id)
    return session.execute(gone).first() is not None


def _about(kind: Kind, scene: Any) -> dict[str, int | None]:
    """The subject of a scene as `mobility.consultation.proposals` names it."""
    segment = kind == "segment"
    return {
        "segment_id": scene.subject_id if segment else None,
        "measure_id": None if segment else scene.subject_id,
    }


def _account(who: Who) -> int:
    """Who speaks for a group is signed in."""
    if who.account is None:
        raise Forbidden
    return int(who.account.id)


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
            Participant.blocked_at.is_not(None).label("blocked"),
        )
        .join(subject, (subject.plan_id == Plan.id) & (subject.code == code))
        .outerjoin(
            Phase,
            (Phase.plan_id == Plan.id)
            & (Phase.opens_at <= now)
            & (Phase.closes_at > now)
            & func.coalesce(Plan.concluded_at, Plan.archived_at).is_(None),
        )
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


def _make_participant(session: Session, who: Who, now: datetime) -> int | bytes:
    """Who speaks, made at the first vote; for a browser whose token has ended, somebody new."""
    if who.account:
        accounts.account_participant(session, account=who.account, create=True)
        return who.account.id
    token = who.token
    if token and accounts.token_participant(session, token=token, create=True, now=now) is None:
        token = who.renew() if who.renew else None
        if token:
            accounts.token_participant(session, token=token, create=True)
    if not token:
        raise Forbidden
    return accounts.token_hash(token)


def _group(session: Session, plan_id: int, who: Who, voice: str, now: datetime) -> StakeholderGroup:
    """The group that speaks, locked. Raises Forbidden for a group one is no delegate of."""
    for group in voices_of(session, plan_id=plan_id, account=who.account, now=now):
        if group.slug == voice:
            return proposals.lock_group(session, group_id=group.id)
    raise Forbidden(_l("You are not a delegate of this group for this plan."))


def voices_of(
    session: Session, *, plan_id: int, account: Account | None, now: datetime
) -> list[StakeholderGroup]:
    """The groups a signed-in person may vote for in a plan."""
    if account is None:
        return []
    return accounts.delegated_groups(session, account_id=account.id, plan_id=plan_id, now=now)
