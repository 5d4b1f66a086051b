"""Invitation codes: made in batches by the city, used once each."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.orm import Session

from mobility.accounts import audit
from mobility.accounts.models import INVITATION
from mobility.errors import Conflict, Invalid, NotFound
from mobility.identity import events, keys
from mobility.identity.links import Device, change_token
from mobility.identity.models import BATCH_LIMIT, CodeBatch, InvitationCode
from mobility.identity.raising import Proof, raise_participant
from mobility.text import read_receipt

REFUSALS = {
    "unknown": _l("This is none of our codes. Check each character: there is no 0, O, 1, I or U in a code."),
    "used": _l("This code was used already. Each code works for one person."),
    "expired": _l("This code has expired. Ask whoever gave it to you for a new one."),
    "revoked": _l("The city has withdrawn this code. Ask whoever gave it to you for a new one."),
    "needless": _l("You are known by an invitation already, or better. Keep this code for somebody else."),
}


def make_batch(
    session: Session,
    *,
    secret: str,
    key: uuid.UUID,
    plan_id: int,
    group_id: int | None,
    label: str,
    count: int,
    expires_at: datetime,
    account_id: int,
    now: datetime,
) -> tuple[CodeBatch, list[str]]:
    """The batch and its codes, never to be read again. Raises Invalid; Conflict for a form sent twice."""
    if not 1 <= count <= BATCH_LIMIT:
        raise Invalid("count", _l("Between 1 and %(n)s codes can be made at once.", n=BATCH_LIMIT))
    if expires_at <= now:
        raise Invalid("expires", _l("Choose a day that is still to come."))
    made = (
        insert_new(CodeBatch)
        .values(
            key=key,
            plan_id=plan_id,
            group_id=group_id,
            label=label,
            size=count,
            expires_at=expires_at,
            account_id=account_id,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(CodeBatch)
    )
    batch = session.scalar(made)
    if batch is None:
        raise Conflict(_l("These codes were made already and shown once. If they are lost, withdraw them."))
    codes = keys.new_codes(count)
    rows = [{"code_hash": keys.code_hash(secret, code), "batch_id": batch.id} for code in codes]
    session.execute(insert(InvitationCode), rows)
    audit.record(
        session,
        action="code_batch.make",
        account_id=account_id,
        plan_id=plan_id,
        subject="code_batch",
        subject_id=batch.id,
        details={"size": count, "group": group_id},
    )
    return batch, codes


def revoke_batch(session: Session, *, batch_id: int, plan_id: int, account_id: int, now: datetime) -> None:
    """The codes of the batch that nobody has used yet can no longer be used. Raises NotFound."""
    query = select(CodeBatch).where(CodeBatch.id == batch_id, CodeBatch.plan_id == plan_id)
    batch = session.scalar(query.with_for_update())
    if batch is None:
        raise NotFound
    if batch.revoked_at is None:
        batch.revoked_at = now
        audit.record(
            session,
            action="code_batch.revoke",
            account_id=account_id,
            plan_id=plan_id,
            subject="code_batch",
            subject_id=batch.id,
        )


def state_of_code(session: Session, *, secret: str, code: str, now: datetime) -> str:
    """`open`, or why the code cannot be used: unknown, used, expired, revoked."""
    row = session.execute(
        select(InvitationCode.used_at, CodeBatch.expires_at, CodeBatch.revoked_at)
        .join(CodeBatch, CodeBatch.id == InvitationCode.batch_id)
        .where(InvitationCode.code_hash == keys.code_hash(secret, code))
    ).one_or_none()
    if row is None:
        return "unknown"
    if row.used_at:
        return "used"
    if row.revoked_at:
        return "revoked"
    return "open" if row.expires_at > now else "expired"


def use_code(session: Session, *, secret: str, typed: str, device: Device, now: datetime) -> str:
    """The browser's new token, for a person who is known by an invitation now. Raises CodeRefused."""
    if device.participant and device.participant.identity_level >= INVITATION:
        raise CodeRefused("needless")
    code = read_receipt(typed)
    valid = select(CodeBatch.id).where(CodeBatch.revoked_at.is_(None), CodeBatch.expires_at > now)
    key = keys.code_hash(secret, code)
    taken = (
        update(InvitationCode)
        .where(
            InvitationCode.code_hash == key,
            InvitationCode.used_at.is_(None),
            InvitationCode.batch_id.in_(valid),
        )
        .values(used_at=now)
        .returning(InvitationCode.batch_id)
    )
    if session.scalar(taken) is None:
        raise CodeRefused(state_of_code(session, secret=secret, code=code, now=now))
    person = raise_participant(
        session, device=device.participant, proof=Proof(INVITATION), include_device=True, now=now
    )
    session.execute(
        update(InvitationCode).where(InvitationCode.code_hash == key).values(participant_id=person.id)
    )
    events.note(session, kind="code", outcome="used", participant_id=person.id, now=now)
    return change_token(session, device=device, person=person, now=now)


class CodeRefused(Invalid):
    """The code cannot be used; `state` says why."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__("code", REFUSALS.get(state, REFUSALS["used"]))


def count_used(session: Session, *, batch_ids: list[int]) -> dict[int, int]:
    """Batch → codes that were used."""
    query = (
        select(InvitationCode.batch_id, func.count())
        .where(InvitationCode.batch_id.in_(batch_ids), InvitationCode.used_at.is_not(None))
        .group_by(InvitationCode.batch_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def batches_of(session: Session, *, plan_id: int, limit: int, offset: int) -> list[CodeBatch]:
    """The batches of a plan, the newest first."""
    query = select(CodeBatch).where(CodeBatch.plan_id == plan_id).order_by(CodeBatch.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_batches(session: Session, *, plan_id: int) -> int:
    return session.scalar(select(func.count()).where(CodeBatch.plan_id == plan_id)) or 0
