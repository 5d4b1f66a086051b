"""Make, change, switch and remove addresses that are told what happens; send again by hand."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mobility.accounts.audit import record
from mobility.accounts.keys import seal
from mobility.errors import Conflict, Invalid, NotFound
from mobility.outgoing import OutgoingError, OutgoingRefused, check_url, resolve
from mobility.webhooks.models import EVENTS, PING, Webhook, WebhookDelivery, WebhookEvent
from mobility.webhooks.signing import PURPOSE, new_secret

MOST = 50
"""Addresses of one installation."""
_WRONG = {
    "scheme": _l("The address must begin with https://."),
    "address": _l("This address lies inside our own network. Only public addresses can be told."),
    "unresolved": _l("There is no such host. Check the address."),
}


def check_address(url: str, *, hosts: Collection[str]) -> str:
    """The address when it may be told. Raises Invalid("url") and says what is wrong with it."""
    typed = url.strip()
    try:
        resolve(check_url(typed, hosts=hosts))
    except (OutgoingRefused, OutgoingError) as error:
        words = _WRONG.get(error.code, _l("This is not a complete web address. Check each character."))
        raise Invalid("url", words) from None
    return typed


def add_webhook(
    session: Session,
    *,
    name: str,
    url: str,
    events: Collection[str],
    plan_id: int | None,
    account_id: int,
    key: str,
    hosts: Collection[str],
    now: datetime,
) -> tuple[Webhook, str]:
    """The row and its secret, which nobody can read again; `key` seals it. Raises Invalid and Conflict."""
    if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= MOST:
        raise Conflict(_l("There are 50 addresses already. Remove one that is no longer needed."))
    secret = new_secret()
    webhook = Webhook(
        name=_named(name),
        url=check_address(url, hosts=hosts),
        events=_chosen(events),
        plan_id=plan_id,
        account_id=account_id,
        secret=seal(key, PURPOSE, secret),
        created_at=now,
        due_at=now,
    )
    session.add(webhook)
    session.flush()
    _record(session, "add", webhook, account_id)
    return webhook, secret


def change_webhook(
    session: Session,
    *,
    webhook: Webhook,
    name: str,
    url: str,
    events: Collection[str],
    plan_id: int | None,
    account_id: int,
    hosts: Collection[str],
) -> None:
    """Another name, address or choice of events; what waits goes to the new address. Raises Invalid."""
    webhook.name, webhook.events, webhook.plan_id = _named(name), _chosen(events), plan_id
    webhook.url = check_address(url, hosts=hosts)
    session.flush()
    _record(session, "change", webhook, account_id)


def renew_secret(session: Session, *, webhook: Webhook, account_id: int, key: str) -> str:
    """A new secret; the old one signs nothing from now on."""
    secret = new_secret()
    webhook.secret = seal(key, PURPOSE, secret)
    session.flush()
    _record(session, "renew_secret", webhook, account_id)
    return secret


def switch(session: Session, *, webhook: Webhook, on: bool, account_id: int, now: datetime) -> None:
    """Off: nothing is sent or written down for it. On: what waited goes out, the oldest first."""
    if on == (webhook.off_at is None):
        return
    webhook.off_at, webhook.off_reason = (None, None) if on else (now, "person")
    webhook.failures, webhook.failing_since, webhook.due_at = 0, None, now
    session.flush()
    _record(session, "switch_on" if on else "switch_off", webhook, account_id)


def remove_webhook(session: Session, *, webhook: Webhook, account_id: int) -> None:
    """The address with everything that waited for it and its log."""
    _record(session, "remove", webhook, account_id)
    session.delete(webhook)
    session.flush()


def ping(session: Session, *, webhook: Webhook, now: datetime) -> None:
    """An event that says nothing, for trying out. Raises Conflict for an address that is off."""
    _check_on(webhook)
    event = WebhookEvent(key=uuid.uuid4(), kind=PING, plan_id=webhook.plan_id, data={}, created_at=now)
    session.add(event)
    session.flush()
    _wait(session, webhook, event.id, now)


def send_again(session: Session, *, webhook: Webhook, delivery_id: int, now: datetime) -> None:
    """The same event once more, with the same id. Raises NotFound; Conflict for an address that is off."""
    _check_on(webhook)
    delivery = session.get(WebhookDelivery, delivery_id)
    if delivery is None or delivery.webhook_id != webhook.id:
        raise NotFound
    if delivery.state == "waiting":
        webhook.due_at = now
    else:
        _wait(session, webhook, delivery.event_id, now)
    session.flush()


def _wait(session: Session, webhook: Webhook, event_id: int, now: datetime) -> None:
    session.add(WebhookDelivery(webhook_id=webhook.id, event_id=event_id))
    webhook.due_at = now
    session.flush()


def _check_on(webhook: Webhook) -> None:
    if webhook.off_at is not None:
        raise Conflict(_l("This address is switched off. Switch it on first."))


def _named(name: str) -> str:
    words = " ".join("".join(ch if ch.isprintable() else " " for ch in name).split())
    if not words:
        raise Invalid("name", _l("Give it a name, so that colleagues know what it is for."))
    if len(words) > 120:
        raise Invalid("name", _l("This name is too long: at most 120 characters."))
    return words


def _chosen(events: Collection[str]) -> list[str]:
    if not events or not set(events) <= set(EVENTS):
        raise Invalid("events", _l("Choose at least one event."))
    return [event for event in EVENTS if event in events]


def _record(session: Session, act: str, webhook: Webhook, account_id: int) -> None:
    record(session, action=f"webhook.{act}", account_id=account_id, plan_id=webhook.plan_id,
           subject="webhook", subject_id=webhook.id)  # fmt: skip
