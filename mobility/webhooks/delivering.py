"""Sends what waits: every event at least once, in order for each address, by one sender at a time.

The sender holds a lock on the address while it sends, and writes down what came of it in the same
transaction. When a sender dies, the lock ends with its connection and the event goes out again with the same
id. After a failure the address rests, so that no later event overtakes; after two days it is switched off.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from mobility.accounts.keys import unseal
from mobility.db import unit_of_work
from mobility.jobs import Site
from mobility.outgoing import OutgoingError, send
from mobility.webhooks import letters
from mobility.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent
from mobility.webhooks.signing import PURPOSE, headers

PAUSES = tuple(timedelta(seconds=n) for n in (10, 60, 300, 900, 1800, 3600, 7200, 14400, 21600, 28800))
"""Rests after the first failure in a row, the second and so on; the last one again and again."""
GIVE_UP = timedelta(days=2)
AT_ONCE = 50
"""Events sent to one address before the next has its turn."""
GONE = 410
LOCKS = 7462
"""Names the locks of this module among all advisory locks."""

log = structlog.get_logger("mobility.webhooks")
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Came:
    """What came of one try."""

    status: int | None
    fault: str | None
    milliseconds: int

    @property
    def well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_due(site: Site, *, clock: Clock) -> int:
    """How many tries were made for all addresses that are due."""
    with unit_of_work() as session:
        due = due_webhooks(session, now=clock())
    return sum(send_to(number, site, clock=clock) for number in due)


def due_webhooks(session: Session, *, now: datetime) -> list[int]:
    """Addresses to which something waits that may be sent now, those that waited longest first."""
    waits = exists().where(WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.state == "waiting")
    query = select(Webhook.id).where(Webhook.off_at.is_(None), Webhook.due_at <= now, waits)
    return list(session.scalars(query.order_by(Webhook.due_at, Webhook.id).limit(200)))


def send_to(number: int, site: Site, *, clock: Clock) -> int:
    """Tries for one address until nothing waits, one fails, or the others have their turn."""
    for tried in range(AT_ONCE):
        with unit_of_work() as session:
            came = send_next(session, number, site, now=clock())
        if came is None or not came.well:
            return tried + (came is not None)
    return AT_ONCE


def send_next(session: Session, number: int, site: Site, *, now: datetime) -> Came | None:
    """The oldest waiting event is sent; None when there is none, or somebody else is sending."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(LOCKS, number))):
        return None
    query = (
        select(Webhook, WebhookDelivery, WebhookEvent)
        .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(
            Webhook.id == number,
            Webhook.off_at.is_(None),
            Webhook.due_at <= now,
            WebhookDelivery.state == "waiting",
        )
        .order_by(WebhookDelivery.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    webhook, delivery, event = row
    came = try_once(webhook, event, site, now=now)
    note(session, webhook, delivery, came, site, now=now)
    return came


def try_once(webhook: Webhook, event: WebhookEvent, site: Site, *, now: datetime) -> Came:
    """One signed request, and what came of it."""
    secret = unseal(site.secret, PURPOSE, webhook.secret)
    if secret is None:
        return Came(None, "secret", 0)
    body = body_of(event, site.base_url)
    signed = headers(secret, key=str(event.key), body=body, now=now)
    try:
        answer = send("POST", webhook.url, body=body, headers=signed, hosts=site.outgoing_hosts)
    except OutgoingError as error:
        return Came(None, error.code, 0)
    return Came(answer.status, None, answer.milliseconds)


def body_of(event: WebhookEvent, base_url: str) -> bytes:
    """The event as it is sent: always the same bytes."""
    data: dict[str, Any] = {name: value for name, value in event.data.items() if name != "path"}
    if path := event.data.get("path"):
        data |= {"url": base_url + path, "api_url": f"{base_url}/api/v1{path}"}
    said = {"type": event.kind, "timestamp": event.created_at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def note(
    session: Session, webhook: Webhook, delivery: WebhookDelivery, came: Came, site: Site, *, now: datetime
) -> None:
    """Writes the try into the log, and what follows from it."""
    delivery.attempts += 1
    session.add(
        WebhookAttempt(
            delivery_id=delivery.id,
            at=now,
            status=came.status,
            fault=came.fault,
            milliseconds=came.milliseconds,
        )
    )
    log.info("webhook tried", webhook=webhook.id, status=came.status, fault=came.fault or "")
    if came.well:
        delivery.state, delivery.ended_at = "delivered", now
        webhook.failures, webhook.failing_since = 0, None
        session.flush()
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.due_at = now + PAUSES[min(webhook.failures, len(PAUSES)) - 1]
    if came.status == GONE or now - webhook.failing_since >= GIVE_UP:
        webhook.off_at, webhook.off_reason = now, "gone" if came.status == GONE else "failing"
        letters.tell_off(session, webhook=webhook, base_url=site.base_url)
    session.flush()
