"""What the worker does for photos."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.jobs import Site
from mobility.media.services import purge


def tidy(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Removes photos that were never sent for a day, and files that could not be removed at once."""
    purge(session, now=now)
