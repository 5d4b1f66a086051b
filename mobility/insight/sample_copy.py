"""Rows by COPY: fresh identifiers, batches, instants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

BATCH = 50_000
NULL = "\\N"


class Copier:
    """Sends rows to the session's own connection, inside its transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        session.execute(text("SET LOCAL synchronous_commit = off"))
        driver: Any = session.connection().connection.driver_connection
        self.cursor = driver.cursor()

    def rows(self, statement: str, lines: Iterable[str]) -> None:
        with self.cursor.copy(statement) as copy:
            copy.write("".join(lines))

    def ids(self, table: str, number: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Fresh identifiers that nobody else will get."""
        taken = self.cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", (table, number)
        )
        return np.fromiter((row[0] for row in taken), dtype=np.int64, count=number)


def batches(total: int) -> Iterator[slice]:
    for start in range(0, total, BATCH):
        yield slice(start, min(start + BATCH, total))


def stamps(rng: np.random.Generator, window: tuple[float, float], number: int) -> list[str]:
    """Instants in the window (seconds since 1970), as PostgreSQL reads them; more of them towards its end."""
    opens, closes = window
    seconds = opens + (closes - opens) * np.sqrt(rng.random(number))
    return [f"{stamp}+00" for stamp in np.datetime_as_string(seconds.astype("datetime64[s]"))]
