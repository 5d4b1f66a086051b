"""Cast, change and withdraw votes. Votes are counted by the database; nothing here reads a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, false, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts import services as accounts
from mobility.accounts.models import Account, Participant, StakeholderGroup
from mobility.consultation.models import POSITIONS, Phase, Vote
from mobility.consultation.phases import Refusal
from mobility.errors import Closed, Forbidden, Invalid, NotFound
from mobility.plans.models import Measure, Plan, Segment
from mobility.plans.queries import check_code

Kind = Literal["segment", "measure"]
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


@dataclass(frozen=True)
class Ballot:
    """What was voted. `voice` is empty for one's own vote, else the slug of the group."""

    position: int
    condition: str | None = None
    reason: str | None = None
    voice: str = ""


@dataclass(frozen=True)
class _Scene:
    """What one query finds out about a vote before it is counted."""

    plan_id: int
    subject_id: int
    retired: bool
    phase_id: int | None
    actions: Sequence[str]
    min_level: int
    participant_id: int | None
    level: int


def cast_vote(
    session: Session, *, slug: str, kind: Kind, code: str, who: Who, ballot: Ballot, now: datetime
) -> bool:
    """Count a vote, or change the one there is; True when anything changed.

    Raises NotFound, VotingClosed, Forbidden (group not one's own), Invalid for an unknown position.
    """
    if ballot.position not in POSITIONS:
        raise Invalid("position", _l("Choose one of the five positions."))
    scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
    participant_id, level = _speaker(session, scene, who)
    if level < scene.min_level:
        raise VotingClosed(Refusal("level", None, scene.min_level))
    group_id = _group(session, scene, who, ballot.voice, now)
    values = {
        "plan_id": scene.plan_id,
        f"{kind}_id": scene.subject_id,
        "participant_id": participant_id,
        "group_id": group_id,
        "position": ballot.position,
        "condition": ballot.condition or None,
        "reason": (ballot.reason or None) if group_id else None,
        "phase_id": scene.phase_id,
        "identity_level": level,
        "channel": "web",
        "cast_at": now,
        "changed_at": now,
    }
    return session.execute(_upsert(kind, group_id is not None), values).first() is not None


def withdraw_vote(
    session: Session, *, slug: str, kind: Kind, code: str, who: Who, voice: str, now: datetime
) -> bool:
    """Take back a live vote; True when there was one. Raises as `cast_vote`."""
    scene = _scene(session, slug=slug, kind=kind, code=code, who=who, now=now)
    group_id = _group(session, scene, who, voice, now)
    subject = Vote.segment_id if kind == "segment" else Vote.measure_id
    gone = delete(Vote).where(subject == scene.subject_id)
    if group_id is None:
        gone = gone.where(Vote.group_id.is_(None), Vote.participant_id == scene.participant_id)
    else:
        gone = gone.where(Vote.group_id == group_id)
    return session.execute(gone.returning(Vote.id)).first() is not None


def _scene(session: Session, *, slug: str, kind: Kind, code: str, who: Who, now: datetime) -> _Scene:
    """Subject, open phase and speaker in one query. Raises NotFound and VotingClosed."""
    check_code(slug + code)
    subject: Any = Segment if kind == "segment" else Measure
    is_speaker: ColumnElement[bool] = false()
    if who.account:
        is_speaker = Participant.account_id == who.account.id
    elif who.token:
        is_speaker = Participant.token_hash == accounts.token_hash(who.token)
    query = (
        select(
            Plan.id, subject.id, subject.retired_at.is_not(None), Phase.id, Phase.actions, Phase.min_level,
            Participant.id, Participant.identity_level,
        )
        .join(subject, (subject.plan_id == Plan.id) & (subject.code == code))
        .outerjoin(Phase, (Phase.plan_id == Plan.id) & (Phase.opens_at <= now) & (Phase.closes_at > now))
        .outerjoin(Participant, is_speaker)
        .where(Plan.slug == slug, Plan.status != "draft")
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    scene = _Scene(row[0], row[1], row[2], row[3], row[4] or (), row[5] or 0, row[6], row[7] or 0)
    if "vote" not in scene.actions or scene.retired:
        raise VotingClosed(Refusal("never"))
    return scene


def _speaker(session: Session, scene: _Scene, who: Who) -> tuple[int, int]:
    """Participant id and identity level; the participant is made at the first vote."""
    if scene.participant_id is not None:
        return scene.participant_id, scene.level
    if who.account:
        made = accounts.account_participant(session, account=who.account, create=True)
    else:
        made = accounts.token_participant(session, token=who.token or "", create=True)
    if made is None:
        raise Forbidden
    return made.id, made.identity_level


def _group(session: Session, scene: _Scene, who: Who, voice: str, now: datetime) -> int | None:
    """The group that speaks, None for one's own voice. Raises Forbidden for a group one is no delegate of."""
    if voice in OWN_VOICES:
        return None
    for group in voices_of(session, plan_id=scene.plan_id, account=who.account, now=now):
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


_CHANGING = ("position", "condition", "reason", "phase_id", "identity_level", "channel", "changed_at")
_MATTERS = ("position", "condition", "reason")


def _build(kind: Kind, for_group: bool) -> Any:
    votes: Any = Vote.__table__
    subject = votes.c.segment_id if kind == "segment" else votes.c.measure_id
    owner = votes.c.group_id if for_group else votes.c.participant_id
    partial = votes.c.group_id.is_not(None) if for_group else votes.c.group_id.is_(None)
    insertion = insert(votes)
    new = insertion.excluded
    changes = {name: new[name] for name in _CHANGING}
    if for_group:
        changes["participant_id"] = new.participant_id
    return insertion.on_conflict_do_update(
        index_elements=[subject, owner],
        index_where=partial & subject.is_not(None),
        set_=changes,
        where=or_(*(votes.c[name].is_distinct_from(new[name]) for name in _MATTERS)),
    ).returning(votes.c.id)


_UPSERTS = {
    (kind, for_group): _build(kind, for_group)
    for kind in ("segment", "measure")
    for for_group in (False, True)
}


def _upsert(kind: Kind, for_group: bool) -> Any:
    """One statement: the new vote, or the changed one; no row comes back when nothing changed."""
    return _UPSERTS[kind, for_group]
