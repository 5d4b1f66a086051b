"""Block a participant with everything they wrote, and end the block: what it hid comes back, nothing else."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.accounts.models import Participant
from mobility.consultation.models import BLOCKED
from mobility.errors import Conflict, Invalid, NotFound
from mobility.moderation.decisions import check_note
from mobility.moderation.models import BLOCK_REASONS, ParticipantBlock

HIDE = f"""
WITH target AS (
  SELECT id, status FROM {{table}}
  WHERE plan_id = :plan AND participant_id = :participant AND status IN ('published', 'pending')
    AND erased_at IS NULL
  ORDER BY id FOR UPDATE
), kept AS (
  INSERT INTO blocked_item (block_id, subject, subject_id, was)
  SELECT :block, '{{subject}}', id, status FROM target
), noted AS (
  INSERT INTO moderation ({{subject}}_id, account_id, action, reason, created_at)
  SELECT id, :account, 'hide', '{BLOCKED}', :now FROM target
)
UPDATE {{table}} c SET status = 'hidden', hidden_reason = '{BLOCKED}', updated_at = :now
FROM target t WHERE t.id = c.id
"""  # noqa: S608 (our constants)
SHOW = f"""
WITH back AS (
  UPDATE {{table}} c SET status = i.was, hidden_reason = NULL, hidden_note = NULL, updated_at = :now
  FROM blocked_item i
  WHERE i.block_id = :block AND i.subject = '{{subject}}' AND i.subject_id = c.id
    AND c.status = 'hidden' AND c.hidden_reason = '{BLOCKED}'
  RETURNING c.id
)
INSERT INTO moderation ({{subject}}_id, account_id, action, created_at)
SELECT id, :account, 'restore', :now FROM back
"""  # noqa: S608 (our constants)
TABLES = {"comment": "comment", "reply": "comment_reply"}


def block_participant(
    session: Session,
    *,
    plan_id: int,
    participant_id: int,
    account_id: int,
    reason: str,
    note: str = "",
    until: datetime | None = None,
    now: datetime,
) -> ParticipantBlock:
    """The block: no further writing or voting, and everything written in the plan hidden together.

    Votes stay as they are; they can be set aside by a decision of its own. Raises NotFound, Invalid for an
    unknown reason or an end in the past, Conflict for somebody blocked already.
    """
    if reason not in BLOCK_REASONS:
        raise Invalid("reason", _l("Choose a reason from the list."))
    if until is not None and until <= now:
        raise Invalid("until", _l("The last day of the block lies in the past."))
    words = check_note(note)
    person = session.get(Participant, participant_id, with_for_update=True)
    if person is None:
        raise NotFound
    if live_block(session, participant_id=participant_id, plan_id=plan_id):
        raise Conflict(_l("This participant is blocked already."))
    block = ParticipantBlock(
        participant_id=participant_id,
        plan_id=plan_id,
        reason=reason,
        note=words or None,
        account_id=account_id,
        created_at=now,
        until=until,
    )
    session.add(block)
    person.blocked_at = person.blocked_at or now
    session.flush()
    _all_items(session, HIDE, block, account_id, now)
    audit.record(
        session,
        action="participant.block",
        account_id=account_id,
        plan_id=plan_id,
        subject="participant",
        subject_id=participant_id,
        details={"reason": reason, "until": until.isoformat() if until else None, "block": block.id},
    )
    return block


def end_block(session: Session, *, block: ParticipantBlock, account_id: int | None, now: datetime) -> None:
    """Let the participant write again and show exactly what the block hid; an ended block stays ended."""
    if block.ended_at is not None:
        return
    block.ended_at, block.ended_by = now, account_id
    session.flush()
    _all_items(session, SHOW, block, account_id, now)
    others = select(ParticipantBlock.id).where(
        ParticipantBlock.participant_id == block.participant_id, ParticipantBlock.ended_at.is_(None)
    )
    session.execute(
        update(Participant)
        .where(Participant.id == block.participant_id, ~others.exists())
        .values(blocked_at=None)
    )
    audit.record(
        session,
        action="participant.unblock",
        account_id=account_id,
        plan_id=block.plan_id,
        subject="participant",
        subject_id=block.participant_id,
        details={"block": block.id},
    )


def _all_items(
    session: Session, statement: str, block: ParticipantBlock, account_id: int | None, now: datetime
) -> None:
    values = {
        "plan": block.plan_id,
        "participant": block.participant_id,
        "block": block.id,
        "account": account_id,
        "now": now,
    }
    for subject, table in TABLES.items():
        session.execute(text(statement.format(table=table, subject=subject)), values)
    session.expire_all()


def end_blocks(session: Session, *, now: datetime) -> int:
    """End the blocks whose time is over; how many there were."""
    query = select(ParticipantBlock).where(ParticipantBlock.ended_at.is_(None), ParticipantBlock.until <= now)
    over = list(session.scalars(query.limit(500)))
    for block in over:
        end_block(session, block=block, account_id=None, now=now)
    return len(over)


def live_block(
    session: Session, *, participant_id: int | None, plan_id: int | None = None
) -> ParticipantBlock | None:
    """The block of a participant that holds now, in a plan or anywhere."""
    query = select(ParticipantBlock).where(
        ParticipantBlock.participant_id == participant_id, ParticipantBlock.ended_at.is_(None)
    )
    if plan_id is not None:
        query = query.where(ParticipantBlock.plan_id == plan_id)
    return session.scalar(query.order_by(ParticipantBlock.id.desc()).limit(1))


def blocks_of(session: Session, *, plan_id: int, limit: int = 100) -> list[ParticipantBlock]:
    """The blocks of a plan, those that hold first, then the newest."""
    query = select(ParticipantBlock).where(ParticipantBlock.plan_id == plan_id)
    order = (ParticipantBlock.ended_at.is_not(None), ParticipantBlock.id.desc())
    return list(session.scalars(query.order_by(*order).limit(limit)))


def find_block(session: Session, *, plan_id: int, block_id: int) -> ParticipantBlock:
    """One block of the plan. Raises NotFound."""
    block = session.get(ParticipantBlock, min(block_id, 2**63 - 1))
    if block is None or block.plan_id != plan_id:
        raise NotFound
    return block
