"""What the offices' cases need from time to time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.answers import keeping, new_cases, reminding
from mobility.jobs import Site


def tell(session: Session, *, now: datetime, site: Site) -> None:
    """Every minute: the people of the offices hear of new cases."""
    new_cases.tell_new_cases(session, site=site, now=now)


def keep(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Every few minutes: cases follow their comments."""
    keeping.keep_cases(session, now=now)


def remind(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001
    """Every morning: what comes due, and to the planners what is overdue."""
    reminding.remind(session, now=now)
    reminding.escalate(session, now=now)
