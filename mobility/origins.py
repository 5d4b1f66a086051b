"""Which network a contribution came from, for two days, without keeping any address.

An origin is a keyed hash of the network's prefix (/24 for IPv4, /48 for IPv6). The key is a random salt, made
new every day. Salts and origins older than two days are thrown away: nobody can find the network again.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from datetime import UTC, date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, LargeBinary, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from mobility.db import Base

KEPT_DAYS = 2
LENGTH = 8
"""Bytes of an origin: enough to tell networks of one day apart."""
MAKE = "INSERT INTO origin_salt (day, salt) VALUES (:day, :salt) ON CONFLICT (day) DO NOTHING"
READ = "SELECT salt FROM origin_salt WHERE day = :day"
FORGET = (
    "UPDATE vote SET origin = NULL WHERE origin IS NOT NULL AND changed_at < :before",
    "UPDATE comment SET origin = NULL WHERE origin IS NOT NULL AND created_at < :before",
)


class OriginSalt(Base):
    """The key of one day."""

    __tablename__ = "origin_salt"

    day: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


_today: WeakKeyDictionary[Engine, tuple[date, bytes]] = WeakKeyDictionary()
"""The salt of the day as this process knows it; the one before is forgotten with it."""


def origin_of(engine: Engine, address: str | None, *, now: datetime) -> bytes | None:
    """The origin of a network address today; None when there is no address to speak of."""
    prefix = network_of(address)
    if prefix is None:
        return None
    return hmac.digest(_salt(engine, now.astimezone(UTC).date()), prefix.encode(), hashlib.sha256)[:LENGTH]


def network_of(address: str | None) -> str | None:
    """The prefix an address belongs to: /24 for IPv4, /48 for IPv6."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if ip.version == 4:
        return "{}.{}.{}.0/24".format(*ip.packed)
    return str(ipaddress.IPv6Network((int(ip), 48), strict=False))


def _salt(engine: Engine, day: date) -> bytes:
    """The salt of the day: asked of the database once a day and process, made by whoever comes first."""
    known = _today.get(engine)
    if known and known[0] == day:
        return known[1]
    with engine.begin() as connection:
        connection.execute(text(MAKE), {"day": day, "salt": secrets.token_bytes(32)})
        salt = bytes(connection.execute(text(READ), {"day": day}).scalar_one())
    _today[engine] = (day, salt)
    return salt


def forget_origins(session: Session, *, now: datetime) -> int:
    """Throw away salts and origins older than two days; how many origins there were."""
    before = now - timedelta(days=KEPT_DAYS)
    session.execute(text("DELETE FROM origin_salt WHERE day < :day"), {"day": before.astimezone(UTC).date()})
    gone = [session.execute(text(statement), {"before": before}) for statement in FORGET]
    return sum(getattr(result, "rowcount", 0) for result in gone)
