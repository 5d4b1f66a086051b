"""Passwords: which are good enough, how they are kept (argon2), how they are changed."""

from __future__ import annotations

import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Session

from mobility.accounts.models import NO_PASSWORD, Account, AccountLink
from mobility.errors import Invalid

_hasher = PasswordHasher()
PASSWORD_MIN = 12
PART_MIN = 4
"""Letters a part of a name or address must have to be looked for in a password."""
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
    "zxcvbnmasdfghjklqwertyuiop", "zxcvbnmlkjhgfdsaqwertyuiop", "01234567890123456789",
    "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn",
)  # fmt: skip
"""What fingers type along the keyboard and people count."""
COMMON = frozenset(
    {
        "administrator", "adminadmin", "benvenuto", "cambiami", "changeme", "comunedipalermo", "dragon",
        "football", "forzapalermo", "iloveyou", "juventus", "letmein", "mobilita", "mobility", "monkey",
        "napolicampione", "nonlaso", "palermo", "palermocalcio", "parola", "passw0rd", "password",
        "passwordpassword", "princess", "qwerty", "segreto", "sicilia", "starwars", "sunshine",
        "superman", "trustno", "trustnoone", "welcome", "whatever", "correcthorsebatterystaple",
    }
)  # fmt: skip
"""Words that guessing programs try first; figures and signs round them or repeating them do not help."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(account: Account | None, password: str) -> bool:
    """Whether this is the account's password; takes as long when there is no account or no password."""
    known = account is not None and account.password_hash != NO_PASSWORD
    stored = account.password_hash if account and known else _nobody()
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
    if account and known and _hasher.check_needs_rehash(stored):
        account.password_hash = _hasher.hash(password)
    return known


def check_password(password: str, *, name: str, email: str, field: str = "password") -> None:
    """Raises Invalid when the password is short, among the first to be guessed, or holds name or address."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(field, _l("A password needs at least %(n)d characters.", n=PASSWORD_MIN))
    plain = password.casefold()
    own = re.split(r"[\W_]+", f"{name} {email.partition('@')[0]}".casefold())
    if any(part in plain for part in own if len(part) >= PART_MIN):
        raise Invalid(field, _l("This password holds a part of your name or address. Choose another one."))
    if _is_common(plain):
        raise Invalid(
            field, _l("This password is among the first that others would guess. Take three or four words.")
        )


def set_password(session: Session, *, account: Account, password: str) -> None:
    """Sets a new password, ends every session of the account and every open link for it."""
    check_password(password, name=account.name, email=account.email)
    account.password_hash = hash_password(password)
    account.session_version += 1
    session.execute(delete(AccountLink).where(AccountLink.account_id == account.id))
    session.flush()


def change_password(session: Session, *, account: Account, old: str, new: str) -> None:
    """Sets a new password for somebody who knows the old one. Raises Invalid."""
    if not verify_password(account, old):
        raise Invalid("old", _l("This is not your present password."))
    if old == new:
        raise Invalid("password", _l("This is your present password. Choose another one."))
    set_password(session, account=account, password=new)


def _is_common(plain: str) -> bool:
    """One common word with figures and signs round it, a word or sign repeated, or a run of the keyboard."""
    letters = re.sub(r"[\W\d_]+", "", plain)
    if letters in COMMON or re.sub(r"[\W_]+", "", plain) in COMMON:
        return True
    if len(set(plain)) <= PART_MIN or re.fullmatch(r"(.{1,6}?)\1+", plain):
        return True
    bare = re.sub(r"[\W_]+", "", plain)
    return any(bare[:PASSWORD_MIN] in row * 2 or bare[:PASSWORD_MIN] in row[::-1] * 2 for row in ROWS)


@cache
def _nobody() -> str:
    """A hash to check against when nobody has the address; made on first need: making it takes 64 MB."""
    return _hasher.hash("nobody has this password")
