"""Signed addresses at which an office answers a case by mail. Pure.

``answers+<case>-<account>-<day>-<signature>@city.example``: numbers in base 36, the day until which it works
counted from 1970, and 26 letters of an HMAC. Mail servers may change capitals, so there are none.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VALID_DAYS = 60
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FORM = re.compile(r"\+([0-9a-z]{1,13})-([0-9a-z]{1,13})-([0-9a-z]{1,5})-([a-z2-7]{26})@")
PURPOSE = b"mobility answer by mail\0"


@dataclass(frozen=True)
class Ticket:
    """Which case may be answered at an address, and by whose hand."""

    comment_id: int
    account_id: int


def reply_address(base: str, ticket: Ticket, *, secret: str, now: datetime) -> str:
    """The address for this case and person; it works for 60 days. `base` is ``answers@city.example``."""
    local, _at, domain = base.rpartition("@")
    last = (now.astimezone(UTC) + timedelta(days=VALID_DAYS) - _EPOCH).days
    parts = [_base36(ticket.comment_id), _base36(ticket.account_id), _base36(last)]
    return f"{local}+{'-'.join(parts)}-{_sign(parts, secret)}@{domain}"


def read_address(typed: str, *, secret: str, now: datetime) -> Ticket | None:
    """Whom an address is for; None for one that we did not sign, or that has expired."""
    found = FORM.search(typed.lower())
    if found is None:
        return None
    *parts, signature = found.groups()
    if not hmac.compare_digest(signature, _sign(parts, secret)):
        return None
    comment_id, account_id, last = (int(part, 36) for part in parts)
    if (now.astimezone(UTC) - _EPOCH).days > last:
        return None
    return Ticket(comment_id, account_id)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _sign(parts: list[str], secret: str) -> str:
    digest = hmac.digest(secret.encode(), PURPOSE + "-".join(parts).encode(), "sha256")
    return base64.b32encode(digest[:16]).decode("ascii").rstrip("=").lower()


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits
