"""Two installations and an independent client, over a real connection."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from georeport import GeoReport
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mobility.accounts.api_tokens import issue_api_token
from mobility.consultation.models import Comment, Phase
from mobility.db import unit_of_work
from mobility.extensions import db
from mobility.open311.forwarding import enlist, seal_key, try_again, work_off
from mobility.open311.models import Endpoint, EndpointRule, Forward, ForwardLog
from mobility.plans.models import Plan
from tests.consultation.browser import Browser
from tests.insight.conftest import make_account
from tests.open311.live import other_town

SECRET = "test-secret-test-secret-test-secret"
Town = tuple[Flask, str]


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with other_town(f"mobility_other_{os.getpid()}", tmp_path_factory.mktemp("other")) as town:
        yield town


@pytest.fixture
def other_key(other: Town) -> str:
    """A key there."""
    with other[0].app_context(), unit_of_work() as there:
        account = make_account(there, "planner")
        _token, secret = issue_api_token(
            there, account=account, name="Us", scopes=["report"], plan_id=None, expires_at=None
        )
    return secret


@pytest.fixture
def report(other: Town, other_key: str) -> Callable[..., int]:
    """Somebody reports something there."""

    def send(words: str) -> int:
        fields = {
            "api_key": other_key, "service_code": "palermo-centro.walking", "lat": "38.1157",
            "long": "13.3615", "description": words, "attribute[stance]": "for",
        }  # fmt: skip
        got = other[0].test_client().post("/open311/v2/requests.json", data=fields)
        return int((got.json or [])[0]["service_request_id"])

    return send


@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_independent_client_reads_it(other: Town, report: Callable[..., int], form: str) -> None:
    number = report(f"Read me as {form}.")
    client = GeoReport(other[1], output_format=form)
    services = {each["service_code"]: each for each in client.get_service_list()}
    assert len(services) > 5
    definition = client.get_service_definition("palermo-centro.walking")
    assert definition["service_code"] == "palermo-centro.walking"
    found = client.get_service_requests(service_code="palermo-centro.walking", status="open")
    listed = found if isinstance(found, list) else [found]
    assert str(number) in {each["service_request_id"] for each in listed}
    one = client.get_service_request(str(number))
    assert one["description"] == f"Read me as {form}."
    assert one["status"] == "open"


@pytest.fixture
def endpoint(session: Session, plan: Plan, other: Town, other_key: str) -> Endpoint:
    """The other installation as the system to which comments on walking go."""
    made = Endpoint(
        plan_id=plan.id,
        name="The city's own system",
        url=other[1],
        jurisdiction="palermo",
        key_sealed=seal_key(SECRET, other_key),
        since=datetime.now(UTC) - timedelta(hours=1),
    )
    session.add(made)
    session.flush()
    session.add(EndpointRule(endpoint_id=made.id, service_code="palermo-centro.cycling"))
    session.execute(
        text(
            "INSERT INTO open311_rule (endpoint_id, topic_id, service_code) "
            "SELECT :endpoint, id, 'palermo-centro.safety' FROM topic WHERE slug = 'walking'"
        ),
        {"endpoint": made.id},
    )
    session.commit()
    return made


@pytest.fixture
def run(app: Flask, session: Session, other: Town) -> Callable[..., None]:
    """The job, once, at a moment."""
    hosts = {urlsplit(other[1]).netloc}

    def work(at: datetime, hosts: Any = hosts) -> None:
        with app.test_request_context(base_url="http://city.example"):
            enlist(session, now=at)
            work_off(session, now=at, secret=SECRET, hosts=hosts)
        session.commit()

    return work


def there(other: Town, number: str) -> Comment:
    with other[0].app_context(), unit_of_work() as session:
        found = session.get_one(Comment, int(number))
        session.expunge(found)
    return found


def test_a_comment_goes_there_and_its_status_comes_back(
    session: Session, plan: Plan, other: Town, endpoint: Endpoint, run: Callable[..., None],
    say: Callable[..., Comment], visit: Callable[..., Browser],
) -> None:  # fmt: skip
    now = datetime.now(UTC)
    comment = say(text="Cars stand on the crossing.", topic="walking", stance="against")
    say(topic="cycling", channel="api")
    run(now)
    run(now)
    (forward,) = session.scalars(select(Forward)).all()
    assert (forward.comment_id, forward.state, forward.service_code) == (
        comment.id,
        "sent",
        "palermo-centro.safety",
    )
    arrived = there(other, forward.remote_id or "")
    assert arrived.text.startswith("Cars stand on the crossing.\n\nhttp://city.example/plans/")
    assert arrived.stance == "against"
    page = visit(None).get(f"/plans/{plan.slug}/comments/{comment.id}").text
    assert "Handed on to: The city&#39;s own system" in page
    run(now + timedelta(hours=7))
    assert (forward.state, forward.remote_status) == ("sent", "open")
    with other[0].app_context(), unit_of_work() as far:
        hidden = {"status": "hidden", "hidden_reason": "off_topic"}
        far.execute(update(Comment).where(Comment.id == arrived.id).values(**hidden))
    run(now + timedelta(hours=14))
    assert (forward.state, forward.remote_status) == ("closed", "closed")
    assert "There it is: closed" in visit(None).get(f"/plans/{plan.slug}/comments/{comment.id}").text
    acts = session.execute(select(ForwardLog.act, ForwardLog.outcome).order_by(ForwardLog.id)).all()
    assert acts == [("send", "ok"), ("status", "ok"), ("status", "ok")]


def test_a_token_leads_to_the_number_later(
    session: Session, other: Town, endpoint: Endpoint, run: Callable[..., None], say: Callable[..., Comment]
) -> None:
    now = datetime.now(UTC)
    with other[0].app_context(), unit_of_work() as far:
        far.execute(update(Phase).values(moderation="pre"))
    try:
        say(text="Read me first.")
        run(now)
        (forward,) = session.scalars(select(Forward)).all()
        assert (forward.state, forward.remote_id) == ("token", None)
        run(now + timedelta(hours=2))
        assert forward.state == "token"
        with other[0].app_context(), unit_of_work() as far:
            far.execute(update(Comment).where(Comment.status == "pending").values(status="published"))
        run(now + timedelta(hours=4))
        assert forward.state == "sent"
        assert there(other, forward.remote_id or "").text.startswith("Read me first.")
    finally:
        with other[0].app_context(), unit_of_work() as far:
            far.execute(update(Phase).values(moderation="post"))


def test_what_is_refused_for_good_is_not_sent_again_until_somebody_says_so(
    session: Session, endpoint: Endpoint, run: Callable[..., None], say: Callable[..., Comment]
) -> None:
    now = datetime.now(UTC)
    good, endpoint.key_sealed = endpoint.key_sealed, seal_key(SECRET, "mob_wrong")
    session.commit()
    say()
    run(now)
    run(now + timedelta(days=3))
    (forward,) = session.scalars(select(Forward)).all()
    assert forward.state == "failed"
    logged = session.execute(select(ForwardLog.outcome, ForwardLog.http_status)).all()
    assert logged == [("refused", 403)]
    endpoint.key_sealed = good
    assert try_again(session, endpoint=endpoint, now=now) == 1
    run(now)
    assert forward.state == "sent"


def test_a_system_that_is_away_is_tried_again_each_time_later(
    session: Session, endpoint: Endpoint, run: Callable[..., None], say: Callable[..., Comment]
) -> None:
    now = datetime.now(UTC)
    endpoint.url = "http://127.0.0.1:9/open311/v2"
    session.commit()
    say()
    waits = []
    (at, hosts) = now, {"127.0.0.1:9"}
    for _attempt in range(8):
        run(at, hosts)
        (forward,) = session.scalars(select(Forward)).all()
        waits.append(forward.due_at - at)
        at = forward.due_at
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(days=1)
    assert forward.state == "failed"


def test_the_inside_of_the_network_is_never_asked(
    session: Session, endpoint: Endpoint, run: Callable[..., None], say: Callable[..., Comment]
) -> None:
    say()
    run(datetime.now(UTC), set())
    (forward,) = session.scalars(select(Forward)).all()
    assert forward.state == "failed"
    assert session.scalars(select(ForwardLog.outcome)).all() == ["scheme"]


def test_what_is_not_public_any_more_is_not_sent(
    session: Session, endpoint: Endpoint, run: Callable[..., None], say: Callable[..., Comment]
) -> None:
    say(status="pending")
    say(channel="sample")
    hidden = say()
    enlist(session, now=datetime.now(UTC))
    hidden.status, hidden.hidden_reason = "hidden", "spam"
    session.commit()
    run(datetime.now(UTC))
    (forward,) = session.scalars(select(Forward)).all()
    assert (forward.state, forward.remote_id) == ("failed", None)
    assert db.session is not None
