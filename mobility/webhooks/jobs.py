"""What is done for webhooks at certain hours."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from mobility.consultation.models import Phase
from mobility.jobs import Site
from mobility.webhooks import writing
from mobility.webhooks.models import Webhook, WebhookDelivery, WebhookEvent

LOOK_BACK = timedelta(days=1)
"""An opening is told although the worker stood still, for so long."""
KEEP = timedelta(days=30)


def phases(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001 (every job is called alike)
    """Writes down which phases have opened and closed; each is told once."""
    if not session.scalar(select(exists().where(Webhook.off_at.is_(None)))):
        return
    for kind, column in (("phase.closed", Phase.closes_at), ("phase.opened", Phase.opens_at)):
        recent = select(Phase.id, column).where(column > now - LOOK_BACK, column <= now)
        for number, at in session.execute(recent.order_by(column).limit(200)):
            writing.phase_happened(session, kind=kind, phase_id=number, at=at)


def tidy(session: Session, *, now: datetime, site: Site) -> None:  # noqa: ARG001
    """Removes what happened more than 30 days ago, with its log."""
    session.execute(delete(WebhookEvent).where(WebhookEvent.created_at < now - KEEP))
    idle = ~exists().where(WebhookDelivery.event_id == WebhookEvent.id)
    session.execute(delete(WebhookEvent).where(idle, WebhookEvent.created_at < now - LOOK_BACK * 2))
