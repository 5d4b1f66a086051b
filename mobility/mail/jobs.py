"""What the background does with messages besides sending them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mobility.mail.sending import tidy_mail


def tidy(session: Session, *, now: datetime, site: Any) -> None:  # noqa: ARG001 (every job is called alike)
    tidy_mail(session, now=now)
