"""Appeals: the author asks, somebody other than the one who decided looks again, and says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import audit
from mobility.accounts.models import Account, StaffRole
from mobility.accounts.permissions import ADMINISTRATOR, MAY
from mobility.consultation.conversation.models import Reply
from mobility.consultation.models import BLOCKED, Comment, Moderation, SetAside
from mobility.consultation.moderation import appeal_until
from mobility.consultation.texts import clean
from mobility.errors import Conflict, Forbidden, Invalid, NotFound
from mobility.moderation import asides, blocks, decisions
from mobility.moderation.models import APPEAL_LIMIT, OUTCOMES, Appeal, ParticipantBlock


def appeal_of(
    session: Session,
    *,
    moderation_id: int | None = None,
    block_id: int | None = None,
    set_aside_id: int | None = None,
    participant_id: int | None = None,
) -> Appeal | None:
    """The appeal against one decision; against votes set aside the one of this participant."""
    if moderation_id is not None:
        query = select(Appeal).where(Appeal.moderation_id == moderation_id)
    elif block_id is not None:
        query = select(Appeal).where(Appeal.block_id == block_id)
    else:
        query = select(Appeal).where(
            Appeal.set_aside_id == set_aside_id, Appeal.participant_id == participant_id
        )
    return session.scalar(query)


def appeal_hiding(session: Session, *, decision: Moderation, typed: str | None, now: datetime) -> Appeal:
    """The appeal against hiding a comment or a reply. Raises Invalid and Conflict."""
    if decision.reason == BLOCKED:
        raise Conflict(_l("This is hidden because its author is blocked. Appeal against the block."))
    hidden = hidden_by(session, decision)
    if hidden.status != "hidden":
        raise Conflict(_l("The city does not hide it any more."))
    return _file(
        session,
        Appeal(
            plan_id=hidden.plan_id,
            participant_id=hidden.participant_id,
            moderation_id=decision.id,
            against_id=decision.account_id,
        ),
        since=decision.created_at,
        typed=typed,
        now=now,
    )


def hidden_by(session: Session, decision: Moderation) -> Comment | Reply:
    """The comment or reply that a decision is about."""
    if decision.reply_id is not None:
        return session.get_one(Reply, decision.reply_id)
    return session.get_one(Comment, decision.comment_id)


def appeal_block(session: Session, *, block: ParticipantBlock, typed: str | None, now: datetime) -> Appeal:
    """The appeal of a blocked participant. Raises Invalid and Conflict."""
    made = Appeal(
        plan_id=block.plan_id,
        participant_id=block.participant_id,
        block_id=block.id,
        against_id=block.account_id,
    )
    return _file(session, made, since=block.created_at, typed=typed, now=now)


def appeal_aside(
    session: Session, *, decision: SetAside, participant_id: int, typed: str | None, now: datetime
) -> Appeal:
    """The appeal of somebody whose votes are set aside. Raises NotFound, Invalid and Conflict."""
    if not asides.own_votes(session, decision_id=decision.id, participant_id=participant_id):
        raise NotFound
    made = Appeal(
        plan_id=decision.plan_id,
        participant_id=participant_id,
        set_aside_id=decision.id,
        against_id=decision.account_id,
    )
    return _file(session, made, since=decision.created_at, typed=typed, now=now)


def _file(session: Session, appeal: Appeal, *, since: datetime, typed: str | None, now: datetime) -> Appeal:
    words, _removed = clean(typed)
    if not words:
        raise Invalid("text", _l("Say why the decision should be changed."))
    if len(words) > APPEAL_LIMIT:
        raise Invalid("text", _l("At most %(count)d characters fit.", count=APPEAL_LIMIT))
    if now > appeal_until(since):
        raise Conflict(_l("The time in which one could appeal is over."))
    before = appeal_of(
        session,
        moderation_id=appeal.moderation_id,
        block_id=appeal.block_id,
        set_aside_id=appeal.set_aside_id,
        participant_id=appeal.participant_id,
    )
    if before is not None:
        raise Conflict(_l("You have appealed against this decision already."))
    appeal.text, appeal.created_at = words, now
    session.add(appeal)
    session.flush()
    audit.record(
        session,
        action="appeal.file",
        participant_id=appeal.participant_id,
        plan_id=appeal.plan_id,
        subject="appeal",
        subject_id=appeal.id,
    )
    return appeal


def decide_appeal(
    session: Session, *, appeal: Appeal, account_id: int, outcome: str, reason: str, now: datetime
) -> Appeal:
    """Uphold or overturn the decision. Only a second person may: never the one who took it.

    Raises Forbidden for the same person, Conflict when it is decided, Invalid for an unknown outcome or no
    reason.
    """
    if outcome not in OUTCOMES:
        raise Invalid("outcome", _l("Choose one of the two."))
    words = decisions.check_note(reason)
    if not words:
        raise Invalid("reason", _l("Say why: the author reads it."))
    session.refresh(appeal, with_for_update=True)
    if appeal.decided_at is not None:
        raise Conflict(_l("Somebody has decided on this appeal meanwhile."))
    if appeal.against_id == account_id:
        raise Forbidden(_l("You took the decision yourself. Somebody else has to look at the appeal."))
    appeal.outcome, appeal.reason = outcome, words
    appeal.decided_at, appeal.decided_by = now, account_id
    session.flush()
    if outcome == "overturned":
        _overturn(session, appeal, account_id, now)
    audit.record(
        session,
        action="appeal.decide",
        account_id=account_id,
        plan_id=appeal.plan_id,
        subject="appeal",
        subject_id=appeal.id,
        details={"outcome": outcome},
    )
    _tell(session, appeal, account_id, now)
    return appeal


def _overturn(session: Session, appeal: Appeal, account_id: int, now: datetime) -> None:
    """Take the decision back; what its author withdrew meanwhile stays withdrawn."""
    if appeal.moderation_id is not None:
        decision = session.get_one(Moderation, appeal.moderation_id)
        decisions.decide(
            session,
            plan_id=appeal.plan_id,
            ids=[hidden_by(session, decision).id],
            action="restore",
            account_id=account_id,
            subject="comment" if decision.reply_id is None else "reply",
            now=now,
            quiet=True,
        )
    elif appeal.block_id is not None:
        block = session.get_one(ParticipantBlock, appeal.block_id)
        blocks.end_block(session, block=block, account_id=account_id, now=now)
    else:
        aside = session.get_one(SetAside, appeal.set_aside_id)
        asides.put_back(
            session, decision=aside, account_id=account_id, participant_id=appeal.participant_id, now=now
        )


def _tell(session: Session, appeal: Appeal, account_id: int, now: datetime) -> None:
    """Other rooms hear of appeals about comments."""
    if appeal.moderation_id is None:
        return
    decision = session.get_one(Moderation, appeal.moderation_id)
    if decision.comment_id is None:
        return
    comment = session.get(Comment, decision.comment_id, populate_existing=True)
    if comment:
        signals.comments_decided.send(
            session, comments=[comment], action=f"appeal_{appeal.outcome}", account_id=account_id, now=now
        )


def about_replies(session: Session, *, appeals: Sequence[Appeal]) -> set[int]:
    """Which of these appeals are about hidden replies; one query."""
    query = select(Moderation.id).where(
        Moderation.id.in_([each.moderation_id for each in appeals if each.moderation_id]),
        Moderation.reply_id.is_not(None),
    )
    found = set(session.scalars(query))
    return {each.id for each in appeals if each.moderation_id in found}


def waiting_appeals(session: Session, *, plan_id: int, limit: int = 100) -> list[Appeal]:
    """Appeals nobody has decided yet, the oldest first."""
    query = select(Appeal).where(Appeal.plan_id == plan_id, Appeal.decided_at.is_(None))
    return list(session.scalars(query.order_by(Appeal.id).limit(limit)))


def decided_appeals(session: Session, *, plan_id: int, limit: int = 30) -> list[Appeal]:
    """The last appeals that were decided, the newest first."""
    query = select(Appeal).where(Appeal.plan_id == plan_id, Appeal.decided_at.is_not(None))
    return list(session.scalars(query.order_by(Appeal.decided_at.desc()).limit(limit)))


def find_appeal(session: Session, *, plan_id: int, appeal_id: int) -> Appeal:
    """One appeal of the plan. Raises NotFound."""
    found = session.get(Appeal, min(appeal_id, 2**63 - 1))
    if found is None or found.plan_id != plan_id:
        raise NotFound
    return found


def second_persons(session: Session, *, appeal: Appeal, now: datetime) -> int:
    """How many people may decide on this appeal."""
    roles = MAY["decide_appeal"]
    query = (
        select(func.count(distinct(Account.id)))
        .outerjoin(StaffRole, StaffRole.account_id == Account.id)
        .where(Account.active)
        .where(
            or_(
                Account.role == ADMINISTRATOR,
                StaffRole.role.in_(roles)
                & or_(StaffRole.plan_id.is_(None), StaffRole.plan_id == appeal.plan_id)
                & or_(StaffRole.until.is_(None), StaffRole.until > now),
            )
        )
    )
    if appeal.against_id is not None:
        query = query.where(Account.id != appeal.against_id)
    return session.scalar(query) or 0


def subject_of(session: Session, *, appeal: Appeal) -> dict[str, Any]:
    """What the appeal is about: the decision, and the comment or reply it hid."""
    if appeal.moderation_id is not None:
        decision = session.get_one(Moderation, appeal.moderation_id)
        return {"decision": decision, "hidden": hidden_by(session, decision)}
    if appeal.block_id is not None:
        return {"block": session.get_one(ParticipantBlock, appeal.block_id)}
    return {"aside": session.get_one(SetAside, appeal.set_aside_id)}
