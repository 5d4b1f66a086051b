"""Rate-limit counters in PostgreSQL, shared by all processes, under hashed keys.

Flask-Limiter needs storage that the worker processes share. The counters live in an unlogged table: they are
worthless after a crash, and they are never part of a person's data.

A process tells the database of its hits in batches, at most BATCH hits or FRESH seconds late. So another
process may let BATCH - 1 hits more through than a limit says, and a busy key costs few statements.
"""

from __future__ import annotations

import hashlib
import threading
import time
from typing import Any

import psycopg
from limits.storage import Storage
from psycopg_pool import ConnectionPool
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from mobility.db import Base, Instant

HIT = """
INSERT INTO rate_limit AS r (key, n, expires_at)
VALUES (%(key)s, %(n)s, now() + %(ttl)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
  n = CASE WHEN r.expires_at <= now() THEN excluded.n ELSE r.n + excluded.n END,
  expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
RETURNING n
"""
COUNT = "SELECT n FROM rate_limit WHERE key = %(key)s AND expires_at > now()"
EXPIRY = "SELECT extract(epoch FROM expires_at) FROM rate_limit WHERE key = %(key)s AND expires_at > now()"
SWEEP_EVERY = 600.0
"""Seconds between two removals of counters that have ended."""
BATCH = 5
FRESH = 1.0
WAIT = 3.0
"""Seconds to wait for a connection; without the database nothing else is answered either."""
KEPT = 10_000
"""Keys a process remembers between two batches."""
SWEEP = "DELETE FROM rate_limit WHERE expires_at < now() - interval '1 hour'"


class RateLimit(Base):
    """One counter; the key is a hash, so that no address and no token is stored."""

    __tablename__ = "rate_limit"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 (SQLAlchemy reads it as a class attribute)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    n: Mapped[int]
    expires_at: Mapped[Instant]


class _Known:
    """What a process knows of one counter: the total it last heard, its own hits since, and until when."""

    __slots__ = ("heard", "own", "until")

    def __init__(self, heard: int, until: float) -> None:
        self.heard, self.own, self.until = heard, 0, until


def _hashed(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


class PostgresStorage(Storage):
    """Fixed-window counters for the `limits` library; URI ``mobility+postgresql://`` with option `dsn`."""

    STORAGE_SCHEME = ["mobility+postgresql"]  # noqa: RUF012 (the library's own interface)

    def __init__(
        self, uri: str | None = None, *, dsn: str, wrap_exceptions: bool = False, **options: Any
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._swept = 0.0
        self._known: dict[bytes, _Known] = {}
        self._lock = threading.Lock()
        self._pool = ConnectionPool(
            dsn,
            min_size=0,
            max_size=4,
            open=False,
            kwargs={"autocommit": True, "options": "-c synchronous_commit=off"},
        )

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def _one(self, query: str, **values: Any) -> Any:
        """One value; asked once more over another connection when the first was lost with a former server."""
        self._pool.open()
        try:
            return self._ask(query, values)
        except psycopg.OperationalError:
            self._pool.check()
            return self._ask(query, values)

    def _ask(self, query: str, values: dict[str, Any]) -> Any:
        with self._pool.connection(timeout=WAIT) as connection:
            row = connection.execute(query, values).fetchone()
        return row[0] if row else None

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        name, now = _hashed(key), time.monotonic()
        with self._lock:
            known = self._known.get(name)
            if known and now < known.until and known.own + amount < BATCH:
                known.own += amount
                return known.heard + known.own
            owed = known.own if known else 0
            if len(self._known) > KEPT:
                self._known.clear()
            self._known.pop(name, None)
        total = int(self._one(HIT, key=name, n=amount + owed, ttl=expiry))
        with self._lock:
            self._known[name] = _Known(total, now + FRESH)
        self._sweep()
        return total

    def _sweep(self) -> None:
        if time.monotonic() - self._swept > SWEEP_EVERY:
            self._swept = time.monotonic()
            with self._pool.connection() as connection:
                connection.execute(SWEEP)

    def get(self, key: str) -> int:
        return int(self._one(COUNT, key=_hashed(key)) or 0)

    def get_expiry(self, key: str) -> float:
        return float(self._one(EXPIRY, key=_hashed(key)) or 0)

    def check(self) -> bool:
        return bool(self._one("SELECT 1"))

    def reset(self) -> int | None:
        self._pool.open()
        self._known.clear()
        with self._pool.connection() as connection:
            return connection.execute("DELETE FROM rate_limit").rowcount

    def clear(self, key: str) -> None:
        self._pool.open()
        self._known.pop(_hashed(key), None)
        with self._pool.connection() as connection:
            connection.execute("DELETE FROM rate_limit WHERE key = %s", [_hashed(key)])
