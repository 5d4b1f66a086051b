"""What administrators do with the accounts of others: invite, give and end roles, reset, close, open again.

Every act is recorded in the audit log. `by` is the account that acts, None for the command line.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.accounts import audit, letters, second_factor
from mobility.accounts.links import issue_link
from mobility.accounts.models import NO_PASSWORD, Account, Delegation
from mobility.accounts.permissions import ADMINISTRATOR
from mobility.accounts.roles import grant_role, revoke_role
from mobility.errors import Conflict, Invalid


def find_account(session: Session, *, email: str) -> Account | None:
    """The account with this address, in whatever case it is written."""
    found: Account | None = session.scalar(
        select(Account).where(func.lower(Account.email) == email.strip().lower())
    )
    return found


def invite(
    session: Session, *, email: str, language: str, by: int | None, now: datetime, base_url: str
) -> Account:
    """A new account without a password, and a message with the link that sets it.

    Raises Invalid when the address belongs to somebody who has an account already.
    """
    address = email.strip()
    if "@" not in address:
        raise Invalid("email", _l("This is not an e-mail address."))
    if find_account(session, email=address) is not None:
        raise Invalid("email", _l("This address has an account already. Look for it in the list."))
    account = Account(email=address, name=address, password_hash=NO_PASSWORD, language=language)
    session.add(account)
    session.flush()
    _record(session, "account.invite", account, by)
    _send_link(session, account, now, base_url)
    return account


def send_reset(session: Session, *, account: Account, by: int | None, now: datetime, base_url: str) -> None:
    """A message with a link that sets a new password; for somebody invited, the invitation again."""
    if not account.active:
        raise Conflict(_l("This account is closed. Open it again first."))
    _record(session, "account.send_link", account, by)
    _send_link(session, account, now, base_url)


def reset_second_factor(session: Session, *, account: Account, by: int | None, base_url: str) -> None:
    """Removes the second factor of somebody who lost it; the person is told by mail."""
    if not account.has_second_factor:
        raise Conflict(_l("This account has no second factor."))
    second_factor.remove(session, account=account)
    _record(session, "account.reset_second_factor", account, by)
    letters.tell_change(session, account=account, what="factor_off", base_url=base_url)


def give_role(session: Session, *, account: Account, role: str, plan_id: int | None, by: int | None) -> None:
    """Gives a role in a plan or, without one, in every plan. An administrator is one everywhere."""
    if role == ADMINISTRATOR:
        account.role, plan_id = ADMINISTRATOR, None
        session.flush()
    else:
        grant_role(session, account=account, role=role, plan_id=plan_id)
    _record(session, "account.give_role", account, by, plan_id=plan_id, role=role)


def end_role(
    session: Session, *, account: Account, role: str, plan_id: int | None, by: int | None, now: datetime
) -> bool:
    """Ends a role now; False when it was not held. The last administrator stays. Raises Conflict."""
    if role == ADMINISTRATOR:
        if account.role != ADMINISTRATOR:
            return False
        _keep_an_administrator(session, account, by)
        account.role = "member"
        session.flush()
    elif not revoke_role(session, account_id=account.id, role=role, plan_id=plan_id, now=now):
        return False
    _record(session, "account.end_role", account, by, plan_id=plan_id, role=role)
    return True


def close_account(session: Session, *, account: Account, by: int | None, now: datetime) -> None:
    """Ends every session and every delegation; nobody signs in until it is opened again. Raises Conflict."""
    _keep_an_administrator(session, account, by)
    account.active = False
    account.session_version += 1
    session.execute(
        update(Delegation)
        .where(Delegation.account_id == account.id, Delegation.until.is_(None) | (Delegation.until > now))
        .values(until=now)
    )
    session.flush()
    _record(session, "account.close", account, by)


def open_account(session: Session, *, account: Account, by: int | None) -> None:
    """Lets the person sign in again, with the roles held before; delegations are given anew."""
    account.active = True
    session.flush()
    _record(session, "account.open", account, by)


def _keep_an_administrator(session: Session, account: Account, by: int | None) -> None:
    """Raises Conflict for one's own account, and when nobody could administer the platform any more.

    The administrators are locked first: of two who remove each other at once, one is too late.
    """
    if by == account.id:
        raise Conflict(_l("This is your own account. Ask another administrator to do this."))
    others = session.scalars(
        select(Account.id)
        .where(Account.role == ADMINISTRATOR, Account.active, Account.password_hash != NO_PASSWORD)
        .order_by(Account.id)
        .with_for_update()
    ).all()
    if account.role == ADMINISTRATOR and not set(others) - {account.id}:
        raise Conflict(_l("This is the last administrator. Make somebody else an administrator first."))


def _send_link(session: Session, account: Account, now: datetime, base_url: str) -> None:
    token, purpose = issue_link(session, account=account, now=now)
    letters.send_link(session, account=account, token=token, purpose=purpose, base_url=base_url)


def _record(
    session: Session,
    action: str,
    account: Account,
    by: int | None,
    plan_id: int | None = None,
    **details: str,
) -> None:
    audit.record(
        session,
        action=action,
        account_id=by,
        plan_id=plan_id,
        subject="account",
        subject_id=account.id,
        details=details if by else {**details, "through": "command"},
    )
