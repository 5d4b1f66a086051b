"""Keys for programs: made, found, taken away. A token is shown once, when it is made."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.accounts.models import SCOPES, Account, ApiToken
from mobility.accounts.services import token_hash
from mobility.errors import Invalid, NotFound

MARK = "mob_"
"""How every token begins, so that one found in a text is recognised."""
USED_EVERY = timedelta(minutes=5)
"""The time of the last use is written down no more often than this."""


def issue_api_token(
    session: Session,
    *,
    account: Account,
    name: str,
    scopes: Collection[str],
    plan_id: int | None,
    expires_at: datetime | None,
) -> tuple[ApiToken, str]:
    """The row and the secret, which nobody can read again. Raises Invalid for no or unknown scopes."""
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Invalid("scopes", _l("Choose what the token may be used for."))
    secret = MARK + secrets.token_urlsafe(30)
    token = ApiToken(
        account_id=account.id,
        plan_id=plan_id,
        name=name,
        token_hash=token_hash(secret),
        prefix=secret[: len(MARK) + 6],
        scopes=sorted(scopes),
        expires_at=expires_at,
    )
    session.add(token)
    session.flush()
    record(session, action="api_token.issue", account_id=account.id, plan_id=plan_id, subject="api_token",
           subject_id=token.id, details={"scopes": sorted(scopes)})  # fmt: skip
    return token, secret


def find_api_token(session: Session, *, secret: str, now: datetime) -> tuple[ApiToken, Account] | None:
    """The valid token and its account, if both are in force; notes the use."""
    wanted = (
        select(ApiToken, Account)
        .join(Account, Account.id == ApiToken.account_id)
        .where(
            ApiToken.token_hash == token_hash(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now),
            Account.active,
        )
    )
    found = session.execute(wanted).one_or_none()
    if found is None:
        return None
    token, account = found
    if token.last_used_at is None or now - token.last_used_at > USED_EVERY:
        session.execute(update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now))
        session.commit()
    return token, account


def api_tokens_of(session: Session, *, account_id: int) -> list[ApiToken]:
    """The tokens of an account that were not revoked, the newest first."""
    mine = select(ApiToken).where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
    return list(session.scalars(mine.order_by(ApiToken.id.desc()).limit(200)))


def revoke_api_token(session: Session, *, token_id: int, account_id: int, now: datetime) -> None:
    """The token ends at once. Raises NotFound for somebody else's."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id:
        raise NotFound
    token.revoked_at = token.revoked_at or now
    session.flush()
    record(session, action="api_token.revoke", account_id=account_id, plan_id=token.plan_id,
           subject="api_token", subject_id=token.id)  # fmt: skip


def every_api_token(session: Session, *, page: int, size: int) -> tuple[list[tuple[ApiToken, Account]], int]:
    """One page of all tokens that were not revoked, with whose they are; and how many there are."""
    alive = select(ApiToken.id).where(ApiToken.revoked_at.is_(None))
    total = session.scalar(select(func.count()).select_from(alive.subquery())) or 0
    query = (
        select(ApiToken, Account)
        .join(Account, Account.id == ApiToken.account_id)
        .where(ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return [(token, account) for token, account in session.execute(query)], total


def end_api_token(session: Session, *, token_id: int, by: int, now: datetime) -> None:
    """An administrator ends somebody's token. Raises NotFound."""
    token = session.get(ApiToken, token_id)
    if token is None:
        raise NotFound
    token.revoked_at = token.revoked_at or now
    session.flush()
    record(session, action="api_token.revoke", account_id=by, plan_id=token.plan_id,
           subject="api_token", subject_id=token.id, details={"owner": token.account_id})  # fmt: skip
