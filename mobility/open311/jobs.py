"""What the background does for Open311."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mobility.jobs import Site
from mobility.open311.forwarding import enlist, work_off


def forward(session: Session, *, now: datetime, site: Site) -> None:
    """Hands comments on and asks where they stand."""
    enlist(session, now=now)
    work_off(session, now=now, secret=site.secret, hosts=site.outgoing_hosts)
