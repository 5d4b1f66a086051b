"""What moderation does in the background: forget networks after two days, end blocks whose time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.moderation.blocks import end_blocks
from mobility.origins import forget_origins


def tidy(session: Session, *, now: datetime, site: Any) -> None:  # noqa: ARG001 (every job is called alike)
    """Safe to repeat: what is forgotten stays forgotten, and a block ends once."""
    forget_origins(session, now=now)
    end_blocks(session, now=now)
