"""GeoJSON of any size in constant memory: PostgreSQL writes the features, we pass them on in blocks.

``COPY … TO STDOUT`` in the csv form leaves JSON text as it is when the delimiter and the quote are control
characters, which JSON never holds unescaped. Every feature begins with a comma; the first one's is dropped.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import ClientCursor, IsolationLevel

BLOCK = 65_536
"""Bytes collected before they are handed on."""

TIME_LIMIT_S = 900
COPY = "COPY ({query}) TO STDOUT WITH ({form})"
JSON_LINES = "FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02'"

Row = bytes | bytearray | memoryview
Rows = Iterable[Row]
Snapshot = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def snapshot(dsn: str) -> Generator[Snapshot]:
    """A connection of its own that only reads, and sees one state of the database until it is closed.

    Times are written in UTC; rows come in the same order each time. Leaving while a query runs cancels it:
    nothing goes on working for a client that has gone.
    """
    connection = psycopg.connect(
        dsn, client_encoding="utf8", application_name="mobility export", cursor_factory=ClientCursor
    )
    try:
        connection.read_only = True
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.execute(f"SET LOCAL statement_timeout = '{TIME_LIMIT_S}s'")
        connection.execute("SET LOCAL TimeZone = 'UTC'")
        connection.execute("SET LOCAL synchronize_seqscans = off")
        yield connection
    finally:
        if connection.info.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
            connection.cancel_safe(timeout=5)
        connection.close()


def copied(
    connection: Snapshot, query: str, values: Mapping[str, Any], *, form: str = JSON_LINES
) -> Generator[Row]:
    """The rows of a query of one text column, each ending in a line feed; or in another form of COPY.

    `query` names its values as ``%(name)s``; they are written into the statement by the driver, as literals,
    because COPY takes no parameters.
    """
    statement = COPY.replace("{form}", form).replace("{query}", query)
    with connection.cursor() as cursor, cursor.copy(statement.encode(), values) as rows:
        yield from rows


class Counter:
    """How many features have been passed on."""

    def __init__(self) -> None:
        self.n = 0


def blocks(head: bytes, rows: Rows, counter: Counter, size: int = BLOCK) -> Generator[bytes]:
    """A whole document in blocks of about `size` bytes: `head`, the features, the closing members.

    `head` ends where the first feature begins. The last member, ``count``, lets a reader prove that the
    file is complete.
    """
    collected = bytearray(head)
    opening = True
    for row in rows:
        collected += row[1:] if opening else row
        opening = False
        counter.n += 1
        if len(collected) >= size:
            yield bytes(collected)
            collected.clear()
    collected += b'],"count":%d}\n' % counter.n
    yield bytes(collected)
