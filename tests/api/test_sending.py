"""A program sends comments for an account, under the rules of the site."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mobility.consultation.models import Comment, Phase
from tests.api.conftest import API, Token

WORDS = {"text": "The crossing needs a longer green light.", "stance": "idea", "topic": "safety"}


def send(client: FlaskClient, headers: dict[str, str], key: str = "", **more: Any) -> Any:
    return client.post(
        f"{API}/comments",
        json=WORDS | more,
        headers={"Idempotency-Key": key or str(uuid.uuid4()), **headers},
    )


def test_a_comment_is_taken_and_public(client: FlaskClient, session: Session, token: Token) -> None:
    answer = send(client, token("report"), segment="P1-03", language="en")
    assert answer.status_code == 201, answer.text
    comment = session.get_one(Comment, answer.json["id"])
    assert (comment.text, comment.channel, comment.language) == (WORDS["text"], "web", "en")
    assert answer.json["status"] == "published"
    assert client.get(answer.headers["Location"]).json["segment"] == "P1-03"
    assert client.get(answer.json["receipt_url"]).status_code == 200


def test_the_same_key_makes_one_comment(client: FlaskClient, session: Session, token: Token) -> None:
    headers, key = token("report"), str(uuid.uuid4())
    first, second = send(client, headers, key), send(client, headers, key)
    assert first.json == second.json
    assert session.scalar(select(func.count()).select_from(Comment)) == 1


def test_a_key_of_somebody_else_is_refused(client: FlaskClient, token: Token) -> None:
    key = str(uuid.uuid4())
    send(client, token("report"), key)
    answer = send(client, token("read", "report"), key)
    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (409, "conflict")


def test_only_the_scope_report_sends(client: FlaskClient, token: Token) -> None:
    assert send(client, {}).status_code == 401
    assert "Bearer" in send(client, {}).headers["WWW-Authenticate"]
    assert send(client, token("read")).status_code == 403


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": False}, "text"),
        ({"stance": "maybe"}, "stance"),
        ({"topic": "nothing"}, "topic"),
        ({"segment": "nothing"}, "place"),
        ({"point": {"lon": 2.3, "lat": 48.8}}, "place"),
        ({"point": {"lon": "13.36", "lat": 38.11}}, "point.lon"),
        ({"segment": "P1-03", "measure": "P1"}, "measure"),
        ({"vote": 2}, "vote"),
        ({"language": "english"}, "language"),
    ],
)
def test_what_is_wrong_is_said(client: FlaskClient, token: Token, more: dict[str, Any], field: str) -> None:
    answer = send(client, token("report"), **more)
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json["errors"]] == [field]


def test_one_key_is_for_one_comment(client: FlaskClient, token: Token) -> None:
    headers, key = token("report"), str(uuid.uuid4())
    first = send(client, headers, key)
    assert send(client, headers, key).json == first.json
    other = send(client, headers, key, text="Something else altogether")
    assert (other.status_code, other.json["type"].rpartition("#")[2]) == (409, "conflict")


def test_what_is_not_json_is_refused(client: FlaskClient, token: Token) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4()), **token("report")}
    form = client.post(f"{API}/comments", data=WORDS, headers=headers)
    assert (form.status_code, form.json["type"].rpartition("#")[2]) == (415, "media-type")
    broken = client.post(f"{API}/comments", data="{", headers={**headers, "Content-Type": "application/json"})
    assert (broken.status_code, broken.json["type"].rpartition("#")[2]) == (400, "unreadable")
    large = client.post(f"{API}/comments", json=WORDS | {"text": "a" * 1_000_001}, headers=headers)
    assert large.status_code == 413
    assert client.post(f"{API}/comments", json=WORDS, headers=token("report", "read")).status_code == 422


def test_outside_its_phase_nothing_is_taken(client: FlaskClient, session: Session, token: Token) -> None:
    year = timedelta(days=800)
    earlier = {"opens_at": Phase.opens_at - year, "closes_at": Phase.closes_at - year}
    session.execute(update(Phase).values(**earlier))
    session.expire_all()
    answer = send(client, token("report"))
    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (409, "conflict")


def test_a_comment_that_is_read_first_waits(client: FlaskClient, session: Session, token: Token) -> None:
    session.execute(update(Phase).values(moderation="pre"))
    session.expire_all()
    answer = send(client, token("report"))
    assert answer.json["status"] == "pending"
    assert client.get(answer.headers["Location"]).status_code == 404
