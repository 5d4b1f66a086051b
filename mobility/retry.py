"""A unit of work that is begun again when the database chose it to end a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mobility.db import unit_of_work

T = TypeVar("T")
AGAIN = {"40P01", "40001"}
"""deadlock_detected, serialization_failure."""
ATTEMPTS = 4


def in_transaction(work: Callable[[Session], T]) -> T:
    """What `work` returns, committed; done again when the database asks for it, at most four times."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with unit_of_work() as session:
                return work(session)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in AGAIN or attempt == ATTEMPTS:
                raise
    raise AssertionError
