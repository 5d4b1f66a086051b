"""What identity does in the background: forget events, links and tokens whose time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.identity.events import tidy as forget


def tidy(session: Session, *, now: datetime, site: Any) -> None:  # noqa: ARG001 (every job is called alike)
    """Safe to repeat: what is forgotten stays forgotten."""
    forget(session, now=now)
