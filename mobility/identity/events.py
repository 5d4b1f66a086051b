"""The record of who proved what, when: one log line and one row, without addresses."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from mobility.accounts.models import ParticipantToken
from mobility.identity.models import IdentityLink, SignInEvent

EVENTS_KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=1)
"""How long a link that has ended can still explain that it has ended."""
TOKENS_KEPT = timedelta(days=400)
"""Longer than any browser keeps the cookie: a token that has ended is not taken up again."""


def note(
    session: Session,
    *,
    kind: str,
    outcome: str,
    now: datetime,
    address_hash: bytes | None = None,
    participant_id: int | None = None,
    account_id: int | None = None,
) -> None:
    """Write down one step. `outcome` is one word: sent, used, refused, expired, unknown …"""
    structlog.get_logger("mobility.identity").info("sign in", kind=kind, outcome=outcome)
    session.add(
        SignInEvent(
            at=now,
            kind=kind,
            outcome=outcome,
            address_hash=address_hash,
            participant_id=participant_id,
            account_id=account_id,
        )
    )
    session.flush()


def forget_person(session: Session, *, participant_id: int) -> None:
    """Take the person out of the record; what happened and when stays until its time is over."""
    theirs = SignInEvent.participant_id == participant_id
    session.execute(update(SignInEvent).where(theirs).values(participant_id=None, address_hash=None))


def tidy(session: Session, *, now: datetime) -> dict[str, int]:
    """Remove events, links and tokens whose time is over; how many of each."""
    ended = or_(
        IdentityLink.expires_at < now - LINKS_KEPT,
        IdentityLink.used_at < now - LINKS_KEPT,
    )
    gone = {
        "events": delete(SignInEvent).where(SignInEvent.at < now - EVENTS_KEPT),
        "links": delete(IdentityLink).where(ended),
        "tokens": delete(ParticipantToken).where(ParticipantToken.expires_at < now - TOKENS_KEPT),
    }
    return {name: session.execute(statement).rowcount for name, statement in gone.items()}  # type: ignore[attr-defined]
