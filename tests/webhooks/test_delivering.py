"""Every event arrives at least once, in order, signed; a receiver that fails is left alone for a while."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mobility.errors import Conflict, Invalid
from mobility.jobs import Site
from mobility.mail.models import MailMessage
from mobility.plans.models import Plan
from mobility.webhooks import services
from mobility.webhooks.delivering import GIVE_UP, PAUSES, send_due
from mobility.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from tests.webhooks.conftest import BEGIN, SECRET, SITE, Clock, administrator, say, watch
from tests.webhooks.receiver import Receiver, signed_by


def attempts(session: Session) -> list[tuple[int | None, str | None]]:
    rows = session.scalars(select(WebhookAttempt).order_by(WebhookAttempt.id))
    return [(row.status, row.fault) for row in rows]


def waiting(session: Session) -> int:
    return session.query(WebhookDelivery).filter_by(state="waiting").count()


def test_messages_arrive_in_order_and_are_signed(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    _webhook, secret = watch(session, receiver.url)
    comments = [say(session, plan).id for _each in range(5)]
    assert send_due(SITE, clock=clock) == 5
    assert [each["said"]["data"]["comment"] for each in receiver.got] == comments
    assert all(signed_by(secret, each) for each in receiver.got)
    assert len(set(receiver.ids)) == 5
    assert receiver.got[0]["headers"]["webhook-timestamp"] == str(int(BEGIN.timestamp()))
    assert receiver.got[0]["headers"]["content-type"] == "application/json"
    assert send_due(SITE, clock=clock) == 0


def test_a_message_that_was_changed_or_signed_by_another_is_noticed(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    webhook, secret = watch(session, receiver.url)
    say(session, plan)
    send_due(SITE, clock=clock)
    (message,) = receiver.got
    other = services.renew_secret(session, webhook=webhook, account_id=webhook.account_id or 0, key=SECRET)
    assert signed_by(secret, message)
    assert not signed_by(other, message)
    assert not signed_by(secret, message | {"body": message["body"] + b" "})


def test_after_a_failure_everything_waits_and_the_order_stays(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    webhook, _secret = watch(session, receiver.url)
    receiver.answers = [500, 302]
    first, second = say(session, plan).id, say(session, plan).id
    send_due(SITE, clock=clock)
    assert webhook.due_at == BEGIN + PAUSES[0]
    assert send_due(SITE, clock=clock) == 0
    clock.forward(seconds=PAUSES[0].total_seconds())
    send_due(SITE, clock=clock)
    assert webhook.failures == 2
    clock.forward(seconds=PAUSES[1].total_seconds())
    send_due(SITE, clock=clock)
    assert [each["said"]["data"]["comment"] for each in receiver.got] == [first, first, first, second]
    assert len(set(receiver.ids)) == 2
    assert attempts(session) == [(500, None), (302, None), (200, None), (200, None)]
    assert (webhook.failures, webhook.failing_since, waiting(session)) == (0, None, 0)


def test_after_two_days_without_success_it_is_switched_off_and_administrators_are_told(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    webhook, _secret = watch(session, receiver.url)
    receiver.answers = [503] * 100
    say(session, plan)
    while webhook.off_at is None:
        send_due(SITE, clock=clock)
        if webhook.off_at is None:
            clock.now = webhook.due_at
    assert GIVE_UP <= clock.now - BEGIN < GIVE_UP + PAUSES[-1]
    assert len(receiver.got) < 25
    (letter,) = session.scalars(select(MailMessage))
    assert letter.recipient == "admin@city.example"
    assert f"https://consult.city.example/staff/integrations/{webhook.id}" in letter.body
    say(session, plan)
    assert (webhook.off_reason, waiting(session)) == ("failing", 1)
    receiver.answers = []
    services.switch(session, webhook=webhook, on=True, account_id=webhook.account_id or 0, now=clock.now)
    send_due(SITE, clock=clock)
    assert (waiting(session), webhook.off_at) == (0, None)


def test_a_receiver_that_is_gone_for_good_is_asked_once(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    webhook, _secret = watch(session, receiver.url)
    receiver.answers = [410]
    say(session, plan)
    send_due(SITE, clock=clock)
    assert (webhook.off_reason, len(receiver.got)) == ("gone", 1)


def test_one_receiver_that_fails_does_not_hold_up_another(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    account = administrator(session)
    watch(session, "http://127.0.0.1:9/closed", account=account)
    watch(session, receiver.url, account=account)
    say(session, plan)
    send_due(SITE, clock=clock)
    assert (len(receiver.got), waiting(session)) == (1, 1)
    assert (None, "connection") in attempts(session)


def test_an_address_that_moved_inside_the_network_is_not_asked(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    watch(session, receiver.url.replace("http://", "https://"))
    say(session, plan)
    send_due(Site(SITE.base_url, SECRET), clock=clock)
    assert receiver.got == []
    assert attempts(session) == [(None, "address")]


@pytest.mark.parametrize(
    "url",
    [
        "http://city.example/hook",
        "https://localhost/",
        "https://10.0.0.1/",
        "https://nobody.invalid/",
        "hook",
    ],
)
def test_only_public_addresses_can_be_added(session: Session, url: str) -> None:
    account = administrator(session)
    with pytest.raises(Invalid) as refusal:
        services.add_webhook(
            session, name="x", url=url, events=["comment.published"], plan_id=None, account_id=account.id,
            key=SECRET, hosts=(), now=BEGIN,
        )  # fmt: skip
    assert refusal.value.field == "url"


def test_the_secret_is_kept_sealed(session: Session, receiver: Receiver) -> None:
    webhook, secret = watch(session, receiver.url)
    assert secret.encode() not in bytes(webhook.secret)
    assert secret.removeprefix("whsec_").encode() not in bytes(webhook.secret)


def test_what_was_sent_can_be_sent_again_with_its_id(
    session: Session, plan: Plan, receiver: Receiver, clock: Clock
) -> None:
    webhook, _secret = watch(session, receiver.url)
    say(session, plan)
    services.ping(session, webhook=webhook, now=clock.now)
    send_due(SITE, clock=clock)
    first = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).first()
    assert first
    services.send_again(session, webhook=webhook, delivery_id=first.id, now=clock.now)
    send_due(SITE, clock=clock)
    assert receiver.kinds == ["comment.published", "ping", "comment.published"]
    assert receiver.ids[0] == receiver.ids[2]
    assert receiver.got[0]["body"] == receiver.got[2]["body"]


def test_nothing_is_sent_by_hand_to_an_address_that_is_off(session: Session, receiver: Receiver) -> None:
    webhook, _secret = watch(session, receiver.url)
    services.switch(session, webhook=webhook, on=False, account_id=webhook.account_id or 0, now=BEGIN)
    with pytest.raises(Conflict):
        services.ping(session, webhook=webhook, now=BEGIN)
    assert session.query(Webhook).one().off_reason == "person"
