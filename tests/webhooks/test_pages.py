"""Administrators add, watch and mend webhooks without JavaScript; the secret is shown once."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.accounts.models import AuditEntry
from mobility.plans.models import Plan
from mobility.webhooks.delivering import send_due
from mobility.webhooks.models import Webhook, WebhookDelivery
from tests.accounts.conftest import Person, acts, letters, make
from tests.staff.conftest import boss
from tests.webhooks.conftest import SITE, Clock, say
from tests.webhooks.receiver import Receiver, signed_by

HOME = "/staff/integrations"
NEW = f"{HOME}/new"
__all__ = ["acts", "boss", "letters", "make"]


@pytest.fixture(autouse=True)
def loopback(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "OUTGOING_HOSTS", frozenset({"127.0.0.1"}))  # type: ignore[attr-defined]


def add(boss: Person, url: str, **more: str) -> str:
    """Adds one by the form; the page with its secret."""
    fields = {"name": "Case system", "url": url, "events": "comment.published", **more}
    return boss.send(NEW, NEW, **fields).text


def test_the_secret_is_shown_once_and_signs(
    boss: Person, session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    page = add(boss, receiver.url)
    found = re.search(r'value="(whsec_[^"]+)"', page)
    assert found
    webhook = session.scalars(select(Webhook)).one()
    shown = boss.browser.get(f"{HOME}/{webhook.id}").text
    assert "whsec_" not in shown
    assert "whsec_" not in boss.browser.get(HOME).text
    say(session, plan, now=webhook.created_at)
    clock.now = webhook.created_at
    site = SITE.__class__(SITE.base_url, "test-secret-test-secret-test-secret", SITE.outgoing_hosts)
    send_due(site, clock=clock)
    assert signed_by(found.group(1), receiver.got[0])
    log = boss.browser.get(f"{HOME}/{webhook.id}").text
    assert receiver.ids[0] in log
    assert "A comment became public" in log
    assert "200" in log


def test_an_address_inside_the_network_is_refused_with_words(boss: Person, session: Session) -> None:
    page = add(boss, "https://10.0.0.1/hook")
    assert "This address lies inside our own network." in page
    assert "https://10.0.0.1/hook" in page
    assert session.query(Webhook).count() == 0


def test_it_is_pinged_switched_changed_and_removed(
    boss: Person, session: Session, receiver: Receiver
) -> None:
    add(boss, receiver.url)
    webhook = session.scalars(select(Webhook)).one()
    here = f"{HOME}/{webhook.id}"
    boss.send(here, f"{here}/ping")
    delivery = session.scalars(select(WebhookDelivery)).one()
    boss.send(here, f"{here}/deliveries/{delivery.id}")
    boss.send(here, f"{here}/switch")
    session.expire_all()
    assert webhook.off_reason == "person"
    assert "Switched off by an administrator" in boss.browser.get(here).text
    boss.send(here, f"{here}/switch")
    boss.send(here, here, name="Other name", events="comment.hidden")
    session.expire_all()
    assert (webhook.off_at, webhook.name) == (None, "Other name")
    renewed = boss.send(here, f"{here}/secret")
    assert "whsec_" in renewed.text
    boss.send(here, f"{here}/remove")
    assert session.query(Webhook).count() == 0
    acts = [row.action for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert [act for act in acts if act.startswith("webhook.")] == [
        "webhook.add", "webhook.switch_off", "webhook.switch_on", "webhook.change", "webhook.renew_secret",
        "webhook.remove",
    ]  # fmt: skip
