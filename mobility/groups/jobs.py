"""What groups do in the background: forget registrations never confirmed and invitations long past."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.groups import delegates, registration


def tidy(session: Session, *, now: datetime, site: Any) -> None:  # noqa: ARG001 (every job is called alike)
    """Safe to repeat: what is forgotten stays forgotten."""
    registration.forget_stale(session, now=now)
    delegates.forget_stale(session, now=now)
