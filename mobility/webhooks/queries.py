"""Reading addresses and their log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.errors import NotFound
from mobility.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent

PAGE = 25
SHOWN_ATTEMPTS = 20


def all_webhooks(session: Session) -> list[tuple[Webhook, int]]:
    """Every address with the number of events that wait for it, the newest first."""
    waiting = (
        select(func.count())
        .where(WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.state == "waiting")
        .scalar_subquery()
    )
    query = select(Webhook, waiting).order_by(Webhook.id.desc()).limit(200)
    return [(row[0], row[1]) for row in session.execute(query)]


def find_webhook(session: Session, *, webhook_id: int) -> Webhook:
    """Raises NotFound."""
    found = session.get(Webhook, webhook_id) if webhook_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def deliveries(
    session: Session, *, webhook_id: int, before: int | None = None
) -> tuple[list[Any], int | None]:
    """(delivery, event) of one page, the newest first, and the key of the next page."""
    query = (
        select(WebhookDelivery, WebhookEvent)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.webhook_id == webhook_id)
    )
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    rows = list(session.execute(query.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None


def attempts_of(session: Session, *, delivery_ids: Iterable[int]) -> dict[int, list[WebhookAttempt]]:
    """Delivery → its latest attempts, the newest first; one query."""
    ids = list(delivery_ids)
    if not ids:
        return {}
    place = func.row_number().over(partition_by=WebhookAttempt.delivery_id, order_by=WebhookAttempt.id.desc())
    numbered = (
        select(WebhookAttempt.id, place.label("place")).where(WebhookAttempt.delivery_id.in_(ids)).subquery()
    )
    query = (
        select(WebhookAttempt)
        .join(numbered, numbered.c.id == WebhookAttempt.id)
        .where(numbered.c.place <= SHOWN_ATTEMPTS)
        .order_by(WebhookAttempt.id.desc())
    )
    found: dict[int, list[WebhookAttempt]] = {}
    for each in session.scalars(query):
        found.setdefault(each.delivery_id, []).append(each)
    return found
