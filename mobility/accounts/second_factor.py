"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for a lost phone.

A code counts for its time step and the one before or after it. The step of an accepted code is remembered,
so that no code works twice. After every five wrong codes in a row codes of the app wait, longer each time and
15 minutes at most; recovery codes never wait, so nobody can be kept out by somebody else's wrong codes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import pyotp
from flask_babel import lazy_gettext as _l
from pyotp.utils import strings_equal
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mobility.accounts.keys import keyed_hash, seal, unseal
from mobility.accounts.models import Account, RecoveryCode
from mobility.errors import Conflict, Invalid
from mobility.text import new_receipt, read_receipt

STEP = 30
"""Seconds for which an app shows one code."""
RECOVERY_CODES = 10
PATIENCE = 5
"""Wrong codes in a row before codes have to wait."""
LONGEST_WAIT = timedelta(minutes=15)
SEALED = "second factor"
HASHED = "recovery code"

Outcome = Literal["app", "recovery", "wrong", "wait"]
"""What a code was: of the app, a recovery code, wrong, or not looked at because of earlier wrong ones."""


def begin(session: Session, *, account: Account, secret_key: str) -> str:
    """The new secret in base32; the same one until it is confirmed. Raises Conflict when one is confirmed."""
    if account.has_second_factor:
        raise Conflict(_l("Your second factor is set up already. Remove it first to set up another one."))
    known = unseal(secret_key, SEALED, account.totp_secret) if account.totp_secret else None
    if known is None:
        known = pyotp.random_base32()
        account.totp_secret = seal(secret_key, SEALED, known)
        session.flush()
    return known


def provisioning_uri(secret: str, *, email: str, issuer: str) -> str:
    """The address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=issuer)


def confirm(session: Session, *, account: Account, code: str, secret_key: str, now: datetime) -> list[str]:
    """Switches the second factor on with a first code; the recovery codes, to be shown once.

    Every other session of the account ends. Raises Invalid for a wrong code, Conflict when it is on already.
    """
    _lock(session, account)
    begin(session, account=account, secret_key=secret_key)
    step = _matching_step(account, code, secret_key, now)
    if step is None:
        raise Invalid(
            "code", _l("This code is not right. Wait for the next one in the app and enter it at once.")
        )
    account.totp_step, account.totp_since = step, now
    account.wrong_codes, account.codes_wait_until = 0, None
    account.session_version += 1
    return renew_recovery_codes(session, account=account, secret_key=secret_key)


def renew_recovery_codes(session: Session, *, account: Account, secret_key: str) -> list[str]:
    """Ten new recovery codes; those before them stop working."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [new_receipt() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(code_hash=_recovery_hash(secret_key, account, code), account_id=account.id)
        for code in codes
    )
    session.flush()
    return codes


def recovery_codes_left(session: Session, *, account: Account) -> int:
    """How many recovery codes have not been used."""
    unused = select(func.count()).where(RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None))
    return int(session.scalar(unused) or 0)


def check(session: Session, *, account: Account, code: str, secret_key: str, now: datetime) -> Outcome:
    """What the code was. Counts wrong ones, so the caller commits whatever the outcome is."""
    _lock(session, account)
    if not account.has_second_factor:
        return "wrong"
    typed = "".join(code.split())
    if not typed.isdigit():
        outcome: Outcome = (
            "recovery" if _use_recovery_code(session, account, code, secret_key, now) else "wrong"
        )
    elif account.codes_wait_until and now < account.codes_wait_until:
        return "wait"
    else:
        step = _matching_step(account, typed, secret_key, now)
        outcome = "wrong" if step is None else "app"
        account.totp_step = account.totp_step if step is None else step
    if outcome == "wrong":
        _count_wrong(account, now)
    else:
        account.wrong_codes, account.codes_wait_until = 0, None
    session.flush()
    return outcome


def waits_long(account: Account) -> bool:
    """True at each fifth wrong code in a row: the moment to write to the person."""
    return account.wrong_codes > 0 and account.wrong_codes % PATIENCE == 0


def remove(session: Session, *, account: Account) -> None:
    """Switches the second factor off and ends every session of the account."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    account.totp_secret = account.totp_since = account.totp_step = None
    account.wrong_codes, account.codes_wait_until = 0, None
    account.session_version += 1
    session.flush()


def _lock(session: Session, account: Account) -> None:
    """Two codes for one account are judged one after the other."""
    session.refresh(account, with_for_update=True)


def _matching_step(account: Account, code: str, secret_key: str, now: datetime) -> int | None:
    """The time step whose code this is, when it is later than the last accepted one."""
    secret = unseal(secret_key, SEALED, account.totp_secret or b"")
    if secret is None:
        return None
    app, here = pyotp.TOTP(secret, interval=STEP), int(now.timestamp()) // STEP
    typed = "".join(code.split())
    for step in (here - 1, here, here + 1):
        fresh = account.totp_step is None or step > account.totp_step
        if strings_equal(app.generate_otp(step), typed) and fresh:
            return step
    return None


def _use_recovery_code(session: Session, account: Account, code: str, secret_key: str, now: datetime) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == _recovery_hash(secret_key, account, read_receipt(code)),
            RecoveryCode.account_id == account.id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.account_id)
    )
    return used.scalar() is not None


def _recovery_hash(secret_key: str, account: Account, code: str) -> bytes:
    return keyed_hash(secret_key, HASHED, f"{account.id}:{code}")


def _count_wrong(account: Account, now: datetime) -> None:
    account.wrong_codes = min(account.wrong_codes + 1, 1000)
    if account.wrong_codes % PATIENCE == 0:
        turns = account.wrong_codes // PATIENCE - 1
        account.codes_wait_until = now + min(timedelta(minutes=2 ** min(turns, 10)), LONGEST_WAIT)
