"""Somebody has proved something: who speaks from now on in this browser, and with which level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import audit
from mobility.accounts.models import EMAIL, INVITATION, VERIFIED, Participant
from mobility.identity.merging import lock_people, may_join, merge_participants

BY_LEVEL = {EMAIL: "email", INVITATION: "invitation", VERIFIED: "verified"}


@dataclass(frozen=True)
class Proof:
    """What was proved: an address, a verified identity, or the possession of an invitation code."""

    level: int
    email: str | None = None
    verified_key: bytes | None = None

    @property
    def lock(self) -> str:
        """Two browsers that prove the same at the same moment wait for each other under this name."""
        return f"proof:{self.verified_key.hex() if self.verified_key else (self.email or '').lower()}"


def raise_participant(
    session: Session, *, device: Participant | None, proof: Proof, include_device: bool, now: datetime
) -> Participant:
    """The participant for whom the browser speaks after this proof, at its level or above.

    `device` spoke in the browser until now. With `include_device` what it said becomes part of the person, if
    the two can be one; otherwise it stays as it was and the browser leaves it.
    """
    owner = _owner(session, proof)
    here = device if device is not None and include_device and fits(device, proof) else None
    if owner is None and here is None:
        owner = Participant(identity_level=proof.level)
        session.add(owner)
        session.flush()
    ids = [person.id for person in (owner, here) if person is not None]
    people = lock_people(session, *ids)
    mine = people[owner.id] if owner is not None else people[ids[0]]
    other = people[here.id] if owner is not None and here is not None else None
    if other is not None and other.id != mine.id and may_join(mine, other):
        kept, gone = (other, mine) if other.account_id else (mine, other)
        mine = merge_participants(session, kept_id=kept.id, gone_id=gone.id, now=now)
    mine.email = mine.email or proof.email
    mine.verified_key = mine.verified_key or proof.verified_key
    lift(session, participant=mine, level=proof.level, now=now)
    return mine


def fits(device: Participant, proof: Proof) -> bool:
    """Whether who spoke in the browser can be the one who proves this; another address is another person."""
    if device.erased_at or device.merged_into:
        return False
    if proof.email and device.email and device.email.lower() != proof.email.lower():
        return False
    return not (proof.verified_key and device.verified_key and device.verified_key != proof.verified_key)


def lift(session: Session, *, participant: Participant, level: int, now: datetime) -> None:
    """Raise the level, never lower it, and tell those who hold votes what it is now."""
    before = participant.identity_level
    participant.identity_level = max(before, level)
    session.flush()
    signals.participant_raised.send(
        session, participant_id=participant.id, level=participant.identity_level, now=now
    )
    if participant.identity_level > before:
        audit.record(
            session,
            action="participant.raise",
            participant_id=participant.id,
            details={"level": participant.identity_level, "by": BY_LEVEL.get(level, "")},
        )


def _owner(session: Session, proof: Proof) -> Participant | None:
    """The participant who has proved the same before; others who prove it at this moment wait."""
    known: list[ColumnElement[bool]] = []
    if proof.email:
        known.append(func.lower(Participant.email) == proof.email.lower())
    if proof.verified_key:
        known.append(Participant.verified_key == proof.verified_key)
    if not known:
        return None
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(proof.lock, 0))))
    found: Participant | None = session.scalar(select(Participant).where(or_(*known)))
    return found
