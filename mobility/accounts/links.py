"""Links with which a person sets a password once: an invitation, or the way back in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mobility.accounts.models import Account, AccountLink

VALID = {"invite": timedelta(days=7), "reset": timedelta(hours=24)}


def issue_link(session: Session, *, account: Account, now: datetime) -> tuple[str, str]:
    """A new secret token and what it is for; every older link of the account stops working."""
    purpose = "invite" if account.invited else "reset"
    token = secrets.token_urlsafe(32)
    session.execute(delete(AccountLink).where(AccountLink.account_id == account.id))
    session.add(
        AccountLink(
            token_hash=link_hash(token),
            account_id=account.id,
            purpose=purpose,
            expires_at=now + VALID[purpose],
        )
    )
    session.flush()
    return token, purpose


def linked_account(session: Session, *, token: str, now: datetime) -> Account | None:
    """The active account whose password the link may set now, else None."""
    found: Account | None = session.scalar(
        select(Account)
        .join(AccountLink, AccountLink.account_id == Account.id)
        .where(AccountLink.token_hash == link_hash(token), AccountLink.expires_at > now, Account.active)
    )
    return found


def take_link(session: Session, *, token: str, now: datetime) -> Account | None:
    """As `linked_account`, and uses the link up: of two who come with it at once, one gets the account."""
    account = linked_account(session, token=token, now=now)
    taken = session.scalar(
        delete(AccountLink)
        .where(AccountLink.token_hash == link_hash(token))
        .returning(AccountLink.account_id)
    )
    return account if taken is not None else None


def link_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
