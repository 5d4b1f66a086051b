"""What the background does for notices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.jobs import Site
from mobility.notices.covering import cover
from mobility.notices.telling import forget, tell_at_once, tell_daily


def tell(session: Session, *, now: datetime, site: Site) -> None:
    """Pairs what happened with those who follow it, and writes to those who want to know at once."""
    cover(session, now=now)
    tell_at_once(session, now=now, site=site)


def digest(session: Session, *, now: datetime, site: Site) -> None:
    tell_daily(session, now=now, site=site)


def tidy(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    forget(session, now=now)
