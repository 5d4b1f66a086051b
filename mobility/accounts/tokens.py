"""The browsers that speak for a participant: given, prolonged, taken away.

A token that was taken away stays known as ended. A browser that still shows it gets a new one, and nobody new
is ever made behind the old one.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mobility.accounts.models import Participant, ParticipantToken
from mobility.accounts.services import token_hash

LIFE = timedelta(days=30)
"""How long a browser that proved something is believed after its last visit."""
PROLONG_AFTER = timedelta(days=1)


def new_token() -> str:
    """The secret of a browser."""
    return secrets.token_urlsafe(24)


def issue_token(session: Session, *, participant: Participant, now: datetime) -> str:
    """A new token with which a browser speaks for this participant."""
    token = new_token()
    values = {"token_hash": token_hash(token), "participant_id": participant.id, "expires_at": now + LIFE}
    session.execute(insert(ParticipantToken).values(values))
    return token


def end_token(session: Session, *, token: str, now: datetime) -> None:
    """From now on this browser speaks for nobody."""
    key = token_hash(token)
    session.execute(update(ParticipantToken).where(ParticipantToken.token_hash == key).values(expires_at=now))


def end_tokens(session: Session, *, participant_id: int, now: datetime) -> None:
    """From now on no browser speaks for this participant."""
    mine = ParticipantToken.participant_id == participant_id
    session.execute(update(ParticipantToken).where(mine).values(expires_at=now))


def prolong_token(session: Session, *, token: str, now: datetime) -> bool:
    """Believe a browser 30 days more, once a day at most; True when that was done."""
    row = (
        update(ParticipantToken)
        .where(
            ParticipantToken.token_hash == token_hash(token),
            ParticipantToken.expires_at > now,
            ParticipantToken.expires_at < now + LIFE - PROLONG_AFTER,
        )
        .values(expires_at=now + LIFE)
        .returning(ParticipantToken.token_hash)
    )
    return session.scalar(row) is not None


def is_ended(session: Session, *, token: str, now: datetime) -> bool:
    """True for a token that once spoke for somebody and does so no more."""
    ended = select(ParticipantToken.token_hash).where(
        ParticipantToken.token_hash == token_hash(token), ParticipantToken.expires_at <= now
    )
    return session.scalar(ended) is not None


def browsers_of(session: Session, *, participant_id: int, now: datetime) -> int:
    """How many browsers speak for the participant."""
    mine = select(func.count()).where(
        ParticipantToken.participant_id == participant_id,
        ParticipantToken.expires_at.is_(None) | (ParticipantToken.expires_at > now),
    )
    return session.scalar(mine) or 0
