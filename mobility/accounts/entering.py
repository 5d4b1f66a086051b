"""Signing in, step by step, and setting a password: each with its line in the audit log."""

from __future__ import annotations

from datetime import datetime

import structlog
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts import audit, letters, second_factor
from mobility.accounts.keys import keyed_hash
from mobility.accounts.links import issue_link, take_link
from mobility.accounts.models import Account, AuditEntry
from mobility.accounts.passwords import change_password, check_password, set_password
from mobility.accounts.second_factor import Outcome
from mobility.accounts.services import authenticate
from mobility.accounts.staff import find_account
from mobility.errors import Conflict, Invalid

log = structlog.get_logger("mobility.accounts")
SIGN_INS = ("account.sign_in", "account.sign_in_refused")


def enter(session: Session, *, email: str, password: str, secret_key: str, now: datetime) -> Account | None:
    """The account with this address and password; the next step is its second factor, if it has one.

    A refusal is recorded under a keyed hash of the address. The caller commits either way.
    """
    account = authenticate(session, email=email, password=password, now=now)
    if account is None:
        known = find_account(session, email=email)
        who = keyed_hash(secret_key, "sign-in", email.strip().lower()).hex()[:16]
        _record_refusal(session, known.id if known else None, step="password", who=who)
    elif not account.has_second_factor:
        _record_sign_in(session, account, "password")
    return account


def enter_code(
    session: Session, *, account: Account, code: str, secret_key: str, base_url: str, now: datetime
) -> Outcome:
    """The second step of signing in. The caller commits whatever the outcome is."""
    outcome = second_factor.check(session, account=account, code=code, secret_key=secret_key, now=now)
    if outcome in ("app", "recovery"):
        account.last_sign_in_at = now
        _record_sign_in(session, account, outcome)
        if outcome == "recovery":
            letters.tell_change(session, account=account, what="recovery", base_url=base_url)
        return outcome
    _record_refusal(session, account.id, step="code", outcome=outcome)
    if outcome == "wrong" and second_factor.waits_long(account):
        letters.tell_change(session, account=account, what="wrong_codes", base_url=base_url)
    return outcome


def last_sign_ins(session: Session, *, account_id: int, limit: int = 5) -> list[AuditEntry]:
    """The newest sign-ins to the account and refusals, newest first."""
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.subject == "account",
            AuditEntry.subject_id == account_id,
            AuditEntry.action.in_(SIGN_INS),
        )
        .order_by(AuditEntry.id.desc())
    )
    return list(session.scalars(query.limit(limit)))


def forgot(session: Session, *, email: str, base_url: str, now: datetime) -> None:
    """A link for a new password when the address has an open account; nothing otherwise."""
    account = find_account(session, email=email)
    if account is None or not account.active:
        return
    token, purpose = issue_link(session, account=account, now=now)
    letters.send_link(session, account=account, token=token, purpose=purpose, base_url=base_url)
    _record_own(session, "account.forgot", account)


def set_by_link(
    session: Session,
    *,
    token: str,
    name: str | None,
    language: str,
    password: str,
    base_url: str,
    now: datetime,
) -> Account:
    """Sets the password with a one-time link; who was invited also gives a name. Raises Invalid, Conflict."""
    account = take_link(session, token=token, now=now)
    if account is None:
        raise Conflict(_l("This link was used or is too old. Ask for a new one."))
    invited = account.invited
    if invited:
        if not (name or "").strip():
            raise Invalid("name", _l("Enter your name."))
        account.name, account.language = (name or "").strip(), language
    set_password(session, account=account, password=password)
    _record_own(session, "account.accept" if invited else "account.set_password", account)
    if not invited:
        letters.tell_change(session, account=account, what="password", base_url=base_url)
    return account


def set_own(session: Session, *, account: Account, old: str, new: str, base_url: str) -> None:
    """Changes the password of somebody who is signed in. Raises Invalid."""
    check_password(new, name=account.name, email=account.email)
    change_password(session, account=account, old=old, new=new)
    _record_own(session, "account.change_password", account)
    letters.tell_change(session, account=account, what="password", base_url=base_url)


def switch_on(
    session: Session, *, account: Account, code: str, secret_key: str, base_url: str, now: datetime
) -> list[str]:
    """Confirms the second factor; the recovery codes. Raises Invalid for a wrong code."""
    codes = second_factor.confirm(session, account=account, code=code, secret_key=secret_key, now=now)
    _record_own(session, "account.second_factor_on", account)
    letters.tell_change(session, account=account, what="factor_on", base_url=base_url)
    return codes


def switch_off(session: Session, *, account: Account, base_url: str) -> None:
    """Removes one's own second factor."""
    second_factor.remove(session, account=account)
    _record_own(session, "account.second_factor_off", account)
    letters.tell_change(session, account=account, what="factor_off", base_url=base_url)


def renew_codes(session: Session, *, account: Account, secret_key: str) -> list[str]:
    """Ten new recovery codes. Raises Conflict without a second factor."""
    if not account.has_second_factor:
        raise Conflict(_l("This account has no second factor."))
    codes = second_factor.renew_recovery_codes(session, account=account, secret_key=secret_key)
    _record_own(session, "account.recovery_codes", account)
    return codes


def end_sessions(session: Session, *, account: Account) -> None:
    """Signs the account out in every browser."""
    account.session_version += 1
    session.flush()
    _record_own(session, "account.end_sessions", account)


def _record_own(session: Session, action: str, account: Account) -> None:
    audit.record(session, action=action, account_id=account.id, subject="account", subject_id=account.id)


def _record_sign_in(session: Session, account: Account, factor: str) -> None:
    log.info("account.sign_in", account=account.id, factor=factor)
    audit.record(
        session,
        action="account.sign_in",
        account_id=account.id,
        subject="account",
        subject_id=account.id,
        details={"factor": factor},
    )


def _record_refusal(session: Session, account_id: int | None, **details: str) -> None:
    log.info("account.sign_in_refused", account=account_id, **details)
    audit.record(
        session,
        action="account.sign_in_refused",
        subject="account",
        subject_id=account_id,
        details=details,
    )
