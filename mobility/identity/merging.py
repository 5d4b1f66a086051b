"""Two participants prove to be one person: what one of them said moves to the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility import signals
from mobility.accounts import audit, tokens
from mobility.accounts.models import Participant
from mobility.identity.models import IdentityLink, InvitationCode, SignInEvent


def lock_people(session: Session, *ids: int) -> dict[int, Participant]:
    """The participants, held for this transaction and read anew; always in the same order.

    The lock also holds back votes and comments under way: they wait, and then see who the person has become.
    """
    query = select(Participant).where(Participant.id.in_(ids)).order_by(Participant.id)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {person.id: person for person in rows}


def may_join(kept: Participant, gone: Participant) -> bool:
    """Whether the two can be one person: two accounts or two verified identities cannot."""
    if kept.erased_at or gone.erased_at or kept.merged_into or gone.merged_into:
        return False
    if kept.account_id and gone.account_id:
        return False
    return not (kept.verified_key and gone.verified_key and kept.verified_key != gone.verified_key)


def merge_participants(session: Session, *, kept_id: int, gone_id: int, now: datetime) -> Participant:
    """The kept participant, with all that the other one was and had said. Doing it twice changes nothing.

    The higher identity level and a block of either stay. The other one keeps its number and nothing else: no
    address, no key, no browsers.
    """
    people = lock_people(session, kept_id, gone_id)
    kept, gone = people[kept_id], people[gone_id]
    if gone.merged_into == kept.id or kept.id == gone.id:
        return kept
    proofs = gone.email, gone.verified_key, gone.account_id
    gone.email = gone.verified_key = gone.account_id = None
    gone.merged_into = kept.id
    session.flush()
    kept.email = kept.email or proofs[0]
    kept.verified_key = kept.verified_key or proofs[1]
    kept.account_id = kept.account_id or proofs[2]
    kept.identity_level = max(kept.identity_level, gone.identity_level)
    kept.language = kept.language or gone.language
    kept.blocked_at = min(filter(None, (kept.blocked_at, gone.blocked_at)), default=None)
    session.execute(update(Participant).where(Participant.merged_into == gone.id).values(merged_into=kept.id))
    tokens.end_tokens(session, participant_id=gone.id, now=now)
    _move_proofs(session, kept.id, gone.id)
    signals.participants_merged.send(session, kept_id=kept.id, gone_id=gone.id, now=now)
    signals.participant_raised.send(session, participant_id=kept.id, level=kept.identity_level, now=now)
    audit.record(
        session,
        action="participant.merge",
        participant_id=kept.id,
        subject="participant",
        subject_id=gone.id,
    )
    return kept


def _move_proofs(session: Session, kept_id: int, gone_id: int) -> None:
    """Codes and events move; a link that would have changed the other one's address is void."""
    for model in (InvitationCode, SignInEvent):
        session.execute(update(model).where(model.participant_id == gone_id).values(participant_id=kept_id))
    session.execute(delete(IdentityLink).where(IdentityLink.participant_id == gone_id))
