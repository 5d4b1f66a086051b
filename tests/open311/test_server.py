"""The interface as the specification describes it: both forms, filters, errors, reports, tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mobility.accounts.models import Participant
from mobility.answers.models import Answer, Case
from mobility.consultation.models import Comment, Phase
from mobility.mail.models import MailMessage
from mobility.offices.models import Competence, Office
from mobility.plans.models import Measure, Plan
from mobility.text import pick
from tests.open311.conftest import GOOD, V2, tree

DAY = timedelta(days=1)
Ask = Callable[..., TestResponse]


def test_services_are_the_topics_of_open_plans(
    session: Session, ask: Ask, plan: Plan, office: Office, phase: Phase
) -> None:
    from mobility.consultation.models import Topic

    topic = session.scalars(select(Topic).where(Topic.plan_id == plan.id, Topic.slug == "walking")).one()
    session.add(Competence(plan_id=plan.id, office_id=office.id, topic_id=topic.id))
    session.commit()
    found = {each["service_code"]: each for each in ask("services.json").json or []}
    walking = found["palermo-centro.walking"]
    assert walking["service_name"] == "Walking"
    assert walking["metadata"] is True
    assert walking["type"] == "realtime"
    assert walking["group"] == pick(office.name, "en")
    phase.moderation = "pre"
    session.commit()
    assert (ask("services.json").json or [])[0]["type"] == "batch"
    plan.status = "archived"
    session.commit()
    assert ask("services.json").json == []


def test_a_definition_asks_for_the_stance(ask: Ask) -> None:
    got = ask("services/palermo-centro.walking.xml")
    top = fromstring(got.data)
    assert got.content_type == "text/xml; charset=utf-8"
    assert got.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert top.tag == "service_definition"
    stance, measure = top.find("attributes") or ()
    assert stance.findtext("code") == "stance"
    assert stance.findtext("required") == "true"
    assert [value.findtext("key") for value in stance.find("values") or ()] == [
        "for",
        "against",
        "idea",
        "question",
    ]
    assert measure.findtext("required") == "false"


def test_discovery_leads_to_the_interface(client: FlaskClient) -> None:
    for form in ("json", "xml"):
        found = tree(client.get(f"/open311/discovery.{form}"))
        assert found["endpoints"][0]["url"].endswith("/open311/v2")
        assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]


@pytest.mark.parametrize(
    "path", ["services", "services/palermo-centro.walking", "requests", "services/no.such", "tokens/none"]
)
@pytest.mark.parametrize("language", ["en", "it"])
def test_xml_and_json_say_the_same(ask: Ask, say: Callable[..., Comment], path: str, language: str) -> None:
    say(text="Über <b>&amp; \u0007 \U0001f6b2")
    say()
    as_json, as_xml = (ask(f"{path}.{form}", language=language) for form in ("json", "xml"))
    assert as_json.status_code == as_xml.status_code
    assert tree(as_json) == tree(as_xml)


def test_a_request_says_where_it_stands(
    ask: Ask, office: Office, say: Callable[..., Comment], case: Callable[..., Case],
    answer: Callable[..., Answer],
) -> None:  # fmt: skip
    comment = say(text="Benches please.")
    case(comment)
    (found,) = ask(f"requests/{comment.id}.json").json or []
    assert found["service_request_id"] == str(comment.id)
    assert found["status"] == "open"
    assert found["status_notes"] == "With the office"
    assert found["agency_responsible"] == pick(office.name, "en")
    assert found["lat"] == pytest.approx(38.1157)
    assert found["long"] == pytest.approx(13.3615)
    assert found["expected_datetime"].endswith("Z")
    answer(comment, text="Twelve benches.")
    (found,) = ask(f"requests/{comment.id}.json").json or []
    assert (found["status"], found["status_notes"]) == ("closed", "Twelve benches.")
    assert comment.receipt not in json.dumps(found)


def test_hidden_words_never_leave(ask: Ask, say: Callable[..., Comment]) -> None:
    hidden = say(text="zebra", status="hidden", hidden_reason="abuse")
    waiting = say(text="zebra", status="pending")
    assert ask("requests.json").json == []
    got = ask(f"requests/{hidden.id}.json")
    assert got.status_code == 200
    assert b"zebra" not in got.data
    assert ask(f"requests/{waiting.id}.json").status_code == 404


def test_filters(ask: Ask, say: Callable[..., Comment], answer: Callable[..., Answer]) -> None:
    now = datetime.now(UTC)
    old = say(topic="cycling", created_at=now - 200 * DAY)
    young, done = say(created_at=now - DAY), say(topic="safety", created_at=now - 2 * DAY)
    answer(done, after=1)

    def ids(**query: Any) -> list[int]:
        return [int(each["service_request_id"]) for each in ask("requests.json", **query).json or []]

    assert ids() == [young.id, done.id]
    assert ids(status="open") == [young.id]
    assert ids(status="open,closed") == [young.id, done.id]
    assert ids(service_code="palermo-centro.safety,palermo-centro.noise") == [done.id]
    assert ids(service_code="no.such") == []
    assert ids(service_request_id=f"{old.id},{young.id},x") == [young.id, old.id]
    begin = (now - 210 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(start_date=begin) == [old.id]
    assert ids(page=2, page_size=1) == [done.id]
    assert ids(jurisdiction_id="palermo") == [young.id, done.id]


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("requests.json", {"start_date": "yesterday"}, 400),
        ("requests.json", {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, 400),
        ("requests.json", {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}, 400),
        ("requests.xml", {"status": "done"}, 400),
        ("requests.json", {"page_size": "0"}, 400),
        ("requests.json", {"page": "x"}, 400),
        ("requests/999999999.xml", {}, 404),
        ("requests/x.json", {}, 404),
        ("requests/99999999999999999999999.json", {}, 404),
        ("services/palermo-centro.nothing.json", {}, 404),
        ("services.json", {"jurisdiction_id": "atlantis"}, 404),
        ("services.yaml", {}, 404),
        ("tokens/%00.json", {}, 404),
    ],
)
def test_errors_have_their_code_and_words(ask: Ask, path: str, query: dict[str, str], status: int) -> None:
    got = ask(path, **query)
    assert got.status_code == status
    (error,) = tree(got)
    assert error["code"] == str(status)
    assert error["description"]


def test_a_report_becomes_a_public_comment(session: Session, send: Ask, ask: Ask, plan: Plan) -> None:
    got = send()
    assert got.status_code == 201
    (told,) = got.json or []
    comment = session.get_one(Comment, int(told["service_request_id"]))
    assert comment.text == GOOD["description"]
    assert (comment.channel, comment.status, comment.stance) == ("api", "published", "idea")
    assert "Receipt" in told["service_notice"]
    (found,) = ask(f"requests/{comment.id}.json").json or []
    assert found["description"] == GOOD["description"]
    person = session.get_one(Participant, comment.participant_id)
    assert (person.identity_level, person.email) == (0, None)


def test_the_same_report_makes_one_comment(session: Session, send: Ask) -> None:
    first, again = send(), send("xml")
    assert tree(first)[0]["service_request_id"] == tree(again)[0]["service_request_id"]
    other = send(description="Another one.")
    assert tree(other)[0]["service_request_id"] != tree(first)[0]["service_request_id"]
    asked = [send(headers={"Idempotency-Key": "a"}, description=words) for words in ("One.", "Two.")]
    assert len({tree(each)[0]["service_request_id"] for each in asked}) == 1
    authors = select(func.count(Comment.participant_id.distinct())).where(Comment.channel == "api")
    assert session.scalar(authors) == 1


def test_names_and_telephone_are_not_kept_and_the_address_gets_one_receipt(
    session: Session, send: Ask
) -> None:
    for _time in range(2):
        send(first_name="Zebra", last_name="Zorilla", phone="+39 091 000", email="ada@example.org")
    (letter,) = session.scalars(select(MailMessage).where(MailMessage.key.startswith("open311:"))).all()
    assert letter.recipient == "ada@example.org"
    assert GOOD["description"] not in letter.body
    assert "/receipts/" in letter.body
    assert not session.scalar(select(Participant.id).where(Participant.email == "ada@example.org"))
    send(email="not an address\nBcc: x@example.org", description="Other words.")
    assert session.scalar(select(func.count()).select_from(MailMessage)) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": None}, 403),
        ({"api_key": "mob_wrong"}, 403),
        ({"service_code": None}, 400),
        ({"service_code": "palermo-centro.nothing"}, 404),
        ({"jurisdiction_id": "atlantis"}, 404),
        ({"description": " "}, 400),
        ({"description": "x" * 3001}, 400),
        ({"lat": None}, 400),
        ({"lat": "91"}, 400),
        ({"lat": "45.0", "long": "9.0"}, 400),
        ({"lat": None, "long": None, "address_string": "Via Maqueda 1"}, 400),
        ({"lat": None, "long": None, "address_id": "segment:nothing"}, 400),
        ({"attribute[stance]": None}, 400),
        ({"attribute[stance]": "furious"}, 400),
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_is_wrong_with_a_report_is_said(
    session: Session, send: Ask, changed: dict[str, Any], status: int, form: str
) -> None:
    got = send(form, **changed)
    assert got.status_code == status
    (error,) = tree(got)
    assert error["code"] == str(status)
    assert session.scalar(select(func.count()).select_from(Comment).where(Comment.channel == "api")) == 0


def test_a_key_for_other_things_may_not_report(send: Ask, key: Callable[..., str]) -> None:
    assert send(api_key=key("read")).status_code == 403


def test_a_place_of_the_list_or_a_measure_will_do(session: Session, send: Ask, measure: Measure) -> None:
    listed = send(lat=None, long=None, address_id="segment:P1-03")
    about = send(lat=None, long=None, **{"attribute[measure]": "P1"}, description="All of it.")
    found = [session.get_one(Comment, int(tree(each)[0]["service_request_id"])) for each in (listed, about)]
    assert found[0].segment_id is not None
    assert found[1].measure_id == measure.id


def test_a_closed_step_refuses_and_says_when_it_opens(session: Session, plan: Plan, send: Ask) -> None:
    now = datetime.now(UTC)
    first = session.scalars(select(Phase.id).where(Phase.plan_id == plan.id)).first()
    session.execute(
        update(Phase).where(Phase.plan_id == plan.id, Phase.id != first).values(actions=["inform"])
    )
    soon = {"opens_at": now + 400 * DAY, "closes_at": now + 410 * DAY, "actions": ["comment"]}
    session.execute(update(Phase).where(Phase.id == first).values(**soon))
    session.commit()
    session.expire_all()
    got = send()
    assert got.status_code == 403
    assert "Comments open on" in tree(got)[0]["description"]


def test_what_is_read_first_gets_a_token(session: Session, phase: Phase, send: Ask, ask: Ask) -> None:
    phase.moderation = "pre"
    session.commit()
    (told,) = send().json or []
    assert "service_request_id" not in told
    token = told["token"]
    for form in ("json", "xml"):
        (waiting,) = tree(ask(f"tokens/{token}.{form}"))
        assert waiting == {"service_request_id": "", "token": token}
    session.execute(update(Comment).where(Comment.channel == "api").values(status="published"))
    session.commit()
    (done,) = ask(f"tokens/{token}.json").json or []
    assert ask(f"requests/{done['service_request_id']}.json").status_code == 200


def test_other_sites_may_read(ask: Ask) -> None:
    assert ask("services.json").headers["Access-Control-Allow-Origin"] == "*"
    assert V2 == "/open311/v2"
